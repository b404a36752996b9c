//! The whole shop in one process: the real handlers on a real DynamoDB, with fault injection at every outside effect.

use std::sync::Arc;

use aws_types::SdkConfig;
use souk_domain::cart::{HoldBounds, MAX_UNPAID_ORDERS};
use souk_domain::catalog::Product;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::money::Currency;
use souk_domain::order::{Order, PaymentMethods};
use souk_domain::permission::Role;
use souk_domain::stock::ShardCount;
use souk_fixtures::identity::payment_limits;
use souk_fixtures::{Stores, available, put_in_cart, save_account, save_grant, save_product};
use souk_inventory_functions::InventoryContext;
use souk_inventory_functions::spread_inventory::SpreadInventory;
use souk_inventory_functions::watch_stock::WatchStock;
use souk_orders_functions::approve_refund::ApproveRefund;
use souk_orders_functions::cancel_order::CancelOrder;
use souk_orders_functions::dispatch::Dispatch;
use souk_orders_functions::erase_orders::EraseOrders;
use souk_orders_functions::expire_order::ExpireOrder;
use souk_orders_functions::grant_refund::GrantRefund;
use souk_orders_functions::place_order::PlaceOrder;
use souk_orders_functions::publish_events::PublishEvents;
use souk_orders_functions::request_return::RequestReturn;
use souk_orders_functions::{RefundContext, StaffOrderContext};
use souk_payment::stripe::{CachedSecret, StripeSecret, Webhook};
use souk_payments_functions::PaymentContext;
use souk_payments_functions::check_payment::CheckPayment;
use souk_payments_functions::pay_order::PayOrder;
use souk_payments_functions::refund_order::RefundOrder;
use souk_payments_functions::stripe_webhook::StripeWebhook;
use souk_runtime::bus::EventBus;
use souk_runtime::http::Request;
use souk_runtime::queues::{DeadLetters, ErasureQueue, Queues};
use souk_store::{
    LedgerEntry, OrderSteps, ReconciliationPlan, ReconciliationReport, ShopperOrders, SpreadOutcome,
    StockChangeOutcome, StockSpread, StoreCreditSteps,
};
use souk_testkit::{Database, FixedClock, SeededRandom, product};

use crate::aws::FaultyAws;
use crate::conflicts::Conflicts;
use crate::injector::FaultInjector;
use crate::provider::FakeProvider;

/// How long an unpaid order keeps its stock.
pub const HOLD_SECONDS: i64 = 900;
/// Wide bounds: scenarios have more orders than shoppers.
pub const HOLD_BOUNDS: HoldBounds = HoldBounds {
    max_orders: MAX_UNPAID_ORDERS,
    max_units: 10_000,
    hold_seconds: HOLD_SECONDS,
    new_shopper_hold_seconds: HOLD_SECONDS,
};

/// The signing secret of webhooks.
pub const WEBHOOK_SECRET: &str = "whsec_test";
/// Stock at or below this is reported as low.
const LOW_AT: u32 = 5;

/// A shop.
pub struct Shop {
    /// Injects faults into effects.
    pub injector: Arc<FaultInjector>,
    /// AWS as the handlers see it.
    pub aws: FaultyAws,
    /// The payment provider.
    pub provider: Arc<FakeProvider>,
    /// The clock of shop and platform.
    pub clock: Arc<FixedClock>,
    /// Ids and jitter.
    pub random: Arc<dyn Random>,
    /// Stores for tests: without faults, and not counted.
    pub stores: Stores,
    pub(crate) database: Database,
    faulty_stores: Stores,
    sdk: SdkConfig,
}

impl Shop {
    /// An empty shop on a new database.
    pub async fn open(conflicts: Conflicts, seed: u64) -> Self {
        let database = Database::start().await;
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(seed));
        let injector = Arc::new(FaultInjector::default());
        let real = database.sdk_config().http_client().expect("an HTTP client");
        let aws = FaultyAws::new(Arc::clone(&injector), conflicts, real);
        let sdk = database.sdk_config().to_builder().http_client(aws.clone()).build();
        Self {
            provider: Arc::new(FakeProvider::new(Arc::clone(&injector))),
            clock: Arc::new(FixedClock::new()),
            stores: Stores::on(&database, Arc::clone(&random)),
            faulty_stores: Stores::with_client(&aws_sdk_dynamodb::Client::new(&sdk), &database, Arc::clone(&random)),
            sdk,
            injector,
            aws,
            random,
            database,
        }
    }

    /// A product with this price in cents and this stock, spread over this number of shards.
    pub async fn product(&self, name: impl AsRef<str>, price_minor: i64, available: u32, shards: u32) -> ProductId {
        let product = Product { price_minor, ..product(name.as_ref()) };
        let product_id = product.product_id.clone();
        save_product(&self.stores.products, product).await;
        self.receive(&product_id, available).await;
        self.spread(&product_id, shards).await;
        product_id
    }

    /// Spreads a product's stock over this number of shards.
    pub async fn spread(&self, product_id: &ProductId, shards: u32) {
        let Stores { inventory, products, .. } = self.stores.clone();
        let entry = LedgerEntry::new("spread", souk_testkit::user(0), self.clock.now(), None, &*self.random);
        let spread = StockSpread { inventory, products }.spread(product_id, shards, &entry).await;
        assert!(matches!(spread, Ok(SpreadOutcome::Spread { .. })), "{spread:?}");
    }

    async fn receive(&self, product_id: &ProductId, units: u32) {
        let staff = souk_testkit::user(0);
        let entry = LedgerEntry::new("received", staff, self.clock.now(), None, &*self.random);
        let change = self.stores.inventory.adjust(product_id, i64::from(units), &entry).await.expect("answered");
        assert_eq!(change, StockChangeOutcome::Changed { before: 0, available: units });
        self.aws.transactions().add_product(product_id.as_str(), units);
    }

    /// A shopper with a verified address.
    pub async fn shopper(&self, number: u32) -> UserId {
        let email = format!("shopper-{number}@souk.example").parse().expect("an address");
        save_account(&self.stores, souk_testkit::user(number), email, self.clock.now()).await.user_id
    }

    /// The member of staff who asks for refunds.
    pub async fn refunder(&self) {
        let email = "staff@souk.example".parse().expect("an address");
        let account = save_account(&self.stores, souk_testkit::user(0), email, self.clock.now()).await;
        save_grant(&self.stores, &account, &[Role::Refunds], self.clock.now()).await;
    }

    /// Puts units into a shopper's cart.
    pub async fn put_in_cart(&self, user_id: &UserId, product_id: &ProductId, quantity: u32) {
        put_in_cart(&self.stores.carts, user_id, product_id, quantity).await;
    }

    /// Every shard of a product.
    pub async fn counts(&self, product_id: &ProductId) -> Vec<ShardCount> {
        self.stores.inventory.counts(product_id).await.expect("counts")
    }

    /// The available units of a product, over all shards.
    pub async fn available(&self, product_id: &ProductId) -> u32 {
        available(&self.stores.inventory, product_id).await
    }

    /// A shopper's orders, newest first.
    pub async fn orders(&self, user_id: &UserId) -> Vec<Order> {
        self.stores.orders.list(user_id, None, 100).await.expect("listed").orders
    }

    /// One order.
    pub async fn order(&self, user_id: &UserId, order_id: &OrderId) -> Order {
        self.stores.orders.get(user_id, order_id).await.expect("read").expect("an order")
    }

    /// Reconciles stock, orders and money of the shop with its provider.
    pub async fn reconcile(&self) -> ReconciliationReport {
        let plan =
            ReconciliationPlan { provider: Some(self.provider.facts()), ..ReconciliationPlan::new(self.clock.now()) };
        let Stores { orders, inventory, store_credit, .. } = &self.stores;
        souk_store::reconcile(orders, inventory, store_credit, plan).await.expect("counted")
    }

    /// The sum of all changes in the history of a product.
    pub async fn history_total(&self, product_id: &ProductId) -> i64 {
        let page = self.stores.inventory.history(product_id, None, 100).await.expect("a history");
        assert!(page.next.is_none(), "a history of more than a page");
        page.changes.iter().map(|change| i64::from(change.after) - i64::from(change.before)).sum()
    }

    /// The store credit of an account.
    pub async fn store_credit_minor(&self, user_id: &UserId) -> i64 {
        self.stores.store_credit.balance_minor(user_id).await.expect("read")
    }
}

/// The endpoints and consumers.
impl Shop {
    /// `POST /orders`
    pub fn place_order(&self) -> PlaceOrder {
        PlaceOrder {
            accounts: self.faulty_stores.accounts.clone(),
            sessions: self.faulty_stores.sessions.clone(),
            carts: self.faulty_stores.carts.clone(),
            products: self.faulty_stores.products.clone(),
            inventory: self.faulty_stores.inventory.clone(),
            orders: self.faulty_stores.orders.clone(),
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
            currency: Currency::USD,
            bounds: HOLD_BOUNDS,
            payment_methods: PaymentMethods::all(),
            max_per_order: 0,
            limits: None,
        }
    }

    /// `POST /orders/{order_id}/pay`
    pub fn pay_order(&self) -> PayOrder {
        PayOrder {
            orders: self.shopper_orders(),
            payments: self.payments(),
            store_credit: self.store_credit_steps(),
            limits: payment_limits(&self.faulty_stores, self.clock.clone()),
            methods: PaymentMethods::all(),
            random: Arc::clone(&self.random),
        }
    }

    /// `POST /orders/{order_id}/cancel`
    pub fn cancel_order(&self) -> CancelOrder {
        CancelOrder {
            orders: self.shopper_orders(),
            steps: self.steps(),
            limits: payment_limits(&self.faulty_stores, self.clock.clone()),
            clock: self.clock.clone(),
        }
    }

    /// `POST /orders/{order_id}/returns`
    pub fn request_return(&self) -> RequestReturn {
        RequestReturn {
            orders: self.shopper_orders(),
            steps: self.steps(),
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
        }
    }

    /// `POST /admin/orders/{order_id}/refunds`
    pub fn grant_refund(&self) -> GrantRefund {
        GrantRefund {
            context: self.refund_context(),
            random: Arc::clone(&self.random),
            currency: Currency::USD,
            requests: self.faulty_stores.refund_requests.clone(),
            approval_above_minor: None,
        }
    }

    /// The same in a shop in which a second person has to approve every refund.
    pub fn request_refund(&self) -> GrantRefund {
        GrantRefund { approval_above_minor: Some(0), ..self.grant_refund() }
    }

    /// `POST /admin/refund-requests/{refund_request_id}/approval`
    pub fn approve_refund(&self) -> ApproveRefund {
        ApproveRefund {
            context: self.refund_context(),
            requests: self.faulty_stores.refund_requests.clone(),
            grants: self.faulty_stores.staff_grants.clone(),
            currency: Currency::USD,
        }
    }

    /// The dependencies of the refunds of staff.
    pub fn refund_context(&self) -> RefundContext {
        RefundContext { orders: self.staff_order_context(), accounts: self.faulty_stores.accounts.clone() }
    }

    /// The dependencies of the other actions of staff.
    pub fn staff_order_context(&self) -> StaffOrderContext {
        StaffOrderContext { steps: self.steps(), clock: self.clock.clone() }
    }

    /// The consumer of the orders stream that sends messages.
    pub fn dispatch(&self) -> Dispatch {
        let queues = Queues {
            client: aws_sdk_sqs::Client::new(&self.sdk),
            order_queue_url: queue_url("order"),
            payment_queue_url: queue_url("payment"),
            refund_queue_url: queue_url("refund"),
        };
        Dispatch { queues, clock: self.clock.clone() }
    }

    /// The consumer of the orders stream that publishes events.
    pub fn publish_events(&self) -> PublishEvents {
        PublishEvents {
            bus: EventBus::new(aws_sdk_eventbridge::Client::new(&self.sdk), "events", Arc::clone(&self.random)),
        }
    }

    /// The consumer of the inventory stream.
    pub fn watch_stock(&self) -> WatchStock {
        WatchStock { inventory: self.faulty_stores.inventory.clone(), bus: self.bus(), low_at: LOW_AT }
    }

    /// `PUT /admin/inventory/{product_id}/shards`
    pub fn spread_inventory(&self) -> SpreadInventory {
        let Stores { inventory, products, .. } = self.faulty_stores.clone();
        SpreadInventory(InventoryContext {
            inventory,
            products,
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
        })
    }

    fn bus(&self) -> EventBus {
        EventBus::new(aws_sdk_eventbridge::Client::new(&self.sdk), "events", Arc::clone(&self.random))
    }

    /// The dead-letter queue of stream consumers.
    pub(crate) fn stream_dead_letters(&self) -> DeadLetters {
        DeadLetters::new(&self.sdk, queue_url("stream-dead-letters"))
    }

    /// The consumer of the order queue.
    pub fn expire_order(&self) -> ExpireOrder {
        ExpireOrder { steps: self.steps(), clock: self.clock.clone() }
    }

    /// The consumer of the erasure queue.
    pub fn erase_orders(&self) -> EraseOrders {
        EraseOrders {
            accounts: self.faulty_stores.accounts.clone(),
            carts: self.faulty_stores.carts.clone(),
            steps: self.steps(),
            queue: self.erasure_queue(),
            clock: self.clock.clone(),
        }
    }

    /// The queue to which the deletion of an account sends.
    pub fn erasure_queue(&self) -> ErasureQueue {
        ErasureQueue::new(&self.sdk, queue_url("erasure"))
    }

    /// The consumer of the payment queue.
    pub fn check_payment(&self) -> CheckPayment {
        CheckPayment { payments: self.payments() }
    }

    /// The consumer of the refund queue.
    pub fn refund_order(&self) -> RefundOrder {
        RefundOrder { payments: self.payments(), store_credit: self.store_credit_steps() }
    }

    /// `POST /webhooks/stripe`
    pub fn stripe_webhook(&self) -> StripeWebhook {
        let secret = StripeSecret { api_key: "sk_test_faults".to_owned(), webhook_secret: WEBHOOK_SECRET.to_owned() };
        let webhook = Webhook::new(CachedSecret::new(Arc::new(secret), self.clock.clone()));
        StripeWebhook { payments: self.payments(), webhook: Some(webhook) }
    }

    /// The dependencies of payments.
    pub fn payments(&self) -> PaymentContext {
        PaymentContext {
            steps: self.steps(),
            inventory: self.faulty_stores.inventory.clone(),
            provider: self.provider.clone(),
            clock: self.clock.clone(),
        }
    }

    pub(crate) fn store_credit_steps(&self) -> StoreCreditSteps {
        StoreCreditSteps::new(self.steps(), self.faulty_stores.store_credit.clone())
    }

    fn shopper_orders(&self) -> ShopperOrders {
        ShopperOrders::new(self.faulty_stores.orders.clone(), self.faulty_stores.accounts.clone())
    }

    fn steps(&self) -> OrderSteps {
        OrderSteps::new(self.faulty_stores.orders.clone(), self.faulty_stores.inventory.clone())
    }
}

fn queue_url(name: &str) -> String {
    format!("http://sqs.local/0/{name}")
}

/// A request of a shopper about one order (`POST /orders/{order_id}/{action}`), or about all (no order, no action).
pub fn request(user_id: &UserId, order_id: Option<&OrderId>, action: &str, body: &str, key: &str) -> Request {
    let path = order_id.map_or_else(|| "/orders".to_owned(), |order_id| format!("/orders/{order_id}/{action}"));
    let mut request = Request::new("POST", &path).with_json(body).from_user(user_id.clone());
    if let Some(order_id) = order_id {
        request = request.with_path("order_id", order_id.as_str());
    }
    request.with_header("idempotency-key", key)
}

/// A request of the staff about one order (`POST /admin/orders/{order_id}/{action}`), or about its first return or
/// refund.
pub fn by_staff(order_id: &OrderId, action: &str, body: &str, key: &str) -> Request {
    let request = Request::new("POST", &format!("/admin/orders/{order_id}/{action}")).with_json(body);
    let request = request.from_staff(souk_testkit::user(0)).with_header("idempotency-key", key);
    request.with_path("order_id", order_id.as_str()).with_path("return_id", "1").with_path("refund_id", "1")
}
