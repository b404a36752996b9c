//! The parameters of a search.

use souk_domain::ids::CategoryId;
use souk_domain::validation::Invalid;

use crate::cursor::Cursor;
use crate::sort::Sort;
use crate::synonyms::Synonyms;
use crate::text::{Word, words};

/// Maximum depth of pages, in products: OpenSearch keeps all hits up to a page in memory. A cursor reaches further.
pub const MAX_DEPTH: u32 = 10_000;

/// The part of the results that a search returns.
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

    /// Number of products before it; `None` after a cursor.
    pub const fn start(&self) -> Option<u32> {
        match self.start {
            Start::At(from) => Some(from),
            Start::After(_) => None,
        }
    }

    /// Maximum number of products in it.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The `limit` products after a cursor, at any depth. The search must be the one that returned the cursor.
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
    /// Department or category of the products.
    pub category_id: Option<CategoryId>,
    /// The text that the shopper typed; empty means browsing.
    pub text: Option<String>,
    /// Any of these brands, ignoring case.
    pub brand: Vec<String>,
    /// Attributes, as `(name, value)`. Values of one name are alternatives; all names must match.
    pub attributes: Vec<(String, String)>,
    /// Lowest price, in minor units.
    pub min_price_minor: Option<i64>,
    /// Highest price, in minor units.
    pub max_price_minor: Option<i64>,
    /// Only products in stock, or only those sold out.
    pub in_stock: Option<bool>,
    /// The sort order.
    pub sort: Sort,
    /// The part of the results to return.
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

    /// Whether it filters by price.
    pub(crate) const fn filters_by_price(&self) -> bool {
        self.min_price_minor.is_some() || self.max_price_minor.is_some()
    }

    /// Whether its results or their order depend on price or stock.
    pub const fn depends_on_price_or_stock(&self) -> bool {
        self.filters_by_price() || self.in_stock.is_some() || matches!(self.sort, Sort::PriceAsc | Sort::PriceDesc)
    }

    /// Whether it is a plain page of a category or of the whole catalogue, which the products table can answer.
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
