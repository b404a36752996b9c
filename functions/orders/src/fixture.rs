//! Fixture for the tests of this service: its stores on one in-process DynamoDB.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use souk_domain::account::Account;
use souk_domain::cart::HoldBounds;
use souk_domain::catalog::Product;
use souk_domain::effects::Clock;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::message::Message;
use souk_domain::money::Currency;
use souk_domain::order::MAX_LINES;
use souk_domain::order::{
    Event, Order, OrderLine, PaymentMethods, ProviderMethod, ProviderOutcome, ReturnItem, Shipment, TransitionError,
};
use souk_domain::permission::Role;
use souk_domain::quantity::Quantity;
use souk_domain::rate_limit::Rate;
use souk_domain::time::Timestamp;
use souk_fixtures::identity::payment_limits;
use souk_fixtures::{
    Stores, assert_reconciled, available, put_in_cart, save_account, save_grant, save_product, stream_change,
};
use souk_identity::PaymentLimits;
use souk_runtime::http::{Endpoint, Request};
use souk_runtime::queues::Queues;
use souk_runtime::stream::Change;
use souk_store::{
    Accounts, Carts, Inventory, OrderPlacement, OrderSteps, Orders, PlacementOutcome, Products, RefundRequests,
    ShopperOrders, StaffGrants, StoreCredit,
};
use souk_testkit::{Database, FakeAws, FixedClock, SeededRandom, product};

pub(crate) use souk_fixtures::outcome;
pub(crate) use souk_testkit::sku;

use crate::place_order::{OrderLimits, PlaceOrder};
use crate::{RefundContext, StaffOrderContext};

pub(crate) struct Fixture {
    database: Database,
    stores: Stores,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) random: Arc<SeededRandom>,
    pub(crate) carts: Carts,
    pub(crate) products: Products,
    pub(crate) inventory: Inventory,
    pub(crate) orders: Orders,
    pub(crate) store_credit: StoreCredit,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let stores = Stores::on(&database, random.clone());
        let Stores { carts, products, inventory, orders, store_credit, .. } = stores.clone();
        let clock = Arc::new(FixedClock::new());
        Self { database, stores, clock, random, carts, products, inventory, orders, store_credit }
    }

    pub(crate) fn place_order(&self) -> PlaceOrder {
        PlaceOrder {
            accounts: self.stores.accounts.clone(),
            sessions: self.stores.sessions.clone(),
            carts: self.carts.clone(),
            products: self.products.clone(),
            inventory: self.inventory.clone(),
            orders: self.orders.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            currency: Currency::USD,
            bounds: HoldBounds { max_orders: 5, max_units: 200, hold_seconds: 900, new_shopper_hold_seconds: 600 },
            payment_methods: PaymentMethods::all(),
            max_per_order: 0,
            limits: None,
        }
    }

    /// A product with this price and these units in its shards.
    pub(crate) async fn product(&self, name: &str, price_minor: i64, shards: &[u32]) {
        let stock_shards = u32::try_from(shards.len()).expect("few shards");
        save_product(&self.products, Product { price_minor, stock_shards, ..product(name) }).await;
        self.stock(name, shards).await;
    }

    async fn stock(&self, name: &str, shards: &[u32]) {
        for (number, available) in (0..).zip(shards) {
            self.set_stock(name, self.inventory.shard(number).as_str(), "available", *available).await;
        }
        let (count, ledger) = (u32::try_from(shards.len()).expect("few shards"), shards.iter().sum());
        self.set_stock(name, self.inventory.shard(0).as_str(), "shards", count).await;
        self.set_stock(name, "~fixture", "delta", ledger).await;
    }

    async fn set_stock(&self, name: &str, shard: &str, attribute: &str, value: u32) {
        let request = self.database.client.update_item().table_name(self.database.table("inventory"));
        request
            .key("product_id", AttributeValue::S(name.to_owned()))
            .key("shard", AttributeValue::S(shard.to_owned()))
            .update_expression("SET #attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", AttributeValue::N(value.to_string()))
            .send()
            .await
            .expect("stocked");
    }

    /// Sets the first shard's count, without the store.
    pub(crate) async fn corrupt_stock(&self, name: &str, available: u32) {
        self.set_stock(name, self.inventory.shard(0).as_str(), "available", available).await;
    }

    /// Fails unless stock, orders and money are reconciled.
    pub(crate) async fn assert_reconciled(&self) {
        assert_reconciled(&self.orders, &self.inventory, &self.store_credit, self.clock.now()).await;
    }

    pub(crate) async fn available(&self, name: &str) -> u32 {
        available(&self.inventory, &sku(name)).await
    }

    pub(crate) async fn put_in_cart(&self, user_id: &UserId, name: &str, quantity: u32) {
        put_in_cart(&self.carts, user_id, &sku(name), quantity).await;
    }

    /// Places an order from the cart and returns its id.
    pub(crate) async fn place(&self, user_id: &UserId) -> OrderId {
        let reply = self.place_order().handle(&checkout(user_id)).await.expect("placed");
        reply.body_json()["order_id"].as_str().expect("an id").parse().expect("an id")
    }

    pub(crate) fn refund_requests(&self) -> RefundRequests {
        self.stores.refund_requests.clone()
    }

    pub(crate) fn accounts(&self) -> Accounts {
        self.stores.accounts.clone()
    }

    pub(crate) fn refund_context(&self) -> RefundContext {
        RefundContext { orders: self.staff_order_context(), accounts: self.accounts() }
    }

    /// The grants of staff.
    pub(crate) fn grants(&self) -> StaffGrants {
        self.stores.staff_grants.clone()
    }

    /// A member of staff with these roles.
    pub(crate) async fn member(&self, user_id: &UserId, roles: &[Role]) {
        let email = format!("{user_id}@example.com");
        let account = self.account(user_id, &email, &[]).await;
        self.grant(&account, roles).await;
    }

    /// Gives an account these roles instead of those that it has.
    pub(crate) async fn grant(&self, account: &Account, roles: &[Role]) {
        save_grant(&self.stores, account, roles, self.clock.now()).await;
    }

    pub(crate) fn shopper_orders(&self) -> ShopperOrders {
        ShopperOrders::new(self.orders.clone(), self.stores.accounts.clone())
    }

    /// An account with a verified address, to which the orders of these guests belong.
    pub(crate) async fn account(&self, user_id: &UserId, email: &str, guests: &[UserId]) -> Account {
        let email = email.parse().expect("an address");
        let account = save_account(&self.stores, user_id.clone(), email, self.clock.now()).await;
        for guest in guests {
            let linked = self.stores.accounts.add_guest(user_id, guest).await.expect("linked");
            assert_eq!(linked, souk_store::GuestLinkOutcome::Linked);
        }
        account
    }

    /// Counts orders in the limits table, in an hour. 0 for a contact: not counted.
    pub(crate) fn order_limits(&self, per_address: u32, per_contact: u32) -> OrderLimits {
        let PaymentLimits { limits, pseudonyms, .. } = self.payment_limits();
        let in_an_hour = |orders| Rate::new(orders, 3_600);
        let per_address = in_an_hour(per_address).expect("a rate");
        OrderLimits { limits, pseudonyms, per_address, per_contact: in_an_hour(per_contact) }
    }

    pub(crate) fn payment_limits(&self) -> PaymentLimits {
        payment_limits(&self.stores, self.clock.clone())
    }

    pub(crate) fn steps(&self) -> OrderSteps {
        OrderSteps::new(self.orders.clone(), self.inventory.clone())
    }

    pub(crate) fn staff_order_context(&self) -> StaffOrderContext {
        StaffOrderContext { steps: self.steps(), clock: self.clock.clone() }
    }

    /// A paid order of a product that costs 1.00.
    pub(crate) async fn paid_order(&self, user_id: &UserId, name: &str, quantity: u32) -> OrderId {
        self.put_in_cart(user_id, name, quantity).await;
        let order_id = self.place(user_id).await;
        let start = Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        };
        let amount_minor = self.apply(user_id, &order_id, start).await.total_minor;
        let outcome = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor };
        self.apply(user_id, &order_id, Event::PaymentSettled { attempt: 0, outcome }).await;
        order_id
    }

    /// A paid order, shipped and delivered.
    pub(crate) async fn delivered_order(&self, user_id: &UserId, name: &str, quantity: u32) -> OrderId {
        let order_id = self.paid_order(user_id, name, quantity).await;
        let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() };
        self.apply(user_id, &order_id, Event::Shipped(shipment)).await;
        self.apply(user_id, &order_id, Event::Delivered).await;
        order_id
    }

    /// A delivered order of the longest names whose open returns are as large as its bounds allow. It is stored without a
    /// checkout, under the `number`-th order id.
    pub(crate) async fn largest_order(&self, delivered: &Order, user_id: &UserId, number: usize) -> Order {
        let order_id = format!("0190a5a0-0000-7000-8000-{number:012}").parse().expect("an id");
        let owned = Order { user_id: user_id.clone(), order_id, ..delivered.clone() };
        let order = with_largest_returns(&owned, self.clock.now());
        let cart = self.carts.get(user_id).await.expect("a cart");
        let (carts, inventory) = (&self.carts, &self.inventory);
        let placement = OrderPlacement { order: &order, cart: &cart, carts, inventory, attempt: 0 };
        let stored = self.orders.place(placement).await.expect("stored");
        assert!(matches!(stored, PlacementOutcome::Placed { .. }), "{stored:?}");
        order
    }

    pub(crate) async fn order(&self, user_id: &UserId, order_id: &OrderId) -> Order {
        self.orders.get(user_id, order_id).await.expect("read").expect("an order")
    }

    pub(crate) async fn apply(&self, user_id: &UserId, order_id: &OrderId, event: Event) -> Order {
        self.steps().apply(user_id, order_id, &event, self.clock.now()).await.expect("applied")
    }
}

/// The order with the most lines, of which returns with long reasons are requested until no more are taken. Quotes are
/// twice as long in JSON.
fn with_largest_returns(order: &Order, now: Timestamp) -> Order {
    let line = |number: usize| OrderLine {
        product_id: sku(&format!("{number:064}")),
        name: "\u{1f4a5}".repeat(300),
        quantity: Quantity::new(100).expect("a quantity"),
        allocation: Vec::new(),
        ..order.lines[0].clone()
    };
    let mut order = Order { lines: (0..MAX_LINES).map(line).collect(), ..order.clone() };
    loop {
        let item = |line: &OrderLine| ReturnItem {
            product_id: line.product_id.clone(),
            quantity: Quantity::new(1).expect("one"),
            reason: "\"".repeat(100),
        };
        let request = IdempotencyKey { key: format!("return-{}", order.returns.len()), fingerprint: String::new() };
        let event = Event::ReturnRequested { items: order.lines.iter().map(item).collect(), request };
        match order.apply(event, now) {
            Ok(next) => order = next,
            Err(refused) => {
                assert_eq!(refused, TransitionError::TooManyReturns);
                return order;
            }
        }
    }
}

pub(crate) fn checkout(user_id: &UserId) -> Request {
    let body = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St", "contact": {"email": "ann@example.com"}}"#;
    Request::new("POST", "/orders").with_json(body).from_user(user_id.clone())
}

/// A request by staff about an order.
pub(crate) fn staff_request(method: &str, order_id: &OrderId, action: &str) -> Request {
    let request = Request::new(method, &format!("/admin/orders/{order_id}/{action}"));
    request.with_path("order_id", order_id.as_str()).from_staff(souk_testkit::user(9))
}

/// A stream record of the orders table.
pub(crate) fn change(sequence_number: &str, before: Option<&Order>, after: Option<&Order>) -> Change {
    let image = |order: Option<&Order>| match order {
        Some(order) => json!(serde_dynamo::to_item::<_, serde_dynamo::Item>(order).expect("an item")),
        None => json!({}),
    };
    change_of_images(sequence_number, &image(before), &image(after))
}

/// A record of the orders stream with an image that is not an order.
pub(crate) fn poison(sequence_number: &str) -> Change {
    change_of_images(sequence_number, &json!({}), &json!({"order_id": {"S": "an order?"}}))
}

pub(crate) fn change_of_images(sequence_number: &str, before: &Value, after: &Value) -> Change {
    stream_change(&json!({
        "Keys": {"user_id": {"S": "u"}, "order_id": {"S": "o"}},
        "OldImage": before,
        "NewImage": after,
        "SequenceNumber": sequence_number,
        "SizeBytes": 1,
    }))
}

/// Fake queues.
pub(crate) fn queues(aws: &FakeAws) -> Queues {
    let url = |name: &str| format!("https://queues/{name}");
    Queues {
        client: aws_sdk_sqs::Client::new(&aws.sdk_config()),
        order_queue_url: url("order"),
        payment_queue_url: url("payment"),
        refund_queue_url: url("refund"),
    }
}

/// The messages that were sent, with their queues.
pub(crate) fn sent_messages(aws: &FakeAws) -> Vec<(String, Message)> {
    let calls = aws.calls().into_iter().map(|(_, request)| {
        let text = |name: &str| request[name].as_str().expect("a text").to_owned();
        (text("QueueUrl"), serde_json::from_str(&text("MessageBody")).expect("a message"))
    });
    calls.collect()
}
