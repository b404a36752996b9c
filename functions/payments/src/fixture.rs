//! Fixture for the tests of this service: a placed order on an in-process DynamoDB, and a provider that a test scripts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use souk_domain::address::ShippingAddress;
use souk_domain::cart::Cart;
use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::message::{Message, PaymentQueueMessage, RefundQueueMessage};
use souk_domain::money::Currency;
use souk_domain::order::{Event, NewOrder, Order, OrderLine, PaymentMethod, ProviderMethod, ProviderOutcome};
use souk_domain::quantity::Quantity;
use souk_domain::stock::Allocation;
use souk_fixtures::identity::payment_limits;
use souk_fixtures::{Stores, assert_reconciled, available, count_stock, save_account};
use souk_identity::PaymentLimits;
use souk_payment::{ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest, Sandbox};
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_store::{
    Inventory, OrderPlacement, OrderSteps, PlacementOutcome, ShopperOrders, StoreCredit, StoreCreditSteps,
};
use souk_testkit::{Database, FixedClock, SeededRandom, sku, user};

use crate::PaymentContext;
use crate::check_payment::CheckPayment;
use crate::refund_order::RefundOrder;

/// The sandbox with scripted responses, which come first. Records its calls.
#[derive(Default)]
pub(crate) struct ScriptedProvider {
    pub(crate) script: Mutex<VecDeque<Result<ProviderOutcome, ProviderError>>>,
    pub(crate) charges: Mutex<Vec<ChargeRequest>>,
    pub(crate) refunds: Mutex<Vec<RefundRequest>>,
    pub(crate) refund_script: Mutex<VecDeque<Result<RefundOutcome, ProviderError>>>,
    pub(crate) cancelled: Mutex<Vec<String>>,
}

impl PaymentProvider for ScriptedProvider {
    fn charge<'a>(&'a self, charge: &'a ChargeRequest) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.charges.lock().expect("a lock").push(charge.clone());
        match self.script.lock().expect("a lock").pop_front() {
            Some(response) => ready(response).boxed(),
            None => Sandbox.charge(charge),
        }
    }

    fn resolve_charge<'a>(
        &'a self,
        charge: &'a ChargeRequest,
    ) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.charges.lock().expect("a lock").push(charge.clone());
        match self.script.lock().expect("a lock").pop_front() {
            Some(response) => ready(response).boxed(),
            None => Sandbox.resolve_charge(charge),
        }
    }

    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.cancelled.lock().expect("a lock").push(payment_id.to_owned());
        match self.script.lock().expect("a lock").pop_front() {
            Some(response) => ready(response).boxed(),
            None => Sandbox.cancel(payment_id),
        }
    }

    fn card_fingerprint<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<String>, ProviderError>> {
        Sandbox.card_fingerprint(token)
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        self.refunds.lock().expect("a lock").push(request.clone());
        match self.refund_script.lock().expect("a lock").pop_front() {
            Some(response) => ready(response).boxed(),
            None => Sandbox.refund(request),
        }
    }
}

pub(crate) struct Fixture {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) random: Arc<SeededRandom>,
    pub(crate) provider: Arc<ScriptedProvider>,
    pub(crate) payments: PaymentContext,
    pub(crate) store_credit: StoreCreditSteps,
    balances: StoreCredit,
    stores: Stores,
    database: Database,
    pub(crate) order_id: OrderId,
}

/// How often a queue delivers a message before it becomes a dead letter.
pub(crate) const DELIVERIES: usize = 5;

pub(crate) fn start() -> Event {
    Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "sandbox_success".to_owned(),
        request: None,
        general_decline: false,
    }
}

pub(crate) fn captured(attempt: usize) -> Event {
    let outcome = ProviderOutcome::Captured { payment_id: format!("pay_{attempt}"), amount_minor: 200 };
    Event::PaymentSettled { attempt, outcome }
}

pub(crate) fn down() -> ProviderError {
    ProviderError::Unknown("down".to_owned())
}

fn product() -> ProductId {
    sku("a")
}

impl Fixture {
    /// Shopper 1 has ordered 2 of 5 units at 1.00.
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let stores = Stores::on(&database, random.clone());
        let Stores { carts, inventory, orders, store_credit: balances, .. } = stores.clone();
        let (clock, provider) = (Arc::new(FixedClock::new()), Arc::new(ScriptedProvider::default()));
        let payments = PaymentContext {
            steps: OrderSteps::new(orders, inventory.clone()),
            inventory: inventory.clone(),
            provider: provider.clone(),
            clock: clock.clone(),
        };
        count_stock(&inventory, &product(), 5, &*clock, &*random).await;
        let order = order(&inventory, OrderId::new(clock.now(), &*random), clock.as_ref());
        let cart = Cart::empty(user(1));
        let placement = OrderPlacement { order: &order, cart: &cart, carts: &carts, inventory: &inventory, attempt: 0 };
        let outcome = payments.steps.orders.place(placement).await.expect("answered");
        assert!(matches!(outcome, PlacementOutcome::Placed { .. }));
        let store_credit = StoreCreditSteps::new(payments.steps.clone(), balances.clone());
        Self { clock, random, provider, payments, store_credit, balances, stores, database, order_id: order.order_id }
    }

    pub(crate) fn limits(&self) -> PaymentLimits {
        payment_limits(&self.stores, self.clock.clone())
    }

    pub(crate) fn shopper_orders(&self) -> ShopperOrders {
        ShopperOrders::new(self.stores.orders.clone(), self.stores.accounts.clone())
    }

    /// Makes shopper 1 a guest of the account of shopper 2.
    pub(crate) async fn link_guest(&self) {
        let email = "ann@example.com".parse().expect("an address");
        save_account(&self.stores, user(2), email, self.clock.now()).await;
        let linked = self.stores.accounts.add_guest(&user(2), &user(1)).await.expect("linked");
        assert_eq!(linked, souk_store::GuestLinkOutcome::Linked);
    }

    pub(crate) async fn order(&self) -> Order {
        self.payments.steps.orders.get(&user(1), &self.order_id).await.expect("read").expect("an order")
    }

    /// The provider's next responses, in order.
    pub(crate) fn script(&self, responses: impl IntoIterator<Item = Result<ProviderOutcome, ProviderError>>) {
        self.provider.script.lock().expect("a lock").extend(responses);
    }

    pub(crate) async fn consume(&self, message: &Message) -> Result<&'static str, ConsumeError> {
        let payments = self.payments.clone();
        match message {
            Message::Payment(message) => CheckPayment { payments }.consume(message).await,
            Message::Refund(message) => {
                let store_credit = self.store_credit.clone();
                RefundOrder { payments, store_credit }.consume(message).await
            }
            Message::Order(_) => panic!("this service has no consumer of the order queue"),
        }
    }

    pub(crate) fn check_message(&self, attempt: usize) -> Message {
        PaymentQueueMessage::CheckPayment { user_id: user(1), order_id: self.order_id.clone(), attempt }.into()
    }

    pub(crate) fn refund_message(&self, refund: usize) -> Message {
        RefundQueueMessage::RefundOrder { user_id: user(1), order_id: self.order_id.clone(), refund }.into()
    }

    pub(crate) async fn check(&self, attempt: usize) -> Result<&'static str, String> {
        self.consume(&self.check_message(attempt)).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn refund(&self, refund: usize) -> &'static str {
        self.consume(&self.refund_message(refund)).await.expect("consumed")
    }

    pub(crate) async fn apply(&self, event: Event) -> Order {
        self.payments.apply(&user(1), &self.order_id, &event).await.expect("applied")
    }

    pub(crate) async fn set_stock(&self, available: u32) {
        count_stock(&self.payments.inventory, &product(), available, &*self.clock, &*self.random).await;
    }

    /// Sets the store credit of shopper 1. No order explains it, so [`Fixture::reconciled`] reports it.
    pub(crate) async fn set_store_credit(&self, minor: i64) {
        self.set_store_credit_of(&user(1), minor).await;
    }

    pub(crate) async fn set_store_credit_of(&self, user_id: &UserId, minor: i64) {
        let request = self.database.client.update_item().table_name(self.database.table("storecredit"));
        request
            .key("user_id", AttributeValue::S(user_id.to_string()))
            .update_expression("SET store_credit_minor = :minor")
            .expression_attribute_values(":minor", AttributeValue::N(minor.to_string()))
            .send()
            .await
            .expect("saved");
    }

    pub(crate) async fn store_credit(&self) -> i64 {
        self.store_credit_of(&user(1)).await
    }

    pub(crate) async fn store_credit_of(&self, user_id: &UserId) -> i64 {
        self.balances.balance_minor(user_id).await.expect("read")
    }

    /// Asserts that stock, orders and money are reconciled. Steps that wait for a message are ignored, because no queue
    /// runs.
    pub(crate) async fn assert_reconciled(&self) {
        let (orders, inventory) = (&self.payments.steps.orders, &self.payments.inventory);
        assert_reconciled(orders, inventory, &self.balances, self.clock.now()).await;
    }

    pub(crate) async fn available(&self) -> u32 {
        available(&self.payments.inventory, &product()).await
    }
}

fn order(inventory: &Inventory, order_id: OrderId, clock: &dyn Clock) -> Order {
    let line = OrderLine {
        product_id: product(),
        name: "A product".to_owned(),
        unit_price_minor: 100,
        quantity: Quantity::new(2).expect("two"),
        allocation: vec![Allocation { shard: inventory.shard(0), quantity: 2 }],
    };
    let new = NewOrder {
        user_id: user(1),
        order_id,
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: vec![line],
        shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
        contact: None,
        hold_seconds: 900,
    };
    Order::place(new, clock.now()).expect("an order")
}
