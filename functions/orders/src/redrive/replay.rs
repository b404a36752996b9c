//! A letter of a stream's consumer, worked out again from the item that it names.

use souk_domain::event::events_after;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::order::Order;
use souk_runtime::bus::EventBus;
use souk_runtime::queues::DeadLetter;
use souk_store::{Orders, Products, SaveOutcome, StoreError};

use crate::dispatch::Dispatch;

/// What the consumers of streams stand on.
pub struct Replay {
    /// Where orders are.
    pub orders: Orders,
    /// Where products are.
    pub products: Products,
    /// Sends what an order waits for.
    pub dispatch: Dispatch,
    /// Tells other systems.
    pub bus: EventBus,
}

impl Replay {
    /// Does what the letter's consumer would have done. `Err` says why that cannot be: most often because the item is
    /// still the one that nobody can read.
    pub(super) async fn replay(&self, letter: &DeadLetter) -> Result<(), String> {
        match letter.function.as_str() {
            "dispatch" => {
                let order = self.order(letter).await?;
                self.dispatch.dispatch(None, &order).await.map_err(|error| error.to_string())
            }
            "publish-events" => {
                let events = events_after(None, &self.order(letter).await?);
                self.bus.publish(&events).await.map_err(|error| error.to_string())
            }
            "index-products" => self.index(letter).await,
            // Its line of the history is lost with the image; what the product has now, its next change tells.
            "watch-stock" => Err("nothing is left to do: discard it".to_owned()),
            other => Err(format!("nobody knows what to do for {other}")),
        }
    }

    async fn order(&self, letter: &DeadLetter) -> Result<Order, String> {
        let id = |name| letter.key.get(name).ok_or_else(|| format!("the letter has no {name}"));
        let user_id: UserId = id("user_id")?.parse().map_err(|_| "the letter's user_id is no id")?;
        let order_id: OrderId = id("order_id")?.parse().map_err(|_| "the letter's order_id is no id")?;
        match self.orders.get(&user_id, &order_id).await.map_err(mendable)? {
            Some(order) => Ok(order),
            None => Err("there is no such order".to_owned()),
        }
    }

    /// Writes the product as it is, so that the stream carries it to `index-products` once more.
    async fn index(&self, letter: &DeadLetter) -> Result<(), String> {
        let product_id = letter.key.get("product_id").ok_or("the letter has no product_id")?;
        let product_id: ProductId = product_id.parse().map_err(|_| "the letter's product_id is no id")?;
        let product = self.products.get(&product_id).await.map_err(mendable)?;
        let product = product.ok_or("there is no such product; if search still shows it, reindex")?;
        match self.products.touch(&product, self.dispatch.clock.now()).await.map_err(mendable)? {
            // Stale: somebody has just written it, which does the same.
            SaveOutcome::Saved | SaveOutcome::VersionConflict => Ok(()),
        }
    }
}

/// Without what the item holds.
fn mendable(error: StoreError) -> String {
    match error {
        StoreError::Corrupt { table, .. } => format!("the item of {table} still cannot be read: mend it first"),
        other => other.to_string(),
    }
}
