//! What shoppers ask is answered from memory while that keeps what is promised of how fresh lists are. With a second until
//! the index shows what was written, and a second for which a list may be given again as a whole:
//! - a changed price or stock count decides within five seconds what a list finds by it and how it sorts by it;
//! - a list of hardly any products shows a new one within five seconds;
//! - other lists, and facets, within half a minute;
//! - what many products are found by, in the order of relevance, within two minutes;
//! - suggestions within a minute, as long as browsers keep them; names of brands and categories that are new in two.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::memory::Memory;
use crate::names::Names;
use crate::query::{SearchQuery, Sort, Window};
use crate::search::Found;
use crate::{Facets, SearchError, SearchIndex, Suggestions};

const SOON: Duration = Duration::from_secs(2);
const LATER: Duration = Duration::from_secs(30);
const RELEVANCE: Duration = Duration::from_mins(2);
const SUGGESTIONS: Duration = Duration::from_mins(1);
const NAMES: Duration = Duration::from_mins(1);

/// Bytes that each kind of answer takes at most: together a third of the 512 MB that such a function has. Facets are the
/// largest, some ten thousand bytes each.
const FOUND_BYTES: usize = 32 * 1024 * 1024;
const FACETS_BYTES: usize = 96 * 1024 * 1024;
const SUGGESTIONS_BYTES: usize = 32 * 1024 * 1024;
const NAMES_BYTES: usize = 8 * 1024 * 1024;

/// Beside its texts, what an entry takes.
const ENTRY_BYTES: usize = 64;

/// The answers that a process remembers.
pub(crate) struct Memories {
    found: Memory<SearchQuery, Found>,
    facets: Memory<SearchQuery, Facets>,
    suggestions: Memory<(String, u32), Suggestions>,
    names: Memory<(), Names>,
}

impl Default for Memories {
    fn default() -> Self {
        Self {
            found: Memory::new(FOUND_BYTES, |found| found.page.product_ids.len() * ENTRY_BYTES + 8 * ENTRY_BYTES),
            facets: Memory::new(FACETS_BYTES, |facets| facets.entries() * ENTRY_BYTES),
            suggestions: Memory::new(SUGGESTIONS_BYTES, |found| {
                (found.products.len() + found.categories.len() + 1) * 4 * ENTRY_BYTES
            }),
            names: Memory::new(NAMES_BYTES, Names::bytes),
        }
    }
}

impl SearchIndex {
    pub(crate) async fn found(&self, query: &SearchQuery) -> Result<Arc<Found>, SearchError> {
        let question = || SearchQuery { facets: false, ..query.clone() };
        // Behind a pointer: each step of a search is a large state of its own.
        let ask = Box::pin(async {
            let found = self.find(query).await?;
            let lasts = lasts(query, &found);
            Ok((found, lasts))
        });
        self.remembered(|memories| &memories.found, question, ask).await
    }

    /// The facets of what was found: the same for every page and order of a list.
    pub(crate) async fn facets(&self, query: &SearchQuery, found: &Found) -> Result<Arc<Facets>, SearchError> {
        let question = || SearchQuery {
            window: Window::default(),
            sort: Sort::default(),
            highlight: false,
            facets: true,
            ..query.clone()
        };
        let ask = Box::pin(async { Ok((self.count_facets(query, found).await?, lasts(query, found))) });
        self.remembered(|memories| &memories.facets, question, ask).await
    }

    pub(crate) async fn suggestions(&self, text: &str, limit: u32) -> Result<Arc<Suggestions>, SearchError> {
        let question = || (text.to_lowercase(), limit);
        let ask = Box::pin(async {
            let suggestions = self.look_for_suggestions(text, limit).await?;
            let lasts = if suggestions.products.is_empty() { SOON } else { SUGGESTIONS };
            Ok((suggestions, lasts))
        });
        self.remembered(|memories| &memories.suggestions, question, ask).await
    }

    pub(crate) async fn names(&self) -> Result<Arc<Names>, SearchError> {
        let ask = Box::pin(async { Ok((self.fetch_names().await?, NAMES)) });
        self.remembered(|memories| &memories.names, || (), ask).await
    }

    async fn remembered<K: Eq + std::hash::Hash, V>(
        &self,
        memory: impl FnOnce(&Memories) -> &Memory<K, V>,
        question: impl FnOnce() -> K,
        ask: impl Future<Output = Result<(V, Duration), SearchError>>,
    ) -> Result<Arc<V>, SearchError> {
        match &self.memories {
            Some(memories) => memory(memories).answer(question(), Instant::now(), ask).await,
            None => Ok(Arc::new(ask.await?.0)),
        }
    }
}

/// How long what was found may be shown.
fn lasts(query: &SearchQuery, found: &Found) -> Duration {
    if found.has_few() || query.depends_on_price_or_stock() {
        SOON
    } else if query.text.is_some() && query.sort == Sort::Relevance {
        RELEVANCE
    } else {
        LATER
    }
}
