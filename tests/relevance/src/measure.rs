//! Asks and scores.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use souk_domain::ids::ProductId;
use souk_search::{SearchError, SearchIndex, SearchQuery, Window};

use crate::catalogue::Catalogue;
use crate::derive::{Derived, Goal};

/// How many products a shopper looks at.
const LOOKED_AT: u32 = 10;

/// What became of the queries of one kind. Shares are of a thousand.
#[derive(Debug, Default)]
pub struct Tally {
    /// Queries.
    pub asked: u64,
    /// Of them for lists.
    pub lists: u64,
    first: u64,
    among_ten: u64,
    /// Sum of a million divided by the rank.
    reciprocal_millionths: u64,
    /// Sum of the shares of right products among those looked at, in thousandths.
    precision_thousandths: u64,
    /// Answers without any product.
    pub empty: u64,
    times: Vec<Duration>,
}

/// A query that found nothing right among the first ten.
#[derive(Debug)]
pub struct Miss {
    /// Its row.
    pub kind: &'static str,
    /// What was asked.
    pub text: String,
    /// The name of a product that was to be found.
    pub wanted: String,
    /// What came first.
    pub found: String,
}

/// Asks them one after another; a row for each kind, and what went wrong.
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
        let product_ids = ask(index, derived).await?;
        let time = started.elapsed();
        let found: Vec<usize> = product_ids.iter().filter_map(|id| numbers.get(id).copied()).collect();
        let score = tallies.entry(derived.kind).or_default().add(derived.goal, &derived.relevant, &found, time);
        if score < 500 {
            let name =
                |number: Option<&usize>| number.map(|n| catalogue.items[*n].product.name.clone()).unwrap_or_default();
            let (wanted, found) = (name(derived.relevant.first()), name(found.first()));
            misses.push(Miss { kind: derived.kind, text: derived.text.clone(), wanted, found });
        }
    }
    Ok((tallies, misses))
}

async fn ask(index: &SearchIndex, derived: &Derived) -> Result<Vec<ProductId>, SearchError> {
    if derived.typing {
        let suggestions = index.suggest(&derived.text, LOOKED_AT).await?;
        return Ok(suggestions.products.iter().map(|product| product.product_id.clone()).collect());
    }
    let window = Window::new(1, LOOKED_AT).unwrap_or_default();
    let query = SearchQuery { text: Some(derived.text.clone()), window, ..SearchQuery::default() };
    Ok(index.search(&query).await?.product_ids)
}

impl Tally {
    /// How good the answer was, in thousandths.
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
                let precision = (right * 1_000 / relevant.len().min(LOOKED_AT as usize)) as u64;
                self.precision_thousandths += precision;
                precision
            }
        }
    }

    /// Right product first.
    pub fn hit_1(&self) -> Option<u64> {
        self.share(self.first * 1_000)
    }

    /// Right product among the first ten.
    pub fn hit_10(&self) -> Option<u64> {
        self.share(self.among_ten * 1_000)
    }

    /// Mean of one divided by the rank of the right product.
    pub fn reciprocal_rank(&self) -> Option<u64> {
        self.share(self.reciprocal_millionths / 1_000)
    }

    /// Right products among the first ten, or among as many as there are.
    pub fn precision_10(&self) -> Option<u64> {
        self.precision_thousandths.checked_div(self.lists)
    }

    /// The time that so many of a hundred answers did not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    }

    /// Both together.
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
