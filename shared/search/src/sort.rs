//! The order of products.

/// The order of products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Best match first; without a text, in stock first and newest first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Most expensive first.
    PriceDesc,
    /// Latest release first.
    Newest,
    /// By name, ignoring case.
    Name,
}
