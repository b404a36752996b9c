//! Runs queries and scores the results.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use souk_domain::ids::ProductId;
use souk_search::{SearchError, SearchIndex, SearchQuery, Window};

use crate::catalogue::Catalogue;
use crate::derived::{Derived, Goal};

/// Scored results of a query.
const TOP: u32 = 10;

/// Scores of the queries of one kind. Shares are in thousandths.
#[derive(Debug, Default)]
pub struct Tally {
    /// Number of queries.
    pub asked: u64,
    /// Number of queries for lists.
    pub lists: u64,
    first: u64,
    among_ten: u64,
    /// Sum of a million divided by the rank.
    reciprocal_millionths: u64,
    /// Sum of the precisions, in thousandths.
    precision_thousandths: u64,
    /// Results without any product.
    pub empty: u64,
    times: Vec<Duration>,
}

/// A query with a bad result.
#[derive(Debug)]
pub struct Miss {
    /// Its row.
    pub kind: &'static str,
    /// The text.
    pub text: String,
    /// The name of a relevant product.
    pub expected: String,
    /// The name of the first product.
    pub found: String,
}

/// Runs queries one after the other; returns a row for each kind, and the misses.
pub async fn measure<'a>(
    index: &SearchIndex,
    catalogue: &Catalogue,
    queries: impl Iterator<Item = &'a Derived>,
) -> Result<(BTreeMap<&'static str, Tally>, Vec<Miss>), SearchError> {
    let numbers: BTreeMap<_, _> =
        catalogue.items.iter().enumerate().map(|(number, item)| (&item.product.product_id, number)).collect();
    let (mut tallies, mut misses) = (BTreeMap::<_, Tally>::new(), Vec::new());
    for derived in queries {
        let started = Instant::now();
        let product_ids = run(index, derived).await?;
        let time = started.elapsed();
        let found: Vec<usize> = product_ids.iter().filter_map(|id| numbers.get(id).copied()).collect();
        let score = tallies.entry(derived.kind).or_default().add(derived.goal, &derived.relevant, &found, time);
        if score < 500 {
            let name =
                |number: Option<&usize>| number.map(|n| catalogue.items[*n].product.name.clone()).unwrap_or_default();
            let (expected, found) = (name(derived.relevant.first()), name(found.first()));
            misses.push(Miss { kind: derived.kind, text: derived.text.clone(), expected, found });
        }
    }
    Ok((tallies, misses))
}

async fn run(index: &SearchIndex, derived: &Derived) -> Result<Vec<ProductId>, SearchError> {
    if derived.typing {
        let suggestions = index.suggest(&derived.text, TOP).await?;
        return Ok(suggestions.products.iter().map(|product| product.product_id.clone()).collect());
    }
    let window = Window::new(1, TOP).unwrap_or_default();
    let query = SearchQuery { text: Some(derived.text.clone()), window, ..SearchQuery::default() };
    Ok(index.search(&query).await?.product_ids)
}

impl Tally {
    /// Adds a result and returns its score in thousandths.
    fn add(&mut self, goal: Goal, relevant: &BTreeSet<usize>, found: &[usize], time: Duration) -> u64 {
        self.asked += 1;
        self.empty += u64::from(found.is_empty());
        self.times.push(time);
        let rank = found.iter().position(|number| relevant.contains(number)).map(|at| at as u64 + 1);
        match goal {
            Goal::Item => {
                self.first += u64::from(rank == Some(1));
                self.among_ten += u64::from(rank.is_some());
                self.reciprocal_millionths += rank.map_or(0, |rank| 1_000_000 / rank);
                rank.map_or(0, |rank| 1_000 / rank)
            }
            Goal::List => {
                self.lists += 1;
                let right = found.iter().filter(|number| relevant.contains(number)).count();
                let precision = (right * 1_000 / relevant.len().min(TOP as usize)) as u64;
                self.precision_thousandths += precision;
                precision
            }
        }
    }

    /// Share of queries with a relevant product first.
    pub fn hit_1(&self) -> Option<u64> {
        self.share(self.first * 1_000)
    }

    /// Share of queries with a relevant product among the first ten.
    pub fn hit_10(&self) -> Option<u64> {
        self.share(self.among_ten * 1_000)
    }

    /// Mean reciprocal rank.
    pub fn reciprocal_rank(&self) -> Option<u64> {
        self.share(self.reciprocal_millionths / 1_000)
    }

    /// Mean precision of the first ten, or of as many as are relevant.
    pub fn precision_10(&self) -> Option<u64> {
        self.precision_thousandths.checked_div(self.lists)
    }

    /// A percentile of the times.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    }

    /// Adds the scores of another kind.
    pub fn merge(&mut self, other: &Self) {
        self.asked += other.asked;
        self.lists += other.lists;
        self.first += other.first;
        self.among_ten += other.among_ten;
        self.reciprocal_millionths += other.reciprocal_millionths;
        self.precision_thousandths += other.precision_thousandths;
        self.empty += other.empty;
        self.times.extend(&other.times);
    }

    fn share(&self, of: u64) -> Option<u64> {
        of.checked_div(self.asked - self.lists)
    }
}
