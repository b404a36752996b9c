//! What shoppers ask is answered from memory while that keeps what is promised of how fresh lists are. With a second until
//! the index shows what was written:
//! - a changed price or stock count decides within five seconds what a list finds by it and how it sorts by it;
//! - a list that is not full shows a new product within five seconds;
//! - a full one, and facets, within a quarter of a minute;
//! - suggestions within a minute, as long as browsers keep them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::memory::Memory;
use crate::query::{SearchQuery, Sort, Window};
use crate::search::Found;
use crate::{Facets, SearchError, SearchIndex, Suggestions};

const SOON: Duration = Duration::from_secs(3);
const LATER: Duration = Duration::from_secs(15);
const SUGGESTIONS: Duration = Duration::from_mins(1);

/// Beside its texts, what an entry takes.
const ENTRY_BYTES: usize = 64;

/// The answers that a process remembers.
pub(crate) struct Memories {
    found: Memory<SearchQuery, Found>,
    facets: Memory<SearchQuery, Facets>,
    suggestions: Memory<(String, u32), Suggestions>,
}

impl Default for Memories {
    fn default() -> Self {
        Self {
            found: Memory::new(|found| found.page.product_ids.len() * ENTRY_BYTES + 8 * ENTRY_BYTES),
            facets: Memory::new(|facets| facets.entries() * ENTRY_BYTES),
            suggestions: Memory::new(|found| (found.products.len() + found.categories.len()) * 4 * ENTRY_BYTES),
        }
    }
}

impl SearchIndex {
    pub(crate) async fn found(&self, query: &SearchQuery) -> Result<Arc<Found>, SearchError> {
        let question = || SearchQuery { facets: false, ..query.clone() };
        // Behind a pointer: each step of a search is a large state of its own.
        let ask = Box::pin(async {
            let found = self.find(query).await?;
            let lasts = if found.is_full(query) && !query.depends_on_price_or_stock() { LATER } else { SOON };
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
        let ask = Box::pin(async {
            let lasts = if found.page.total > u64::from(query.window.limit) { LATER } else { SOON };
            Ok((self.count_facets(query, found).await?, lasts))
        });
        self.remembered(|memories| &memories.facets, question, ask).await
    }

    pub(crate) async fn suggestions(&self, text: &str, limit: u32) -> Result<Arc<Suggestions>, SearchError> {
        let question = || (text.to_lowercase(), limit);
        let ask = Box::pin(async {
            let suggestions = self.look_for_suggestions(text, limit).await?;
            let is_full = suggestions.products.len() == limit as usize;
            Ok((suggestions, if is_full { SUGGESTIONS } else { SOON }))
        });
        self.remembered(|memories| &memories.suggestions, question, ask).await
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
