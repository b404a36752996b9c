//! The parameters of a search.

use souk_domain::cursor::ListId;
use souk_domain::ids::{CategoryId, CollectionId};
use souk_domain::validation::Invalid;

use crate::collection::CollectionFilter;
use crate::position::Position;
use crate::sort::Sort;
use crate::synonyms::Synonyms;
use crate::text::words;
use crate::word::Word;

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
    After(Position),
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

    /// Number of products before it; `None` after a position.
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

    /// The `limit` products after a position, at any depth. The search must be the one that returned it.
    pub const fn after(position: Position, limit: u32) -> Self {
        Self { start: Start::After(position), limit }
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
    /// Collection of the products.
    pub collection_id: Option<CollectionId>,
    /// The filters of that collection. Without them, no product is in it.
    pub collection: Option<CollectionFilter>,
    /// The text that the shopper typed; empty means browsing.
    pub text: Option<String>,
    /// Any of these brands, in any spelling that is folded the same ([`souk_domain::unicode::folded`]).
    pub brand: Vec<String>,
    /// Attributes, as `(name, value)`, in any spelling. Values of one name are alternatives; all names must match.
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

    /// The list that its pages are of: everything that selects and orders products, and nothing else. The order in which
    /// alternatives are given does not matter. A collection counts by its id: a cursor stays good when its rule changes,
    /// as that of a category does when its products change.
    pub fn list_id(&self) -> ListId {
        let bound = |bound: Option<i64>| bound.map(|minor| minor.to_string()).unwrap_or_default();
        let mut parts = vec![
            "products".to_owned(),
            self.sort.as_str().to_owned(),
            self.text.clone().unwrap_or_default(),
            self.category_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            bound(self.min_price_minor),
            bound(self.max_price_minor),
            self.in_stock.map(|in_stock| in_stock.to_string()).unwrap_or_default(),
            self.brand.len().to_string(),
        ];
        let mut brands: Vec<_> = self.brand.iter().collect();
        brands.sort_unstable();
        let mut attributes: Vec<_> = self.attributes.iter().collect();
        attributes.sort_unstable();
        parts.extend(brands.into_iter().cloned());
        parts.extend(attributes.into_iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
        // The only part after the pairs.
        parts.extend(self.collection_id.as_ref().map(ToString::to_string));
        ListId::new(parts)
    }

    /// Whether it filters by price.
    pub(crate) const fn filters_by_price(&self) -> bool {
        self.min_price_minor.is_some() || self.max_price_minor.is_some()
    }

    /// Whether its results or their order depend on price or stock.
    pub fn depends_on_price_or_stock(&self) -> bool {
        self.filters_by_price()
            || self.in_stock.is_some()
            || matches!(self.sort, Sort::PriceAsc | Sort::PriceDesc)
            || self.collection.as_ref().is_some_and(CollectionFilter::depends_on_price)
    }

    /// Whether it is a plain page of a category or of the whole catalogue, which the products table can answer.
    pub const fn is_plain_browsing(&self) -> bool {
        matches!(self.window.start, Start::At(_))
            && self.collection_id.is_none()
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
    use souk_domain::collection::CollectionRule;
    use souk_domain::time::Timestamp;

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

    #[test]
    fn a_list_is_what_selects_and_orders_products() {
        let all = SearchQuery::default;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let (a, b) = ("a".to_owned(), "b".to_owned());
        let lists = [
            all(),
            SearchQuery { text: Some(a.clone()), ..all() },
            SearchQuery { category_id: Some("a".parse().expect("an id")), ..all() },
            SearchQuery { min_price_minor: Some(1), ..all() },
            SearchQuery { max_price_minor: Some(1), ..all() },
            SearchQuery { in_stock: Some(true), ..all() },
            SearchQuery { in_stock: Some(false), ..all() },
            SearchQuery { brand: vec![a.clone(), b.clone()], ..all() },
            SearchQuery { attributes: vec![pair("a", "b")], ..all() },
            SearchQuery { attributes: vec![pair("b", "a")], ..all() },
            SearchQuery { sort: Sort::Name, ..all() },
            SearchQuery { sort: Sort::Newest, ..all() },
            SearchQuery { collection_id: Some("a".parse().expect("an id")), ..all() },
            SearchQuery { collection_id: Some("a".parse().expect("an id")), attributes: vec![pair("a", "b")], ..all() },
        ];
        for (at, list) in lists.iter().enumerate() {
            let equal: Vec<_> = lists.iter().map(|other| other.list_id() == list.list_id()).collect();
            assert_eq!(equal, (0..lists.len()).map(|other| other == at).collect::<Vec<_>>(), "{list:?}");
        }
        let shown = SearchQuery { window: Window::new(3, 5).expect("a page"), facets: true, highlight: true, ..all() };
        assert_eq!(shown.list_id(), all().list_id());
        assert_eq!(SearchQuery { brand: vec![b, a], ..all() }.list_id(), lists[7].list_id());
        let rule = CollectionRule { on_sale: true, ..CollectionRule::default() };
        let collection = Some(CollectionFilter::new(&rule, Timestamp::from_millis(0)));
        let changed = SearchQuery { collection, ..lists[12].clone() };
        assert_eq!(changed.list_id(), lists[12].list_id());
        assert!(changed.depends_on_price_or_stock() && !lists[12].depends_on_price_or_stock());
        assert!(all().is_plain_browsing() && !lists[12].is_plain_browsing());
    }
}
