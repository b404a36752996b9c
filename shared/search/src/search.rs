//! Searching, step by step.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use opensearch::http::Method;
use serde_json::Value;

use crate::answer::{SearchAnswer, SearchPage};
use crate::facets;
use crate::node::Call;
use crate::query::{self, SearchQuery};
use crate::spelling::{self, Corrections};
use crate::text::Word;
use crate::wanted::Wanted;
use crate::{Facets, SearchError, SearchIndex};

/// A whole search, finding the domain and all its steps included.
const SEARCH_TIMEOUT: Duration = Duration::from_millis(1_500);
/// With fewer hits than this, misspelling is suspected.
const FEW_HITS: u64 = 3;

/// What the steps of a search led to.
#[derive(Default)]
pub(crate) struct Found {
    /// Without facets.
    pub(crate) page: SearchPage,
    /// By which words it was found, so that facets count the same: corrected ones, and how many of those typed.
    corrections: Corrections,
    matching: usize,
}

impl Found {
    /// Whether there are so few products that one more would be missed.
    pub(crate) const fn has_few(&self) -> bool {
        self.page.total < FEW_HITS
    }
}

impl SearchIndex {
    /// Searches. All words are looked for; if that finds little, also what may have been meant by misspelt ones; if
    /// nothing, fewer and fewer of them.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let found = async {
            let found = self.found(query).await?;
            let facets = if query.facets { self.facets(query, &found).await? } else { Arc::default() };
            Ok(SearchPage { facets, ..found.page.clone() })
        };
        // Boxed, because callers hold it among futures of their own, and the compiler has a limit for their depth.
        within(SEARCH_TIMEOUT, Box::pin(found)).await
    }

    /// Step by step, until something is found.
    pub(crate) async fn find(&self, query: &SearchQuery) -> Result<Found, SearchError> {
        let Some(words) = query.words() else {
            return Ok(Found { page: self.page(query, None).await?, ..Found::default() });
        };
        let required = words.iter().filter(|word| word.required).count();
        if required == 0 {
            return Ok(Found::default());
        }
        let none = Corrections::new();
        let typed = Wanted { words: &words, corrections: &none, synonyms: &query.synonyms, matching: required };
        let exact = self.page(query, Some(&typed)).await?;
        if exact.total >= FEW_HITS {
            return Ok(Found { page: exact, corrections: none, matching: required });
        }
        let corrections = self.corrections(&words).await?;
        let meant = Wanted { corrections: &corrections, ..typed };
        if !corrections.is_empty() {
            let corrected = self.page(query, Some(&meant)).await?;
            if corrected.total > exact.total {
                let page = SearchPage { meant: meant.meant(), ..corrected };
                return Ok(Found { page, corrections, matching: required });
            }
        }
        if exact.total > 0 {
            return Ok(Found { page: exact, corrections: none, matching: required });
        }
        for matching in relaxations(required) {
            let fewer = Wanted { matching, ..meant };
            let relaxed = self.page(query, Some(&fewer)).await?;
            if relaxed.total > 0 {
                let page = SearchPage { meant: fewer.meant(), relaxed: true, ..relaxed };
                return Ok(Found { page, corrections, matching });
            }
        }
        Ok(Found { page: exact, corrections: none, matching: required })
    }

    async fn page(&self, query: &SearchQuery, wanted: Option<&Wanted<'_>>) -> Result<SearchPage, SearchError> {
        Ok(self.ask(&query::body(query, wanted)).await?.into_page(query.window.limit))
    }

    /// Counts the facets of what was found. Not in the request that finds: these are the same for every page and order of
    /// a list, so that one answer serves them all, and most steps of a search are thrown away.
    pub(crate) async fn count_facets(&self, query: &SearchQuery, found: &Found) -> Result<Facets, SearchError> {
        let words = query.words();
        let wanted = words.as_ref().map(|words| Wanted {
            words,
            corrections: &found.corrections,
            synonyms: &query.synonyms,
            matching: found.matching,
        });
        let mut facets = Facets::default();
        if wanted.as_ref().is_some_and(|wanted| wanted.matching == 0) {
            return Ok(facets); // nothing was looked for
        }
        let groups = facets::wanted_by(query);
        let bodies: Vec<_> = groups.iter().map(|group| query::facets_body(query, wanted.as_ref(), group)).collect();
        for answer in self.ask_all(&bodies).await? {
            facets.add(answer.counted());
        }
        Ok(facets)
    }

    async fn corrections(&self, words: &[Word]) -> Result<Corrections, SearchError> {
        let asked = spelling::asked(words);
        if asked.is_empty() {
            return Ok(Corrections::new());
        }
        let answer = self.ask(&spelling::body(&asked)).await?;
        Ok(spelling::chosen(&asked, answer.suggested()))
    }

    /// Several search requests at once, answered in their order; all or none. Each is waited for, also when another has
    /// failed: it may be the trial after an outage, whose answer brings everybody back.
    pub(crate) async fn ask_all(&self, bodies: &[Value]) -> Result<Vec<SearchAnswer>, SearchError> {
        join_all(bodies.iter().map(|body| self.ask(body))).await.into_iter().collect()
    }

    /// One search request.
    pub(crate) async fn ask(&self, body: &Value) -> Result<SearchAnswer, SearchError> {
        let call = Call {
            method: Method::Post,
            path: &format!("{}/_search", self.alias),
            parameters: &[("allow_partial_search_results", "false")],
            body: Some(body.to_string()),
            timeout: SEARCH_TIMEOUT,
        };
        self.node.call(call).await?.read()
    }
}

/// The outcome, or that it took too long.
pub(crate) async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, SearchError>>,
) -> Result<T, SearchError> {
    let too_long = |_| SearchError::Unavailable(format!("no answer within {} ms", timeout.as_millis()));
    tokio::time::timeout(timeout, work).await.map_err(too_long)?
}

/// How many of the required words to insist on, step by step: all but one, half, one.
fn relaxations(required: usize) -> Vec<usize> {
    let mut steps = vec![required.saturating_sub(1), required.div_ceil(2), 1];
    steps.retain(|matching| (1..required).contains(matching));
    steps.dedup();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_given_up_step_by_step() {
        assert_eq!(relaxations(1), [0; 0]);
        assert_eq!(relaxations(2), [1]);
        assert_eq!(relaxations(3), [2, 1]);
        assert_eq!(relaxations(6), [5, 3, 1]);
    }
}
