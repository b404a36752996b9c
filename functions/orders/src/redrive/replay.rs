//! Repeats the handling of a stream record with the current item that its dead letter names.

use souk_domain::event::events_after;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::order::Order;
use souk_runtime::bus::EventBus;
use souk_runtime::queues::DeadLetter;
use souk_store::{Orders, Products, SaveOutcome, StoreError};

use crate::dispatch::Dispatch;

/// Dependencies of the stream consumers whose work is repeated.
pub struct Replay {
    /// The orders table.
    pub orders: Orders,
    /// The products table.
    pub products: Products,
    /// Sends the messages that an order waits for.
    pub dispatch: Dispatch,
    /// The event bus.
    pub bus: EventBus,
}

impl Replay {
    /// Repeats the work of the consumer. `Err` states why that is impossible, usually because the item is still
    /// unreadable.
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
            // The history entry is lost with the image. The next change of the product publishes its stock level.
            "watch-stock" => Err("nothing is left to do: discard the message".to_owned()),
            other => Err(format!("unknown stream consumer {other}")),
        }
    }

    async fn order(&self, letter: &DeadLetter) -> Result<Order, String> {
        let id = |name| letter.key.get(name).ok_or_else(|| format!("the dead letter has no {name}"));
        let user_id: UserId = id("user_id")?.parse().map_err(|_| "the user_id of the dead letter is invalid")?;
        let order_id: OrderId = id("order_id")?.parse().map_err(|_| "the order_id of the dead letter is invalid")?;
        match self.orders.get(&user_id, &order_id).await.map_err(store_error)? {
            Some(order) => Ok(order),
            None => Err("the order does not exist".to_owned()),
        }
    }

    /// Writes the product again unchanged, so that the stream delivers it to `index-products` again.
    async fn index(&self, letter: &DeadLetter) -> Result<(), String> {
        let product_id = letter.key.get("product_id").ok_or("the dead letter has no product_id")?;
        let product_id: ProductId = product_id.parse().map_err(|_| "the product_id of the dead letter is invalid")?;
        let product = self.products.get(&product_id).await.map_err(store_error)?;
        let product = product.ok_or("the product does not exist; if search still shows it, reindex")?;
        match self.products.touch(&product, self.dispatch.clock.now()).await.map_err(store_error)? {
            // On a version conflict another writer has just written it, which has the same effect.
            SaveOutcome::Saved | SaveOutcome::VersionConflict => Ok(()),
        }
    }
}

/// Without the content of the item.
fn store_error(error: StoreError) -> String {
    match error {
        StoreError::Corrupt { table, .. } => format!("the item of {table} is still unreadable: repair it first"),
        other => other.to_string(),
    }
}
