//! What a search looks for.

use souk_domain::ids::CategoryId;
use souk_domain::validation::Invalid;

use crate::cursor::Cursor;
use crate::sort::Sort;
use crate::synonyms::Synonyms;
use crate::text::{Word, words};

/// How deep pages reach: OpenSearch keeps so many hits in memory for each page. A cursor continues from there.
pub const MAX_DEPTH: u32 = 10_000;

/// The part of a list that a search returns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window {
    pub(crate) start: Start,
    pub(crate) limit: u32,
}

/// Where a window starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// After this many products.
    At(u32),
    /// Where another window ended.
    After(Cursor),
}

impl Window {
    /// Page `page`, from 1, of `limit` products each. A page beyond [`MAX_DEPTH`] products is refused (`too_deep`).
    pub fn new(page: u32, limit: u32) -> Result<Self, Invalid> {
        let from = page.checked_sub(1).and_then(|earlier| earlier.checked_mul(limit));
        let window = from.filter(|from| from.checked_add(limit).is_some_and(|end| end <= MAX_DEPTH));
        let from = window.ok_or_else(|| {
            let message =
                format!("pages reach {MAX_DEPTH} products deep; to go on, send next_cursor of a page as cursor");
            Invalid::new("too_deep", message)
        })?;
        Ok(Self { start: Start::At(from), limit })
    }

    /// How many products come before it; none after a cursor.
    pub const fn start(&self) -> Option<u32> {
        match self.start {
            Start::At(from) => Some(from),
            Start::After(_) => None,
        }
    }

    /// Most products in it.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The next `limit` products where another window ended, however deep. The search must be the same.
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { start: Start::After(cursor), limit }
    }
}

impl Default for Window {
    /// The first 20.
    fn default() -> Self {
        Self { start: Start::At(0), limit: 20 }
    }
}

/// A search. The default is the first page of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// In this department or category.
    pub category_id: Option<CategoryId>,
    /// The text that the shopper typed; empty means browsing.
    pub text: Option<String>,
    /// Of any of these brands, ignoring case.
    pub brand: Vec<String>,
    /// With these attributes, as `(name, value)`. Values of one name are alternatives; all names must match.
    pub attributes: Vec<(String, String)>,
    /// At this price or above, in minor units.
    pub min_price_minor: Option<i64>,
    /// At this price or below, in minor units.
    pub max_price_minor: Option<i64>,
    /// Only products in stock, or only those sold out.
    pub in_stock: Option<bool>,
    /// The order.
    pub sort: Sort,
    /// The part of the list.
    pub window: Window,
    /// Count facets as well, which costs about as much as the search.
    pub facets: bool,
    /// Mark the matches in names.
    pub highlight: bool,
    /// The synonyms of words.
    pub synonyms: Synonyms,
}

impl SearchQuery {
    /// The words of the text; none when browsing.
    pub(crate) fn words(&self) -> Option<Vec<Word>> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(words)
    }

    /// Whether it is limited to a range of prices.
    pub(crate) const fn filters_by_price(&self) -> bool {
        self.min_price_minor.is_some() || self.max_price_minor.is_some()
    }

    /// Whether price or stock decide what it finds, or in which order.
    pub const fn depends_on_price_or_stock(&self) -> bool {
        self.filters_by_price() || self.in_stock.is_some() || matches!(self.sort, Sort::PriceAsc | Sort::PriceDesc)
    }

    /// Whether it is just a page of a category, or of everything: that can be answered without search.
    pub const fn is_plain_browsing(&self) -> bool {
        matches!(self.window.start, Start::At(_))
            && self.text.is_none()
            && self.brand.is_empty()
            && self.attributes.is_empty()
            && self.in_stock.is_none()
            && !self.filters_by_price()
            && matches!(self.sort, Sort::Relevance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_have_an_end() {
        let from = |from, limit| Ok(Window { start: Start::At(from), limit });
        assert_eq!(Window::new(1, 20), Ok(Window::default()));
        assert_eq!(Window::new(3, 25), from(50, 25));
        assert!(Window::new(100, 100).is_ok());
        for (page, limit) in [(101, 100), (0, 20), (u32::MAX, 100), (10_001, 1), (2, u32::MAX)] {
            assert_eq!(Window::new(page, limit).map_err(|e| e.code), Err("too_deep"), "{page} {limit}");
        }
    }
}
