//! Which shards the units of each line come from.

use futures_util::stream::{self, StreamExt};
use souk_domain::ids::ProductId;
use souk_domain::order::Order;
use souk_domain::stock::Shortage;
use souk_runtime::http::Problem;
use souk_store::{Found, StoreError};

use super::{PlaceOrder, busy, insufficient_stock};

/// How many products are looked at side by side.
const LOOKS_AT_ONCE: usize = 16;

/// How carefully to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// What is in sight is good enough: the transaction says if it is gone.
    Glance,
    /// A transaction has just said that what was in sight is gone.
    Closely,
}

/// Units for one product, or how many there are.
pub(super) type Chosen = Result<Found, StoreError>;

impl PlaceOrder {
    /// Units for each of these products, in their order.
    pub(super) async fn choose_units<'a>(
        &self,
        wanted: impl Iterator<Item = (&'a ProductId, u32)>,
        look: Look,
    ) -> Vec<Chosen> {
        let looks = wanted.map(|(product_id, quantity)| {
            let choice = self.random.below(u64::MAX);
            async move {
                match look {
                    Look::Glance => self.inventory.choose(product_id, quantity, choice).await,
                    Look::Closely => self.inventory.find(product_id, quantity, choice).await,
                }
            }
        });
        // Collected first: the compiler cannot prove a stream of borrowing futures to be `Send`.
        let looks: Vec<_> = looks.collect();
        stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await
    }

    /// Units for some lines of an order, again.
    pub(super) async fn choose_again(&self, order: &mut Order, lines: &[usize], look: Look) -> Result<(), Problem> {
        let wanted = lines.iter().map(|index| &order.lines[*index]);
        let wanted = wanted.map(|line| (&line.product_id, line.quantity.get()));
        let chosen = self.choose_units(wanted, look).await;
        allot(order, lines, chosen)
    }
}

/// Gives lines the units that were chosen for them. Refused with every product of which there are too few, for certain.
pub(super) fn allot(order: &mut Order, lines: &[usize], chosen: Vec<Chosen>) -> Result<(), Problem> {
    let mut shortages = Vec::new();
    for (index, chosen) in lines.iter().zip(chosen) {
        let line = &mut order.lines[*index];
        match chosen {
            Ok(Found::Units(allocation)) => line.allocation = allocation,
            Ok(Found::Short { available }) => {
                let (product_id, asked) = (line.product_id.clone(), line.quantity.get());
                shortages.push(Shortage { product_id, requested: asked, available });
            }
            Err(StoreError::Conflict) => return Err(busy("the shards could not be read at one moment")),
            Err(error) => return Err(error.into()),
        }
    }
    if shortages.is_empty() { Ok(()) } else { Err(insufficient_stock(&shortages)) }
}
