use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use souk_domain::cart::Cart;
use souk_domain::ids::OrderId;
use souk_domain::order::{
    Event, Order, OrderStatus, ProviderMethod, ProviderOutcome, RefundTarget, ReturnItem, Shipment,
};
use souk_domain::quantity::Quantity;
use souk_store::{OrderSteps, PlacementOutcome, StaffOrderList};
use souk_testkit::{Database, user};

use crate::orders::{NOW, idempotency_key, order, order_id};
use crate::{Stores, sku};

fn start() -> Event {
    Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "tok_1N4242".to_owned(),
        request: None,
        general_decline: false,
    }
}

fn captured() -> Event {
    let payment_id = "pay_78e11d12d4e9c84c0104ab21".to_owned();
    Event::PaymentSettled { attempt: 0, outcome: ProviderOutcome::Captured { payment_id, amount_minor: 12_595 } }
}

fn shipped() -> Event {
    Event::Shipped(Shipment { carrier: "DHL".to_owned(), tracking_number: "00340434161094042557".to_owned() })
}

fn send_back() -> Event {
    let (product_id, quantity) = (sku("a"), Quantity::new(1).expect("one"));
    let item = ReturnItem { product_id, quantity, reason: "does not fit the printer".to_owned() };
    Event::ReturnRequested { items: vec![item], request: idempotency_key("return") }
}

impl Stores {
    /// Places an order of one unit and applies events to it.
    async fn lived(&self, shopper: u32, order: Order, events: impl IntoIterator<Item = Event>) -> OrderId {
        let cart = self.carts.get(&user(shopper)).await.expect("a cart");
        assert!(matches!(self.place(&order, &cart).await, PlacementOutcome::Placed { .. }));
        for event in events {
            self.happens(shopper, &order.order_id, event).await;
        }
        order.order_id
    }

    async fn happens(&self, shopper: u32, order_id: &OrderId, event: Event) {
        let steps = OrderSteps::new(self.orders.clone(), self.inventory.clone());
        steps.apply(&user(shopper), order_id, &event, NOW).await.expect("applied");
    }

    async fn listed(&self, list: StaffOrderList) -> Vec<OrderId> {
        let page = self.orders.list_for_staff(list, false, None, 100).await.expect("listed");
        assert_eq!(page.next, None);
        page.orders.into_iter().map(|order| order.order_id).collect()
    }
}

#[tokio::test]
async fn staff_find_an_order_after_its_first_payment_attempt() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let id = stores.lived(1, order(1, &["a"], &stores, 1), []).await;
        let pending = StaffOrderList::Status(OrderStatus::PendingPayment);
        assert_eq!((stores.orders.owner(&id).await.expect("asked"), stores.listed(pending).await), (None, vec![]));
        stores.happens(1, &id, start()).await;
        assert_eq!(stores.orders.owner(&id).await.expect("asked"), Some(user(1)));
        assert_eq!(stores.listed(pending).await, [id], "{}", database.implementation);
    }
}

#[tokio::test]
async fn an_order_is_in_the_list_of_its_status_alone() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let id = stores.lived(1, order(1, &["a"], &stores, 1), [start(), captured()]).await;
        let life = [
            (None, OrderStatus::Paid),
            (Some(shipped()), OrderStatus::Shipped),
            (Some(Event::Delivered), OrderStatus::Delivered),
        ];
        for (event, status) in life {
            if let Some(event) = event {
                stores.happens(1, &id, event).await;
            }
            for other in OrderStatus::ALL {
                let expected: &[OrderId] = if other == status { std::slice::from_ref(&id) } else { &[] };
                assert_eq!(stores.listed(StaffOrderList::Status(other)).await, expected, "{}", database.implementation);
            }
            assert_eq!(stores.orders.owner(&id).await.expect("asked"), Some(user(1)));
        }
    }
}

#[tokio::test]
async fn open_returns_are_listed_until_they_are_decided() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let arrived = [start(), captured(), shipped(), Event::Delivered];
        let id = stores.lived(1, order(1, &["a"], &stores, 1), arrived).await;
        assert_eq!(stores.listed(StaffOrderList::OpenReturns).await, []);
        stores.happens(1, &id, send_back()).await;
        assert_eq!(stores.listed(StaffOrderList::OpenReturns).await, std::slice::from_ref(&id));
        assert_eq!(stores.listed(StaffOrderList::Status(OrderStatus::Delivered)).await, std::slice::from_ref(&id));
        let accepted =
            Event::ReturnAccepted { index: 0, target: RefundTarget::Provider, account: None, accepted_by: user(9) };
        stores.happens(1, &id, accepted).await;
        assert_eq!(stores.listed(StaffOrderList::OpenReturns).await, [], "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_in_either_direction() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let mut ids = Vec::new();
        // More orders than partitions, so that some partitions hold several.
        for n in 0..40_u32 {
            let mut placed = order(1 + n % 3, &["a"], &stores, 1);
            placed.order_id = order_id(NOW.plus_seconds(i64::from(n)), 1);
            ids.push(stores.lived(1 + n % 3, placed, [start()]).await);
        }
        for newest_first in [false, true] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let list = StaffOrderList::Status(OrderStatus::PendingPayment);
                let page = stores.orders.list_for_staff(list, newest_first, after.as_ref(), 7).await.expect("listed");
                assert!(page.orders.len() <= 7);
                seen.extend(page.orders.into_iter().map(|order| order.order_id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ids, "{} newest first: {newest_first}", database.implementation);
            ids.reverse();
        }
    }
}

/// Write units of the indexes, as counted by each implementation. Every step of an order is written a second time as
/// another shopper's order, because steps do not return what they consumed.
#[tokio::test]
async fn indexes_cost_no_write_units_when_an_order_is_placed() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let placed = order(1, &["a"], &stores, 1);
        let id = stores.lived(1, placed, []).await;
        let accepted =
            Event::ReturnAccepted { index: 0, target: RefundTarget::Provider, account: None, accepted_by: user(9) };
        let refunded =
            Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_78e11d12d4e9c84c0104ab21".to_owned() };
        let steps = [
            ("placed", None, 0.0),
            ("payment started", Some(start()), 2.0),
            ("paid", Some(captured()), 2.0),
            ("shipped", Some(shipped()), 2.0),
            ("delivered", Some(Event::Delivered), 2.0),
            ("return requested", Some(send_back()), 1.0),
            ("return accepted", Some(accepted), 1.0),
            ("refunded", Some(refunded), 2.0),
        ];
        for (step, event, index_units) in steps {
            if let Some(event) = event {
                stores.happens(1, &id, event).await;
            }
            let (table, indexes) = copy(&database, &id).await;
            eprintln!("{}: {step}: {table} write units for the order, {indexes} for indexes", database.implementation);
            assert!((indexes - index_units).abs() < 0.1, "{}: {step}: {indexes}", database.implementation);
        }
        assert_eq!(stores.carts.get(&user(2)).await.expect("a cart"), Cart::empty(user(2)));
    }
}

/// Writes the first shopper's order as the second one's; returns the consumption of table and indexes.
async fn copy(database: &Database, order_id: &OrderId) -> (f64, f64) {
    let table = database.table("orders");
    let key = HashMap::from([("user_id", user(1).to_string()), ("order_id", order_id.to_string())]);
    let mut read = database.client.get_item().table_name(&table).consistent_read(true);
    for (name, value) in key {
        read = read.key(name, AttributeValue::S(value));
    }
    let mut item = read.send().await.expect("read").item.expect("an order");
    item.insert("user_id".to_owned(), AttributeValue::S(user(2).to_string()));
    let write = database.client.put_item().table_name(&table).set_item(Some(item));
    let answer = write.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await.expect("written");
    let consumed = answer.consumed_capacity.expect("counted");
    let indexes: f64 =
        consumed.global_secondary_indexes().into_iter().flatten().filter_map(|(_, c)| c.capacity_units).sum();
    (consumed.table.and_then(|table| table.capacity_units).unwrap_or_default(), indexes)
}
