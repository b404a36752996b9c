//! Searching, step by step.

use std::time::Duration;

use opensearch::http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::answer::{SearchAnswer, SearchPage};
use crate::facets;
use crate::node::{Answer, Call, ErrorCause};
use crate::query::{self, SearchQuery};
use crate::spelling::{self, Corrections};
use crate::text::{Word, words};
use crate::wanted::Wanted;
use crate::{SearchError, SearchIndex};

/// A whole search, finding the domain and all its steps included.
const SEARCH_TIMEOUT: Duration = Duration::from_millis(1_500);
/// With fewer hits than this, misspelling is suspected.
const FEW_HITS: u64 = 3;

impl SearchIndex {
    /// Searches. All words are looked for; if that finds little, also what may have been meant by misspelt ones; if
    /// nothing, fewer and fewer of them.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        // Boxed, because callers hold it among futures of their own, and the compiler has a limit for their depth.
        within(SEARCH_TIMEOUT, Box::pin(self.search_in_steps(query))).await
    }

    async fn search_in_steps(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let text = query.text.as_deref().unwrap_or_default().trim();
        if text.is_empty() {
            return self.page(query, None).await;
        }
        let words = words(text);
        let required = words.iter().filter(|word| word.required).count();
        if required == 0 {
            return Ok(SearchPage::default());
        }
        let none = Corrections::new();
        let wanted = Wanted { words: &words, corrections: &none, synonyms: &query.synonyms, matching: required };
        let exact = self.page(query, Some(&wanted)).await?;
        if exact.total >= FEW_HITS {
            return Ok(exact);
        }
        let corrections = self.corrections(&words).await?;
        let wanted = Wanted { corrections: &corrections, ..wanted };
        if !corrections.is_empty() {
            let corrected = self.page(query, Some(&wanted)).await?;
            if corrected.total > exact.total {
                return Ok(SearchPage { meant: wanted.meant(), ..corrected });
            }
        }
        if exact.total > 0 {
            return Ok(exact);
        }
        for matching in relaxations(required) {
            let wanted = Wanted { matching, ..wanted };
            let relaxed = self.page(query, Some(&wanted)).await?;
            if relaxed.total > 0 {
                return Ok(SearchPage { meant: wanted.meant(), relaxed: true, ..relaxed });
            }
        }
        Ok(exact)
    }

    /// One page, and its facets if they are asked for: those that ignore a filter are counted apart, at the same time.
    async fn page(&self, query: &SearchQuery, wanted: Option<&Wanted<'_>>) -> Result<SearchPage, SearchError> {
        let mut found = query::body(query, wanted);
        let mut bodies = Vec::new();
        if query.facets {
            let (plain, own) = facets::wanted_by(query);
            found["aggs"] = facets::aggregations(&plain.iter().collect::<Vec<_>>());
            bodies.extend(own.iter().map(|facet| query::facet_body(query, wanted, facet)));
        }
        bodies.insert(0, found);
        let mut answers = self.ask_all(&bodies).await?.into_iter();
        let missing = || SearchError::Rejected("an answer is missing".to_owned());
        let mut page = answers.next().ok_or_else(missing)?.into_page(query.window.limit);
        for answer in answers {
            page.facets.add(answer.counted());
        }
        Ok(page)
    }

    async fn corrections(&self, words: &[Word]) -> Result<Corrections, SearchError> {
        let asked = spelling::asked(words);
        if asked.is_empty() {
            return Ok(Corrections::new());
        }
        let answer = self.ask(&spelling::body(&asked)).await?;
        Ok(spelling::chosen(&asked, answer.suggested()))
    }

    /// One search request.
    async fn ask(&self, body: &Value) -> Result<SearchAnswer, SearchError> {
        let parameters = [("allow_partial_search_results", "false")];
        self.post("_search", &parameters, body.to_string()).await?.read::<SearchAnswer>()?.whole()
    }

    /// Several search requests at once, answered in their order; all or none.
    pub(crate) async fn ask_all(&self, bodies: &[Value]) -> Result<Vec<SearchAnswer>, SearchError> {
        if let [only] = bodies {
            return Ok(vec![self.ask(only).await?]);
        }
        let header = json!({ "allow_partial_search_results": false }).to_string();
        let lines = bodies.iter().fold(String::new(), |lines, body| format!("{lines}{header}\n{body}\n"));
        let answers: Answers = self.post("_msearch", &[], lines).await?.read()?;
        answers.responses.iter().map(|response| one_answer(response)).collect()
    }

    async fn post(&self, action: &str, parameters: &[(&str, &str)], body: String) -> Result<Answer, SearchError> {
        let path = format!("{}/{action}", self.alias);
        let call = Call { method: Method::Post, path: &path, parameters, body: Some(body), timeout: SEARCH_TIMEOUT };
        self.node.call(call).await
    }
}

/// The answers to several requests.
#[derive(Deserialize)]
struct Answers {
    responses: Vec<Box<RawValue>>,
}

/// Why one of several requests failed.
#[derive(Deserialize)]
struct Failure {
    status: u16,
    error: ErrorCause,
}

fn one_answer(response: &RawValue) -> Result<SearchAnswer, SearchError> {
    if let Ok(Failure { status, error }) = serde_json::from_str(response.get()) {
        return Err(SearchError::of(status, &error.kind));
    }
    let unreadable = |e| SearchError::Rejected(format!("the answer cannot be read: {e}"));
    serde_json::from_str::<SearchAnswer>(response.get()).map_err(unreadable)?.whole()
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

    #[test]
    fn one_of_several_that_fails_fails_all() {
        let read = |json: &str| one_answer(&RawValue::from_string(json.to_owned()).expect("JSON"));
        let busy = r#"{"error":{"type":"search_phase_execution_exception","reason":"x"},"status":503}"#;
        assert!(matches!(read(busy), Err(SearchError::Unavailable(_))));
        let bad = r#"{"error":{"type":"parsing_exception","reason":"x"},"status":400}"#;
        assert!(matches!(read(bad), Err(SearchError::Rejected(_))));
        assert!(read(r#"{"timed_out":false,"hits":{"hits":[]},"status":200}"#).is_ok());
        assert!(read(r#"{"timed_out":true,"hits":{"hits":[]},"status":200}"#).is_err());
    }
}
