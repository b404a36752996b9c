//! A query that was derived from a catalogue.

use std::collections::BTreeSet;

/// Fewest relevant products of a query for a list.
pub(crate) const MIN_LISTED: usize = 5;

/// The goal of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// One of a few products, as far up as possible.
    Item,
    /// As many of the relevant products as possible.
    List,
}

/// One query.
#[derive(Debug)]
pub struct Derived {
    /// Its row.
    pub kind: &'static str,
    /// The text.
    pub text: String,
    /// The goal.
    pub goal: Goal,
    /// Numbers of the relevant products.
    pub relevant: BTreeSet<usize>,
    /// The last word is incomplete: the query is for suggestions.
    pub typing: bool,
    /// Not used for tuning.
    pub held_out: bool,
}
