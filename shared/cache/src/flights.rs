//! One reading of a product at a time: who comes while it is under way waits for its outcome instead of reading again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use souk_domain::catalog::Product;
use souk_domain::ids::ProductId;
use tokio::sync::watch;

/// What a reading found.
#[derive(Debug, Clone)]
pub(crate) enum Landed {
    /// The product, or that there is none.
    Read(Option<Arc<Product>>),
    /// The store did not answer; for the log.
    Unavailable(String),
}

type Outcome = Option<Landed>;

/// The readings that are under way.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    under_way: Mutex<HashMap<ProductId, watch::Receiver<Outcome>>>,
}

/// A caller's part: what it must read for itself and for others, and what others read for it.
#[derive(Debug)]
pub(crate) struct Boarding<'a> {
    flights: &'a Flights,
    mine: HashMap<ProductId, watch::Sender<Outcome>>,
    others: Vec<Awaited>,
}

/// A reading that somebody else makes.
#[derive(Debug)]
pub(crate) struct Awaited {
    /// Of which product.
    pub(crate) product_id: ProductId,
    outcome: watch::Receiver<Outcome>,
}

impl Flights {
    /// Divides what is wanted.
    pub(crate) fn board(&self, wanted: impl IntoIterator<Item = ProductId>) -> Boarding<'_> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let mut boarding = Boarding { flights: self, mine: HashMap::new(), others: Vec::new() };
        for product_id in wanted {
            if let Some(outcome) = under_way.get(&product_id) {
                boarding.others.push(Awaited { product_id, outcome: outcome.clone() });
            } else {
                let (sender, receiver) = watch::channel(None);
                under_way.insert(product_id.clone(), receiver);
                boarding.mine.insert(product_id, sender);
            }
        }
        boarding
    }

    fn forget<'a>(&self, product_ids: impl Iterator<Item = &'a ProductId>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for product_id in product_ids {
            under_way.remove(product_id);
        }
    }
}

impl Boarding<'_> {
    /// What this caller reads.
    pub(crate) fn mine(&self) -> Vec<ProductId> {
        self.mine.keys().cloned().collect()
    }

    /// What others read.
    pub(crate) fn others(&mut self) -> Vec<Awaited> {
        std::mem::take(&mut self.others)
    }

    /// Tells those who wait what came of all that this caller reads.
    pub(crate) fn land(&mut self, outcome: impl Fn(&ProductId) -> Landed) {
        self.flights.forget(self.mine.keys());
        for (product_id, sender) in self.mine.drain() {
            sender.send_replace(Some(outcome(&product_id)));
        }
    }
}

/// A caller that is gone before it landed (its client hung up) must not let others wait for ever.
impl Drop for Boarding<'_> {
    fn drop(&mut self) {
        self.flights.forget(self.mine.keys());
    }
}

impl Awaited {
    /// The outcome; none when the one who was reading has given up.
    pub(crate) async fn outcome(mut self) -> Outcome {
        self.outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> ProductId {
        name.parse().expect("an id")
    }

    #[tokio::test]
    async fn who_comes_later_waits_for_the_first() {
        let flights = Flights::default();
        let mut first = flights.board([id("a"), id("b")]);
        let mut second = flights.board([id("b"), id("c")]);
        assert_eq!(second.mine(), [id("c")]);
        let awaited = second.others().pop().expect("b is under way");
        first.land(|_| Landed::Read(None));
        assert!(matches!(awaited.outcome().await, Some(Landed::Read(None))));
        assert_eq!(flights.board([id("b")]).mine(), [id("b")], "the next one reads afresh");
    }

    #[tokio::test]
    async fn nobody_waits_for_one_who_is_gone() {
        let flights = Flights::default();
        let first = flights.board([id("a")]);
        let awaited = flights.board([id("a")]).others().pop().expect("a is under way");
        drop(first);
        assert!(awaited.outcome().await.is_none());
        assert_eq!(flights.board([id("a")]).mine(), [id("a")]);
    }
}
