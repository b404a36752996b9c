//! The result of an import.

use std::time::Duration;

/// How many lines of a catalogue the shop accepted.
#[derive(Default)]
pub(crate) struct Summary {
    /// Products that were imported.
    pub(crate) imported: u64,
    /// Lines that were refused.
    pub(crate) bad: u64,
}

/// `2000 products (250 a second)`
pub(crate) fn rate(products: u64, time: Duration) -> String {
    let per_second = u128::from(products) * 1000 / time.as_millis().max(1);
    format!("{products} products ({per_second} a second)")
}
