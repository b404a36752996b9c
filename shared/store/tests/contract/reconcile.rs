use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::cart::Cart;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{
    Event, Order, OrderStatus, ProviderMethod, ProviderOutcome, RefundApproval, RefundGrant, RefundTarget, Shipment,
    StoreCreditEvent,
};
use souk_domain::reconcile::{DiscrepancyKind, ProviderPayment, ProviderRecords, Subject};
use souk_store::{
    LedgerEntry, OrderSteps, PlacementOutcome, ReconciliationPlan, ReconciliationReport, SaveOutcome, StockSpread,
    StoreCreditSteps, reconcile,
};
use souk_testkit::{Database, SeededRandom, user};

use crate::orders::{NOW, idempotency_key, order};
use crate::{Stores, sku};

impl Stores {
    async fn reconcile(&self, plan: ReconciliationPlan) -> ReconciliationReport {
        reconcile(&self.orders, &self.inventory, &self.store_credit, plan).await.expect("reconciled")
    }

    async fn placed(&self, shopper: u32, products: &[&str], seed: u64) -> Order {
        let order = order(shopper, products, self, seed);
        let cart = Cart::empty(user(shopper)).checked_out(order.order_id.clone(), None, NOW);
        let cart = Cart { user_id: user(shopper + u32::try_from(seed).expect("small") * 1_000), ..cart };
        let placement = self.orders.place(self.placement(&order, &cart)).await.expect("answered");
        assert!(matches!(placement, PlacementOutcome::Placed { .. }), "{placement:?}");
        order
    }

    async fn step(&self, order: &Order, event: Event) -> Order {
        let steps = OrderSteps::new(self.orders.clone(), self.inventory.clone());
        steps.apply(&order.user_id, &order.order_id, &event, NOW).await.expect("applied")
    }

    async fn credit_refund(&self, order: &Order, refund: usize) -> Order {
        let steps = OrderSteps::new(self.orders.clone(), self.inventory.clone());
        let steps = StoreCreditSteps::new(steps, self.store_credit.clone());
        let event = StoreCreditEvent::Refunded { refund };
        steps.apply(&order.user_id, &order.order_id, &event, NOW).await.expect("credited")
    }

    async fn paid(&self, order: &Order) -> Order {
        let token = "tok".to_owned();
        self.step(
            order,
            Event::PaymentStarted { method: ProviderMethod::CreditCard, token, request: None, general_decline: false },
        )
        .await;
        let outcome = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: order.total_minor };
        self.step(order, Event::PaymentSettled { attempt: 0, outcome }).await
    }

    /// A consistent shop: an open order, an expired one, a paid one, one that was refunded to store credit.
    async fn with_history(&self) -> [Order; 4] {
        self.stock("a", 50).await;
        self.stock("b", 50).await;
        self.stock("never-ordered", 5).await;
        let open = self.placed(1, &["a"], 1).await;
        let expired = self.placed(1, &["a", "b"], 2).await;
        self.step_at_end(&expired).await;
        let paid = self.placed(2, &["b"], 3).await;
        let paid = self.paid(&paid).await;
        let given = self.placed(2, &["a", "b"], 4).await;
        self.paid(&given).await;
        let shipment = Shipment { carrier: "UPS".to_owned(), tracking_number: "1Z".to_owned() };
        self.step(&given, Event::Shipped(shipment)).await;
        let grant = RefundGrant {
            amount: Money::from_minor(700, Currency::USD),
            target: RefundTarget::StoreCredit,
            account: Some(user(7)), // user 2 was a guest of it
            reason: "late".to_owned(),
            granted_by: user(9),
            request: idempotency_key("grant"),
            approval: RefundApproval::NotRequired,
        };
        self.step(&given, Event::RefundGranted(grant)).await;
        let given = self.credit_refund(&given, 0).await;
        [open, expired, paid, given]
    }

    async fn step_at_end(&self, order: &Order) {
        let steps = OrderSteps::new(self.orders.clone(), self.inventory.clone());
        let end = order.hold_expires_at;
        let order = steps.apply(&order.user_id, &order.order_id, &Event::HoldEnded, end).await.expect("applied");
        assert_eq!(order.status, OrderStatus::Expired);
    }
}

/// Sets one attribute of an item without the store.
async fn spoil(database: &Database, table: &str, key: [(&str, &str); 2], name: &str, value: AttributeValue) {
    let key: HashMap<_, _> = key
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .collect();
    let request = database.client.update_item().table_name(database.table(table)).set_key(Some(key));
    let request = request.update_expression("SET #name = :value").expression_attribute_names("#name", name);
    request.expression_attribute_values(":value", value).send().await.expect("spoilt");
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[tokio::test]
async fn a_consistent_shop_has_no_discrepancies_and_is_counted() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        assert!(stores.reconcile(ReconciliationPlan::new(NOW)).await.is_clean(), "an empty one too");
        stores.with_history().await;
        for segments in [1, 4] {
            let report = stores.reconcile(ReconciliationPlan { segments, ..ReconciliationPlan::new(NOW) }).await;
            assert!(report.is_clean(), "{}: {report:?}", database.implementation);
            let checked = report.checked;
            assert_eq!((checked.orders, checked.products, checked.accounts), (4, 3, 1), "{}", database.implementation);
        }
    }
}

#[tokio::test]
async fn discrepancies_are_reported_with_their_ids() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let [open, _, paid, _] = stores.with_history().await;
        let shard = stores.inventory.shard(0);
        spoil(&database, "inventory", [("product_id", "a"), ("shard", shard.as_str())], "available", number(47)).await;
        spoil(
            &database,
            "inventory",
            [("product_id", "never-ordered"), ("shard", shard.as_str())],
            "available",
            number(-1),
        )
        .await;
        // Items before and behind the history are read, and the history itself is not counted.
        for (entry, delta) in [("~a", 2), ("~h!", 3), ("~h#1", 1_000), ("~h$", 4), ("~z", -9)] {
            spoil(&database, "inventory", [("product_id", "b"), ("shard", entry)], "delta", number(delta)).await;
        }
        let first = [("product_id", "b"), ("shard", shard.as_str())];
        spoil(&database, "inventory", first, "shards", number(4)).await;
        spoil(&database, "storecredit", [("user_id", user(7).as_str()), ("", "")], "store_credit_minor", number(701))
            .await;
        let key = [("user_id", open.user_id.as_str()), ("order_id", open.order_id.as_str())];
        spoil(&database, "orders", key, "total_minor", number(1)).await;
        let unreadable = [("user_id", "nobody"), ("order_id", "nothing")];
        spoil(&database, "orders", unreadable, "status", AttributeValue::S("lost".to_owned())).await;
        spoil(&database, "inventory", [("product_id", "b"), ("shard", "~odd")], "delta", AttributeValue::Null(true))
            .await;

        let key = paid.payment_key(0);
        let payment = ProviderPayment { idempotency_key: key, payment_id: "pay_1".to_owned(), captured_minor: 5 };
        let provider = Some(ProviderRecords::new(NOW.plus_seconds(1), [payment], []));
        let report = stores.reconcile(ReconciliationPlan { provider, ..ReconciliationPlan::new(NOW) }).await;
        let mut found: Vec<_> = report.differences.iter().map(|d| (d.kind, d.expected, d.actual)).collect();
        found.sort();
        let mut expected = vec![
            (DiscrepancyKind::StockUnexplained, 50, 49), // 47 available, 2 allocated
            (DiscrepancyKind::StockUnexplained, 5, -1),
            (DiscrepancyKind::CountNegative, 0, -1),
            (DiscrepancyKind::ShardNumber, 4, 1),
            (DiscrepancyKind::OrderTotal, 12_595, 1),
            (DiscrepancyKind::CreditUnexplained, 700, 701),
            (DiscrepancyKind::Unreadable, 1, 0),
            (DiscrepancyKind::Unreadable, 1, 0),
            (DiscrepancyKind::PaymentAmount, 12_595, 5),
        ];
        expected.sort();
        assert_eq!(found, expected, "{}", database.implementation);
        assert_eq!((report.found, report.truncated, report.unsettled_found), (9, false, 0));
        let keys: Vec<_> = report
            .differences
            .iter()
            .filter_map(|d| match &d.subject {
                Subject::Item { table, key } => Some((table.clone(), key.clone())),
                _ => None,
            })
            .collect();
        assert!(keys.contains(&(database.table("orders"), "nobody/nothing".to_owned())), "{keys:?}");
        assert!(keys.contains(&(database.table("inventory"), "b/~odd".to_owned())), "{keys:?}");
        assert!(report.differences.iter().any(|d| d.subject.product() == Some(&sku("a"))));

        let few = stores.reconcile(ReconciliationPlan { max_differences: 2, ..ReconciliationPlan::new(NOW) }).await;
        assert_eq!((few.differences.len(), few.found, few.truncated), (2, 8, true));
    }
}

#[tokio::test]
async fn overdue_steps_are_reported() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let [open, ..] = stores.with_history().await;
        let late = open.hold_expires_at.plus_seconds(901);
        let report = stores.reconcile(ReconciliationPlan::new(late)).await;
        let found: Vec<_> = report.differences.iter().map(|d| (d.kind, d.subject.order())).collect();
        assert_eq!(
            found,
            [(DiscrepancyKind::HoldOverdue, Some((&open.user_id, &open.order_id)))],
            "{}",
            database.implementation
        );
    }
}

/// Concurrent orders cause no false discrepancy, and a wrong count of another product is still reported.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_shop_gives_no_false_alarm() {
    for database in Database::each().await {
        let stores = Arc::new(Stores::on(&database));
        stores.with_history().await;
        let shard = stores.inventory.shard(0);
        let open = Arc::new(AtomicBool::new(true));
        let shopping: Vec<_> = (0..2_u32)
            .map(|shopper| {
                let (stores, open) = (Arc::clone(&stores), Arc::clone(&open));
                tokio::spawn(async move {
                    let mut orders = 0;
                    while open.load(Ordering::SeqCst) {
                        orders += 1;
                        let order = stores.placed(10 + shopper, &["b"], 1_000 + orders).await;
                        stores.step(&order, Event::Cancelled).await;
                    }
                    orders
                })
            })
            .collect();
        let wrong = [("product_id", "never-ordered"), ("shard", shard.as_str())];
        for available in [5, 6] {
            spoil(&database, "inventory", wrong, "available", number(available)).await;
            for _ in 0..5 {
                let report = stores.reconcile(ReconciliationPlan::new(NOW)).await;
                let found: Vec<_> = report.differences.iter().map(|d| (d.kind, d.expected, d.actual)).collect();
                let expected = if available == 5 { vec![] } else { vec![(DiscrepancyKind::StockUnexplained, 5, 6)] };
                assert_eq!(found, expected, "{}", database.implementation);
                let moving = Subject::Product { product_id: sku("b") };
                assert!(report.unsettled.iter().all(|subject| *subject == moving), "{:?}", report.unsettled);
            }
        }
        open.store(false, Ordering::SeqCst);
        for shopper in shopping {
            assert!(shopper.await.expect("ran") > 0);
        }
        spoil(&database, "inventory", wrong, "available", number(5)).await;
        assert!(stores.reconcile(ReconciliationPlan::new(NOW)).await.is_clean(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_run_that_is_out_of_time_says_how_far_it_came_and_goes_on_there() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let [open, ..] = stores.with_history().await;
        let late = open.hold_expires_at.plus_seconds(901);
        let plan = || ReconciliationPlan { time_limit: Duration::ZERO, segments: 3, ..ReconciliationPlan::new(late) };
        let (mut cursor, mut orders, mut found, mut runs) = (None, 0, 0, 0);
        loop {
            let report = stores.reconcile(ReconciliationPlan { cursor, ..plan() }).await;
            assert!(!report.is_clean() && !report.sums_compared, "without all orders no sum is compared");
            (orders, found, runs) = (orders + report.checked.orders, found + report.found, runs + 1);
            cursor = report.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((orders, found), (4, 1), "{}", database.implementation);
        assert!((2..=3).contains(&runs), "one page in each run: {runs}");
    }
}

/// An order has units of a shard that was removed; it returns them to the first shard.
#[tokio::test]
async fn stock_is_accounted_for_after_shards_were_added_and_removed() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let document = crate::catalogue::product("hot", 1);
        assert_eq!(stores.products.put(&document, None).await.expect("written"), SaveOutcome::Saved);
        stores.stock("hot", 9).await;
        let spread = StockSpread { inventory: stores.inventory.clone(), products: stores.products.clone() };
        let (entry, random) =
            (|reason, random| LedgerEntry::new(reason, user(9), NOW, None, random), SeededRandom::new(3));
        spread.spread(&sku("hot"), 3, &entry("spread", &random)).await.expect("spread");
        let mut order = order(1, &["hot"], &stores, 1);
        order.lines[0].allocation[0].shard = stores.inventory.shard(2);
        let placement = stores.orders.place(stores.placement(&order, &Cart::empty(user(1)))).await;
        assert!(matches!(placement, Ok(PlacementOutcome::Placed { .. })), "{placement:?}");
        spread.spread(&sku("hot"), 2, &entry("gathered", &random)).await.expect("gathered");
        assert!(stores.reconcile(ReconciliationPlan::new(NOW)).await.is_clean(), "{}", database.implementation);
        stores.step(&order, Event::Cancelled).await;
        assert!(stores.reconcile(ReconciliationPlan::new(NOW)).await.is_clean(), "{}", database.implementation);
    }
}
