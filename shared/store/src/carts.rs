//! Carts. Those of guests expire.

mod merge;

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

    /// Deletes a user's cart, whatever its version. Idempotent.
    pub async fn delete(&self, user_id: &UserId) -> Result<(), StoreError> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        request.set_key(Some(key([("user_id", user_id.as_str())]))).send().await?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use souk_domain::account::CallerKind;
    use souk_domain::idempotency::IdempotencyKey;
    use souk_domain::ids::OrderId;
    use souk_domain::quantity::Quantity;
    use souk_domain::time::Timestamp;
    use souk_testkit::{SeededRandom, sku, user};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn item(cart: &Cart) -> Item {
        serde_dynamo::aws_sdk_dynamodb_1::to_item(cart).expect("an item")
    }

    fn cart(item: Item) -> Cart {
        serde_dynamo::aws_sdk_dynamodb_1::from_item(item).expect("a cart")
    }

    /// The size of an item as DynamoDB counts it.
    fn size(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            AttributeValue::B(bytes) => bytes.as_ref().len(),
            AttributeValue::L(values) if values.is_empty() => 3,
            other => panic!("not in an empty cart: {other:?}"),
        };
        item.iter().map(|(name, attribute)| name.len() + value(attribute)).sum()
    }

    /// A cart with as many recent requests as it keeps, after its lines were ordered.
    fn full() -> Cart {
        let random = SeededRandom::new(1);
        let idempotency_key = |n: u64| IdempotencyKey { key: format!("key {n}"), fingerprint: format!("body {n}") };
        let mut cart = Cart { version: 999_999_999, ..Cart::empty(user(1)) };
        cart.set_expiry(CallerKind::Guest, NOW);
        for n in 0..20 {
            cart.add(sku("a"), Quantity::new(1).expect("one"), Some(&idempotency_key(n)), NOW).expect("added");
            cart = cart.checked_out(OrderId::new(NOW, &random), Some(&idempotency_key(n)), NOW);
        }
        cart
    }

    #[test]
    fn an_empty_cart_with_all_its_recent_requests_leaves_room_in_a_write_unit() {
        let item = item(&full());
        assert!(size(&item) <= 620, "{} bytes: {item:?}", size(&item));
        assert_eq!(cart(item), full());
    }

    #[test]
    fn a_cart_of_an_older_version_is_read_without_its_requests() {
        let old = |name: &str| (name.to_owned(), AttributeValue::L(vec![AttributeValue::M(Item::new())]));
        let before = Cart { version: 7, ..Cart::empty(user(1)) };
        let stored = item(&before).into_iter().chain([old("checkouts"), old("additions")]).collect();
        assert_eq!(cart(stored), before);
    }
}
