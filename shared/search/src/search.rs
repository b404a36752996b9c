//! The steps of a search: exact, with corrections, with fewer words.

use std::sync::Arc;

use futures_util::future::try_join;

use crate::SearchError;
use crate::facets::{self, Facets};
use crate::index::{SearchIndex, within_limit};
use crate::query::SearchQuery;
use crate::query_builder::{QueryBuilder, Step};
use crate::request::{facets_request, search_request};
use crate::response::SearchPage;
use crate::spelling::{self, Corrections};
use crate::word::Word;

/// The matches of a search.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// A page of products, without facets.
    pub page: SearchPage,
    /// The corrections, the number of required words and the step that led to the page, so that facets count the same
    /// products.
    corrections: Corrections,
    matching: usize,
    step: Step,
}

impl SearchIndex {
    /// A page of products with its facets. All words are searched for; if no product matches, also words that begin so;
    /// if hardly any does, also their corrections; if still none does, the numbers alone, then fewer and fewer of the
    /// words.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let search = async {
            let matches = self.matches(query).await?;
            let facets = if query.facets { Arc::new(self.facets(query, &matches).await?) } else { Arc::default() };
            Ok(SearchPage { facets, ..matches.page })
        };
        within_limit(self.limits().search, Box::pin(search)).await
    }

    /// A page of products without facets. Has no time limit of its own, unlike each of its steps.
    pub async fn matches(&self, query: &SearchQuery) -> Result<Matches, SearchError> {
        let Some(words) = query.words() else {
            return Ok(Matches { page: self.page(query, None).await?, ..Matches::default() });
        };
        let required = words.iter().filter(|word| word.required).count();
        if required == 0 {
            return Ok(Matches::default());
        }
        let none = Corrections::new();
        let step = Step::Words;
        let typed =
            QueryBuilder { words: &words, corrections: &none, synonyms: &query.synonyms, matching: required, step };
        let exact = self.page(query, Some(&typed)).await?;
        let found_number = exact.total > 0 && words.iter().any(|word| word.number);
        if found_number || !exact.has_few() {
            return Ok(Matches { page: exact, corrections: none, matching: required, step });
        }
        let corrections = if exact.total == 0 && typed.can_begin() {
            let step = Step::Beginnings;
            let begun = QueryBuilder { step, ..typed };
            // At once, so that misspelt words need not wait for the beginnings.
            let (page, corrections) = try_join(self.page(query, Some(&begun)), self.corrections(&words)).await?;
            if page.total > 0 {
                return Ok(Matches { page, corrections: none, matching: required, step });
            }
            corrections
        } else {
            self.corrections(&words).await?
        };
        let corrected = QueryBuilder { corrections: &corrections, ..typed };
        if !corrections.is_empty() {
            let page = self.page(query, Some(&corrected)).await?;
            if page.total > exact.total {
                let page = SearchPage { did_you_mean: corrected.did_you_mean(), ..page };
                return Ok(Matches { page, corrections, matching: required, step });
            }
        }
        if exact.total > 0 {
            return Ok(Matches { page: exact, corrections: none, matching: required, step });
        }
        if typed.has_number() {
            let step = Step::Number;
            let page = self.page(query, Some(&QueryBuilder { step, ..typed })).await?;
            if page.total > 0 {
                return Ok(Matches {
                    page: SearchPage { relaxed: true, ..page },
                    corrections: none,
                    matching: 1,
                    step,
                });
            }
        }
        for matching in relaxations(required) {
            let relaxed = QueryBuilder { matching, ..corrected };
            let page = self.page(query, Some(&relaxed)).await?;
            if page.total > 0 {
                let page = SearchPage { did_you_mean: relaxed.did_you_mean(), relaxed: true, ..page };
                return Ok(Matches { page, corrections, matching, step });
            }
        }
        Ok(Matches { page: exact, corrections: none, matching: required, step })
    }

    /// The facets of the matches. They are a separate request, because they are the same for every page and sort order
    /// of a list and can be cached for all of them, and because the results of most steps of a search are discarded.
    pub async fn facets(&self, query: &SearchQuery, matches: &Matches) -> Result<Facets, SearchError> {
        let words = query.words();
        let text = words.as_ref().map(|words| QueryBuilder {
            words,
            corrections: &matches.corrections,
            synonyms: &query.synonyms,
            matching: matches.matching,
            step: matches.step,
        });
        let mut facets = Facets::default();
        if text.as_ref().is_some_and(|text| text.matching == 0) {
            return Ok(facets); // nothing was searched for
        }
        let groups = facets::groups_for(query);
        let requests: Vec<_> = groups.iter().map(|group| facets_request(query, text.as_ref(), group)).collect();
        for response in self.post_searches(requests, self.limits().search).await? {
            facets.add(response.aggregations());
        }
        Ok(facets)
    }

    async fn page(&self, query: &SearchQuery, text: Option<&QueryBuilder<'_>>) -> Result<SearchPage, SearchError> {
        let response = self.post_search(search_request(query, text), self.limits().search).await?;
        Ok(response.into_page(query.window.limit))
    }

    async fn corrections(&self, words: &[Word]) -> Result<Corrections, SearchError> {
        let candidates = spelling::candidates(words);
        if candidates.is_empty() {
            return Ok(Corrections::new());
        }
        let response = self.post_search(spelling::request(&candidates), self.limits().search).await?;
        Ok(spelling::select(&candidates, response.suggested()))
    }
}

/// How many of the required words must match, step by step: all but one, half, one.
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
    fn fewer_words_are_required_step_by_step() {
        assert_eq!(relaxations(1), [0; 0]);
        assert_eq!(relaxations(2), [1]);
        assert_eq!(relaxations(3), [2, 1]);
        assert_eq!(relaxations(6), [5, 3, 1]);
    }
}
