//! The whole shop in one process: the real handlers on a real DynamoDB, everything outside reached through one gate.

use std::sync::Arc;

use aws_types::SdkConfig;
use souk_domain::account::{Account, Role};
use souk_domain::catalog::Product;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::money::Currency;
use souk_domain::order::Order;
use souk_domain::stock::ShardCount;
use souk_fixtures::{Stores, available, put_in_cart, save_product};
use souk_inventory_functions::StockKeeper;
use souk_inventory_functions::spread_inventory::SpreadInventory;
use souk_inventory_functions::watch_stock::WatchStock;
use souk_orders_functions::StaffDesk;
use souk_orders_functions::cancel_order::CancelOrder;
use souk_orders_functions::dispatch::Dispatch;
use souk_orders_functions::expire_order::ExpireOrder;
use souk_orders_functions::grant_refund::GrantRefund;
use souk_orders_functions::place_order::PlaceOrder;
use souk_orders_functions::publish_events::PublishEvents;
use souk_orders_functions::request_return::RequestReturn;
use souk_payment::stripe::{Secrets, StripeSecret, Webhook};
use souk_payments_functions::Payments;
use souk_payments_functions::check_payment::CheckPayment;
use souk_payments_functions::pay_order::PayOrder;
use souk_payments_functions::refund_order::RefundOrder;
use souk_payments_functions::stripe_webhook::StripeWebhook;
use souk_runtime::bus::EventBus;
use souk_runtime::http::Request;
use souk_runtime::queues::{DeadLetters, Queues};
use souk_store::{
    LedgerEntry, OrderSteps, ReconciliationPlan, ReconciliationReport, SpreadOutcome, StockChangeOutcome, StockSpread,
};
use souk_testkit::{Database, FixedClock, SeededRandom, product};

use crate::bank::Bank;
use crate::conflicts::Conflicts;
use crate::gate::Gate;
use crate::wire::Wire;

/// How long an unpaid order keeps its stock.
pub const HOLD_SECONDS: i64 = 900;

/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_test";
/// At how many units a product runs low.
const LOW_AT: u32 = 5;

/// A shop.
pub struct Shop {
    /// Where effects break.
    pub gate: Arc<Gate>,
    /// The way of every AWS call of the handlers.
    pub wire: Wire,
    /// The payment provider.
    pub bank: Arc<Bank>,
    /// The time, for all.
    pub clock: Arc<FixedClock>,
    /// Ids and jitter.
    pub random: Arc<dyn Random>,
    /// What tests set up and look at; never breaks and is not counted.
    pub plain: Stores,
    pub(crate) database: Database,
    wired: Stores,
    sdk: SdkConfig,
}

impl Shop {
    /// An empty shop on a database of its own.
    pub async fn open(conflicts: Conflicts, seed: u64) -> Self {
        let database = Database::start().await;
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(seed));
        let gate = Arc::new(Gate::default());
        let real = database.sdk_config().http_client().expect("a way to the database");
        let wire = Wire::new(Arc::clone(&gate), conflicts, real);
        let sdk = database.sdk_config().to_builder().http_client(wire.clone()).build();
        Self {
            bank: Arc::new(Bank::new(Arc::clone(&gate))),
            clock: Arc::new(FixedClock::new()),
            plain: Stores::on(&database, Arc::clone(&random)),
            wired: Stores::with_client(&aws_sdk_dynamodb::Client::new(&sdk), &database, Arc::clone(&random)),
            sdk,
            gate,
            wire,
            random,
            database,
        }
    }

    /// A product that costs so many cents, with so many units over so many shards.
    pub async fn product(&self, name: impl AsRef<str>, price_minor: i64, available: u32, shards: u32) -> ProductId {
        let product = Product { price_minor, ..product(name.as_ref()) };
        let product_id = product.product_id.clone();
        save_product(&self.plain.products, product).await;
        self.receive(&product_id, available).await;
        self.spread(&product_id, shards).await;
        product_id
    }

    /// Spreads a product's stock over so many shards.
    pub async fn spread(&self, product_id: &ProductId, shards: u32) {
        let Stores { inventory, products, .. } = self.plain.clone();
        let entry = LedgerEntry::new("spread", souk_testkit::user(0), self.clock.now(), None, &*self.random);
        let spread = StockSpread { inventory, products }.spread(product_id, shards, &entry).await;
        assert!(matches!(spread, Ok(SpreadOutcome::Spread { .. })), "{spread:?}");
    }

    async fn receive(&self, product_id: &ProductId, units: u32) {
        let staff = souk_testkit::user(0);
        let entry = LedgerEntry::new("received", staff, self.clock.now(), None, &*self.random);
        let change = self.plain.inventory.adjust(product_id, i64::from(units), &entry).await.expect("answered");
        assert_eq!(change, StockChangeOutcome::Changed { available: units });
        self.wire.witness().introduce(product_id.as_str(), units);
    }

    /// A registered shopper.
    pub async fn shopper(&self, number: u32) -> UserId {
        let user_id = souk_testkit::user(number);
        let account = Account {
            user_id: user_id.clone(),
            email: format!("shopper-{number}@souk.example").parse().expect("an address"),
            password_hash: "none".to_owned(),
            role: Role::Shopper,
            created_at: self.clock.now(),
            registration_key: None,
        };
        assert_eq!(
            self.plain.users.register(&account).await.expect("answered"),
            souk_store::RegistrationOutcome::Registered
        );
        user_id
    }

    /// Puts units into a shopper's cart.
    pub async fn put_in_cart(&self, user_id: &UserId, product_id: &ProductId, quantity: u32) {
        put_in_cart(&self.plain.carts, user_id, product_id, quantity).await;
    }

    /// Every shard of a product.
    pub async fn counts(&self, product_id: &ProductId) -> Vec<ShardCount> {
        self.plain.inventory.counts(product_id).await.expect("counts")
    }

    /// What is free of a product, over all shards.
    pub async fn available(&self, product_id: &ProductId) -> u32 {
        available(&self.plain.inventory, product_id).await
    }

    /// A shopper's orders, newest first.
    pub async fn orders(&self, user_id: &UserId) -> Vec<Order> {
        self.plain.orders.list(user_id, None, 100).await.expect("listed").orders
    }

    /// One order.
    pub async fn order(&self, user_id: &UserId, order_id: &OrderId) -> Order {
        self.plain.orders.get(user_id, order_id).await.expect("read").expect("an order")
    }

    /// Counts stock, orders and money of this shop and of its bank against each other.
    pub async fn reconcile(&self) -> ReconciliationReport {
        let plan =
            ReconciliationPlan { provider: Some(self.bank.facts()), ..ReconciliationPlan::new(self.clock.now()) };
        let Stores { orders, inventory, users, .. } = &self.plain;
        souk_store::reconcile(orders, inventory, users, plan).await.expect("counted")
    }

    /// What the history of a product adds up to, from its first unit on.
    pub async fn history_total(&self, product_id: &ProductId) -> i64 {
        let page = self.plain.inventory.history(product_id, None, 100).await.expect("a history");
        assert!(page.next.is_none(), "a history of more than a page");
        page.changes.iter().map(|change| i64::from(change.after) - i64::from(change.before)).sum()
    }

    /// What an account has with the shop.
    pub async fn store_credit_minor(&self, user_id: &UserId) -> i64 {
        self.plain.users.store_credit_minor(user_id).await.expect("read")
    }
}

/// The functions, each as its `main` makes it.
impl Shop {
    /// `POST /orders`
    pub fn place_order(&self) -> PlaceOrder {
        PlaceOrder {
            carts: self.wired.carts.clone(),
            products: self.wired.products.clone(),
            inventory: self.wired.inventory.clone(),
            orders: self.wired.orders.clone(),
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
            currency: Currency::USD,
            hold_seconds: HOLD_SECONDS,
        }
    }

    /// `POST /orders/{order_id}/pay`
    pub fn pay_order(&self) -> PayOrder {
        PayOrder { payments: self.payments(), random: Arc::clone(&self.random) }
    }

    /// `POST /orders/{order_id}/cancel`
    pub fn cancel_order(&self) -> CancelOrder {
        CancelOrder { steps: self.steps(), clock: self.clock.clone() }
    }

    /// `POST /orders/{order_id}/returns`
    pub fn request_return(&self) -> RequestReturn {
        RequestReturn { steps: self.steps(), clock: self.clock.clone(), random: Arc::clone(&self.random) }
    }

    /// `POST /admin/orders/{order_id}/refunds`
    pub fn grant_refund(&self) -> GrantRefund {
        GrantRefund { desk: self.desk(), random: Arc::clone(&self.random), currency: Currency::USD }
    }

    /// What the other calls of the staff about one order stand on.
    pub fn desk(&self) -> StaffDesk {
        StaffDesk { steps: self.steps(), clock: self.clock.clone() }
    }

    /// The orders stream.
    pub fn dispatch(&self) -> Dispatch {
        let queues = Queues {
            client: aws_sdk_sqs::Client::new(&self.sdk),
            order_queue_url: queue_url("order"),
            payment_queue_url: queue_url("payment"),
            refund_queue_url: queue_url("refund"),
        };
        Dispatch { queues, clock: self.clock.clone() }
    }

    /// The orders stream, told to others.
    pub fn publish_events(&self) -> PublishEvents {
        PublishEvents {
            bus: EventBus::new(aws_sdk_eventbridge::Client::new(&self.sdk), "events", Arc::clone(&self.random)),
        }
    }

    /// The inventory's stream.
    pub fn watch_stock(&self) -> WatchStock {
        WatchStock { inventory: self.wired.inventory.clone(), bus: self.bus(), low_at: LOW_AT }
    }

    /// `PUT /admin/inventory/{product_id}/shards`
    pub fn spread_inventory(&self) -> SpreadInventory {
        let Stores { inventory, products, .. } = self.wired.clone();
        SpreadInventory(StockKeeper {
            inventory,
            products,
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
        })
    }

    fn bus(&self) -> EventBus {
        EventBus::new(aws_sdk_eventbridge::Client::new(&self.sdk), "events", Arc::clone(&self.random))
    }

    /// Where consumers of streams set aside what they cannot read.
    pub(crate) fn stream_dead_letters(&self) -> DeadLetters {
        DeadLetters::new(&self.sdk, queue_url("stream-dead-letters"))
    }

    /// The order queue.
    pub fn expire_order(&self) -> ExpireOrder {
        ExpireOrder { steps: self.steps(), clock: self.clock.clone() }
    }

    /// The payment queue.
    pub fn check_payment(&self) -> CheckPayment {
        CheckPayment { payments: self.payments() }
    }

    /// The refund queue.
    pub fn refund_order(&self) -> RefundOrder {
        RefundOrder { payments: self.payments() }
    }

    /// `POST /webhooks/stripe`
    pub fn stripe_webhook(&self) -> StripeWebhook {
        let secret = StripeSecret { api_key: String::new(), webhook_secret: WEBHOOK_SECRET.to_owned() };
        let webhook = Webhook::new(Secrets::new(Arc::new(secret), self.clock.clone()));
        StripeWebhook { payments: self.payments(), webhook: Some(webhook) }
    }

    /// What payments stand on.
    pub fn payments(&self) -> Payments {
        Payments {
            steps: self.steps().with_store_credit(self.wired.users.clone()),
            inventory: self.wired.inventory.clone(),
            provider: self.bank.clone(),
            clock: self.clock.clone(),
        }
    }

    fn steps(&self) -> OrderSteps {
        OrderSteps::new(self.wired.orders.clone(), self.wired.inventory.clone())
    }
}

fn queue_url(name: &str) -> String {
    format!("http://sqs.local/0/{name}")
}

/// A request of a shopper about one order (`POST /orders/{order_id}/{action}`), or about all (no order, no action).
pub fn request(user_id: &UserId, order_id: Option<&OrderId>, action: &str, body: &str, key: &str) -> Request {
    let path = order_id.map_or_else(|| "/orders".to_owned(), |order_id| format!("/orders/{order_id}/{action}"));
    let mut request = Request::new("POST", &path).with_json(body).from_user(user_id.clone(), Role::Shopper);
    if let Some(order_id) = order_id {
        request = request.with_path("order_id", order_id.as_str());
    }
    request.with_header("idempotency-key", key)
}

/// A request of the staff about one order (`POST /admin/orders/{order_id}/{action}`), or about its first return or refund.
pub fn by_staff(order_id: &OrderId, action: &str, body: &str, key: &str) -> Request {
    let request = Request::new("POST", &format!("/admin/orders/{order_id}/{action}")).with_json(body);
    let request = request.from_user(souk_testkit::user(0), Role::Staff).with_header("idempotency-key", key);
    request.with_path("order_id", order_id.as_str()).with_path("return_id", "1").with_path("refund_id", "1")
}
