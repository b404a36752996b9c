//! Carts.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use souk_domain::cart::Cart;
use souk_domain::ids::UserId;

use crate::table::{Item, Table, key, number};
use crate::{SaveOutcome, StoreError};

/// The carts table.
#[derive(Clone)]
pub struct Carts {
    table: Table,
}

impl Carts {
    /// The carts of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The cart of a user, strongly consistent. An empty cart of version 0 if none exists.
    pub async fn get(&self, user_id: &UserId) -> Result<Cart, StoreError> {
        let cart = self.table.get(key([("user_id", user_id.as_str())]), true).await?;
        Ok(cart.unwrap_or_else(|| Cart::empty(user_id.clone())))
    }

    /// Saves a cart if its version is still the stored one, and increments its version.
    pub async fn save(&self, cart: &mut Cart) -> Result<SaveOutcome, StoreError> {
        let (condition, values) = unchanged(cart);
        let request = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(self.next(cart)?))
            .condition_expression(condition)
            .set_expression_attribute_values(values);
        match request.send().await {
            Ok(_) => {
                cart.version += 1;
                Ok(SaveOutcome::Saved)
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(SaveOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }

    /// Waits before another attempt after [`SaveOutcome::VersionConflict`], with jitter.
    pub async fn back_off(&self, attempt: u32) {
        self.table.back_off(attempt).await;
    }

    /// Saves a cart like [`Carts::save`], as an action of a transaction.
    pub(crate) fn save_action(&self, cart: &Cart) -> Result<TransactWriteItem, StoreError> {
        let (condition, values) = unchanged(cart);
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(self.next(cart)?))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn next(&self, cart: &Cart) -> Result<Item, StoreError> {
        self.table.write(&Cart { version: cart.version + 1, ..cart.clone() })
    }
}

/// The condition that the stored cart has the version that was read. A cart that was never saved has version 0 and no
/// item.
fn unchanged(cart: &Cart) -> (&'static str, Option<Item>) {
    match cart.version {
        0 => ("attribute_not_exists(user_id)", None),
        seen => ("version = :seen", Some([(":seen".to_owned(), number(seen))].into())),
    }
}
