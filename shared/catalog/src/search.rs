//! Searches and suggestions, cached in the memory of this process, because many shoppers request the same first page.
//!
//! The ids of products in their order and the facets are kept. Prices and stock are looked up for each list.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use souk_cache::{Lifetime, SingleFlight, TtlCache};
use souk_domain::effects::Clock;
use souk_search::{
    CategoryCounts, CollectionFilter, Facets, Matches, SearchError, SearchIndex, SearchPage, SearchQuery, Sort,
    SuggestQuery, SuggestionNames, Suggestions, Window, within_limit,
};

use crate::freshness;

/// Memory for each kind of result: together a third of the 512 MB of a function that searches. Facets are the largest,
/// some ten thousand bytes each.
const MATCHES_BYTES: usize = 32 * 1024 * 1024;
const FACETS_BYTES: usize = 96 * 1024 * 1024;
const SUGGESTIONS_BYTES: usize = 32 * 1024 * 1024;
const NAMES_BYTES: usize = 8 * 1024 * 1024;
const COUNTS_BYTES: usize = 8 * 1024 * 1024;
/// Memory of an element of a result, such as a product id or the count of a facet.
const ELEMENT_BYTES: usize = 64;

/// Cached and coalesced searches. An error is returned to all waiting callers and is not cached.
#[derive(Clone)]
pub struct SearchReader {
    index: SearchIndex,
    caches: Arc<Caches>,
    clock: Arc<dyn Clock>,
}

struct Caches {
    matches: ResultCache<SearchQuery, Matches>,
    facets: ResultCache<SearchQuery, Facets>,
    suggestions: ResultCache<SuggestKey, Suggestions>,
    names: ResultCache<(), SuggestionNames>,
    counts: ResultCache<(), CategoryCounts>,
}

/// Text in lower case, and the maximum number of products.
type SuggestKey = (String, u32);

impl SearchReader {
    /// Empty caches in front of the index.
    pub fn new(index: SearchIndex, clock: Arc<dyn Clock>) -> Self {
        let caches = Caches {
            matches: ResultCache::new(MATCHES_BYTES, |query, matches| {
                query_bytes(query) + (matches.page.product_ids.len() + 8) * ELEMENT_BYTES
            }),
            facets: ResultCache::new(FACETS_BYTES, |query, facets| {
                query_bytes(query) + facets.entries() * ELEMENT_BYTES
            }),
            suggestions: ResultCache::new(SUGGESTIONS_BYTES, |(text, _), suggestions| {
                text.len() + (suggestions.products.len() + suggestions.categories.len() + 1) * 4 * ELEMENT_BYTES
            }),
            names: ResultCache::new(NAMES_BYTES, |(), names| names.bytes()),
            counts: ResultCache::new(COUNTS_BYTES, |(), counts| (counts.len() + 1) * 2 * ELEMENT_BYTES),
        };
        Self { index, caches: Arc::new(caches), clock }
    }

    /// A page of products and its facets.
    pub async fn search_cached(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let search = async {
            let matches = self.matches_cached(query).await?;
            let facets = if query.facets { self.facets_cached(query, &matches).await? } else { Arc::default() };
            Ok(SearchPage { facets, ..matches.page.clone() })
        };
        within_limit(self.index.limits().search, Box::pin(search)).await
    }

    /// Suggestions for what a shopper has typed so far.
    pub async fn suggest_cached(&self, text: &str, limit: u32) -> Result<Arc<Suggestions>, SearchError> {
        let Some(query) = SuggestQuery::new(text, limit) else { return Ok(Arc::default()) };
        let fetch = Box::pin(async {
            let names = self.names_cached().await?;
            let suggestions = self.index.suggest_from(&names, &query).await?;
            let ttl = freshness::of_suggestions(&suggestions);
            Ok((suggestions, ttl))
        });
        let cached = self.caches.suggestions.get_or_fetch((text.to_lowercase(), limit), &*self.clock, fetch);
        within_limit(self.index.limits().suggest, Box::pin(cached)).await
    }

    /// How many products each category has, with those in the categories inside it.
    pub async fn category_counts_cached(&self) -> Result<Arc<CategoryCounts>, SearchError> {
        let fetch = Box::pin(async { Ok((self.index.category_counts().await?, freshness::CATEGORY_COUNTS)) });
        let cached = self.caches.counts.get_or_fetch((), &*self.clock, fetch);
        within_limit(self.index.limits().search, Box::pin(cached)).await
    }

    async fn matches_cached(&self, query: &SearchQuery) -> Result<Arc<Matches>, SearchError> {
        let key = SearchQuery { facets: false, ..query.clone() };
        let fetch = Box::pin(async {
            let matches = self.index.matches(query).await?;
            let ttl = freshness::of_search(query, &matches.page);
            Ok((matches, ttl))
        });
        self.caches.matches.get_or_fetch(key, &*self.clock, fetch).await
    }

    /// The same facets belong to every page and every order of a list.
    async fn facets_cached(&self, query: &SearchQuery, matches: &Matches) -> Result<Arc<Facets>, SearchError> {
        let (window, sort) = (Window::default(), Sort::default());
        let key = SearchQuery { window, sort, highlight: false, facets: true, ..query.clone() };
        let ttl = freshness::of_search(query, &matches.page);
        let fetch = Box::pin(async { Ok((self.index.facets(query, matches).await?, ttl)) });
        self.caches.facets.get_or_fetch(key, &*self.clock, fetch).await
    }

    async fn names_cached(&self) -> Result<Arc<SuggestionNames>, SearchError> {
        let fetch = Box::pin(async { Ok((self.index.suggestion_names().await?, freshness::SUGGESTION_NAMES)) });
        self.caches.names.get_or_fetch((), &*self.clock, fetch).await
    }
}

/// The cache of one kind of result.
struct ResultCache<K, V> {
    cache: TtlCache<K, Arc<V>>,
    in_flight: SingleFlight<K, Result<Arc<V>, SearchError>>,
}

impl<K: Clone + Eq + Hash, V> ResultCache<K, V> {
    fn new(limit_bytes: usize, weigh: fn(&K, &Arc<V>) -> usize) -> Self {
        Self { cache: TtlCache::new(limit_bytes, weigh), in_flight: SingleFlight::default() }
    }

    /// The cached result, or the one that `fetch` returns with its time to live, which starts with this call.
    async fn get_or_fetch(
        &self,
        key: K,
        clock: &dyn Clock,
        fetch: impl Future<Output = Result<(V, Duration), SearchError>>,
    ) -> Result<Arc<V>, SearchError> {
        let started_at = clock.now();
        if let Some(answer) = self.cache.get(&key, started_at) {
            return Ok(answer);
        }
        let fetch_and_keep = async {
            let (answer, ttl) = fetch.await?;
            let answer = Arc::new(answer);
            self.cache.insert(key.clone(), Arc::clone(&answer), Lifetime::new(started_at, ttl));
            Ok(answer)
        };
        self.in_flight.run(key.clone(), fetch_and_keep).await
    }
}

fn query_bytes(query: &SearchQuery) -> usize {
    let brands = query.brand.iter().map(|brand| brand.len() + ELEMENT_BYTES);
    let attributes = query.attributes.iter().map(|(name, value)| name.len() + value.len() + ELEMENT_BYTES);
    let text = query.text.as_ref().map_or(0, String::len);
    let collection = query.collection.as_ref().map_or(0, CollectionFilter::bytes);
    size_of::<SearchQuery>() + collection + text + brands.chain(attributes).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use souk_testkit::FixedClock;

    use super::*;

    const TTL: Duration = Duration::from_secs(2);

    /// Numbers its answers.
    #[derive(Default)]
    struct Server(AtomicU16);

    impl Server {
        async fn ask(&self, answers: bool) -> Result<(u16, Duration), SearchError> {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if answers { Ok((number, TTL)) } else { Err(SearchError::Unavailable("down".to_owned())) }
        }
    }

    fn cache() -> ResultCache<&'static str, u16> {
        ResultCache::new(1024 * 1024, |_, _| 2)
    }

    #[tokio::test]
    async fn an_answer_is_fetched_once_in_its_time_to_live() {
        let (cache, server, clock) = (cache(), Server::default(), FixedClock::new());
        let ask = |key| cache.get_or_fetch(key, &clock, server.ask(true));
        let (one, two) = tokio::join!(ask("a"), ask("a"));
        assert_eq!((*one.expect("answered"), *two.expect("answered")), (0, 0));
        clock.advance_seconds(1);
        assert_eq!(*ask("a").await.expect("answered"), 0);
        assert_eq!(*ask("b").await.expect("answered"), 1);
        clock.advance_seconds(1);
        assert_eq!(*ask("a").await.expect("answered"), 2);
    }

    #[tokio::test]
    async fn errors_are_not_kept() {
        let (cache, server, clock) = (cache(), Server::default(), FixedClock::new());
        let ask = |answers| cache.get_or_fetch("a", &clock, server.ask(answers));
        assert!(ask(false).await.is_err());
        assert_eq!(*ask(true).await.expect("answered"), 1);
        assert_eq!(*ask(false).await.expect("answered"), 1);
    }
}
