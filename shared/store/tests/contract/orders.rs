use std::sync::atomic::{AtomicU64, Ordering};

use souk_domain::address::ShippingAddress;
use souk_domain::cart::Cart;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::OrderId;
use souk_domain::money::Currency;
use souk_domain::order::{
    Event, NewOrder, Order, OrderLine, OrderStatus, PaymentMethod, ProviderMethod, ProviderOutcome, RefundTarget,
    ReturnItem, Shipment, StoreCreditEvent,
};
use souk_domain::quantity::Quantity;
use souk_domain::stock::{Allocation, total};
use souk_domain::time::Timestamp;
use souk_store::{
    LedgerEntry, OrderPlacement, OrderSteps, PlacementOutcome, SaveOutcome, StepError, StockSpread, StoreCreditSteps,
};
use souk_testkit::{Database, SeededRandom, user};

use crate::{Stores, sku};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

impl Stores {
    pub(crate) async fn stock(&self, product: &str, available: u32) {
        let entry = LedgerEntry {
            reason: "counted".to_owned(),
            changed_by: None,
            at: NOW,
            entry_id: format!("{product}-{available}"),
            idempotency_key: None,
        };
        self.inventory.count(&sku(product), available, &entry).await.expect("counted");
    }

    pub(crate) async fn available(&self, product: &str) -> u32 {
        total(&self.inventory.counts(&sku(product)).await.expect("counts"))
    }

    pub(crate) async fn place(&self, order: &Order, cart: &Cart) -> PlacementOutcome {
        let after = cart.checked_out(order.order_id.clone(), None, NOW);
        self.orders.place(self.placement(order, &after)).await.expect("answered")
    }

    pub(crate) const fn placement<'a>(&'a self, order: &'a Order, cart: &'a Cart) -> OrderPlacement<'a> {
        OrderPlacement { order, cart, carts: &self.carts, inventory: &self.inventory, attempt: 0 }
    }
}

pub(crate) fn idempotency_key(key: &str) -> IdempotencyKey {
    IdempotencyKey { key: key.to_owned(), fingerprint: key.to_owned() }
}

/// An order id that no other test uses: request tokens are made of it, and tests share a server and an account.
pub(crate) fn order_id(at: Timestamp, seed: u64) -> OrderId {
    static ORDERS: AtomicU64 = AtomicU64::new(0);
    let unique = (u64::from(std::process::id()) << 32) + ORDERS.fetch_add(1, Ordering::SeqCst) * 1_000 + seed;
    OrderId::new(at, &SeededRandom::new(unique))
}

/// An order of one unit of each product.
pub(crate) fn order(shopper: u32, products: &[&str], stores: &Stores, seed: u64) -> Order {
    let one = Quantity::new(1).expect("one");
    let lines = products.iter().map(|product| OrderLine {
        product_id: sku(product),
        name: "HP 80 Original Cyan, ink cartridge with print head and cleaner".to_owned(),
        unit_price_minor: 12_595,
        quantity: one,
        allocation: vec![Allocation { shard: stores.inventory.shard(0), quantity: 1 }],
    });
    let new = NewOrder {
        user_id: user(shopper),
        order_id: order_id(NOW, seed),
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: lines.collect(),
        shipping_address: ShippingAddress::Text("Jane Doe, 1 Main Street, Springfield, IL 62701, USA".to_owned()),
        contact: None,
        hold_seconds: 900,
    };
    Order::place(new, NOW).expect("an order")
}

#[tokio::test]
async fn placing_an_order_takes_stock_and_empties_the_cart() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 3).await;
        let mut cart = Cart::empty(user(1));
        cart.add(sku("a"), Quantity::new(1).expect("one"), None, NOW).expect("added");
        assert_eq!(stores.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);

        let order = order(1, &["a"], &stores, 1);
        assert!(matches!(stores.place(&order, &cart).await, PlacementOutcome::Placed { .. }));
        assert_eq!(stores.available("a").await, 2);
        assert_eq!(stores.orders.get(&user(1), &order.order_id).await.expect("read"), Some(order.clone()));
        let after = stores.carts.get(&user(1)).await.expect("read");
        assert!(after.lines.is_empty() && after.has_placed(&order.order_id), "{}", database.implementation);
    }
}

#[tokio::test]
async fn nothing_is_written_if_one_line_has_insufficient_stock() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 3).await;
        stores.stock("b", 0).await;
        let order = order(1, &["a", "b", "never-counted"], &stores, 1);
        assert_eq!(stores.place(&order, &Cart::empty(user(1))).await, PlacementOutcome::InsufficientStock(vec![1, 2]));
        assert_eq!(stores.available("a").await, 3);
        assert_eq!(
            stores.orders.get(&user(1), &order.order_id).await.expect("read"),
            None,
            "{}",
            database.implementation
        );
    }
}

#[tokio::test]
async fn a_cart_becomes_one_order() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 3).await;
        let cart = Cart::empty(user(1));
        assert!(matches!(stores.place(&order(1, &["a"], &stores, 1), &cart).await, PlacementOutcome::Placed { .. }));
        assert_eq!(stores.place(&order(1, &["a"], &stores, 2), &cart).await, PlacementOutcome::CartChanged);
        assert_eq!(stores.available("a").await, 2, "{}", database.implementation);
    }
}

#[tokio::test]
async fn concurrent_cancellations_release_stock_once() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 3).await;
        let placed = order(1, &["a"], &stores, 1);
        assert!(matches!(stores.place(&placed, &Cart::empty(user(1))).await, PlacementOutcome::Placed { .. }));

        let steps = OrderSteps::new(stores.orders.clone(), stores.inventory.clone());
        let cancelling: Vec<_> = (0..5)
            .map(|_| {
                let (steps, order_id) = (steps.clone(), placed.order_id.clone());
                tokio::spawn(async move { steps.apply(&user(1), &order_id, &Event::Cancelled, NOW).await })
            })
            .collect();
        for task in cancelling {
            task.await.expect("ran").expect("applied");
        }
        assert_eq!(stores.available("a").await, 3, "{}", database.implementation);
        let saved = stores.orders.get(&user(1), &placed.order_id).await.expect("read").expect("there");
        assert_eq!((saved.status, saved.version), (OrderStatus::Cancelled, 2));
    }
}

#[tokio::test]
async fn a_revived_order_takes_its_units_again_or_fails() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 1).await;
        let placed = order(1, &["a"], &stores, 1);
        assert!(matches!(stores.place(&placed, &Cart::empty(user(1))).await, PlacementOutcome::Placed { .. }));
        let steps = OrderSteps::new(stores.orders.clone(), stores.inventory.clone());
        let apply = |event, at| {
            let (steps, order_id) = (steps.clone(), placed.order_id.clone());
            async move { steps.apply(&user(1), &order_id, &event, at).await }
        };
        let start = Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "tok".to_owned(),
            request: None,
            general_decline: false,
        };
        apply(start, NOW).await.expect("started");
        let outcome = ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None };
        apply(Event::PaymentSettled { attempt: 0, outcome }, NOW).await.expect("settled");
        apply(Event::HoldEnded, placed.hold_expires_at).await.expect("expired");
        assert_eq!(stores.available("a").await, 1);

        let allocations = placed.lines.iter().map(|line| line.allocation.clone()).collect();
        let (payment_id, amount_minor) = ("pay_1".to_owned(), placed.total_minor);
        let revived = Event::Revived { attempt: 0, payment_id, amount_minor, allocations };
        stores.stock("a", 0).await;
        let short = apply(revived.clone(), placed.hold_expires_at).await;
        assert!(matches!(short, Err(StepError::InsufficientStock)), "{short:?}");
        stores.stock("a", 5).await;
        apply(revived, placed.hold_expires_at).await.expect("revived");
        assert_eq!(stores.available("a").await, 4, "{}", database.implementation);
    }
}

#[tokio::test]
async fn store_credit_moves_with_the_order_and_never_below_zero() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 9).await;
        let steps = OrderSteps::new(stores.orders.clone(), stores.inventory.clone());
        let credit_steps = StoreCreditSteps::new(steps.clone(), stores.store_credit.clone());
        let mut ids = Vec::new();
        for seed in 1..=2 {
            let placed = order(1, &["a"], &stores, seed);
            let cart = stores.carts.get(&user(1)).await.expect("a cart");
            assert!(matches!(stores.place(&placed, &cart).await, PlacementOutcome::Placed { .. }));
            ids.push(placed.order_id);
        }
        let apply = |order_id: &OrderId, event| {
            let (steps, order_id) = (steps.clone(), order_id.clone());
            async move { steps.apply(&user(1), &order_id, &event, NOW).await }
        };
        let apply_credit = |order_id: &OrderId, event| {
            let (steps, order_id) = (credit_steps.clone(), order_id.clone());
            async move { steps.apply(&user(1), &order_id, &event, NOW).await }
        };
        // User 1 was a guest of account 7.
        let pay = || StoreCreditEvent::Paid { account: Some(user(7)), request: None };
        let short = apply_credit(&ids[0], pay()).await;
        assert!(matches!(short, Err(StepError::InsufficientStoreCredit)), "{short:?}");

        let capture = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 12_595 };
        let item = ReturnItem {
            product_id: sku("a"),
            quantity: Quantity::new(1).expect("one"),
            reason: "too cyan".to_owned(),
        };
        let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() };
        for event in [
            Event::PaymentStarted {
                method: ProviderMethod::Paypal,
                token: "tok".to_owned(),
                request: None,
                general_decline: false,
            },
            Event::PaymentSettled { attempt: 0, outcome: capture },
            Event::Shipped(shipment),
            Event::Delivered,
            Event::ReturnRequested { items: vec![item], request: idempotency_key("return") },
            Event::ReturnAccepted {
                index: 0,
                target: RefundTarget::StoreCredit,
                account: Some(user(7)),
                accepted_by: user(9),
            },
        ] {
            apply(&ids[0], event).await.expect("applied");
        }
        apply_credit(&ids[0], StoreCreditEvent::Refunded { refund: 0 }).await.expect("credited");
        let credit = || async { stores.store_credit.balance_minor(&user(7)).await.expect("read") };
        assert_eq!((credit().await, stores.available("a").await), (12_595, 8));
        apply_credit(&ids[1], pay()).await.expect("paid");
        assert_eq!(credit().await, 0, "{}", database.implementation);
        assert!(matches!(apply_credit(&ids[1], pay()).await, Err(StepError::Refused { .. })));
        assert_eq!(stores.store_credit.balance_minor(&user(1)).await.expect("read"), 0, "never the guest's");
    }
}

#[tokio::test]
async fn orders_are_listed_newest_first() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 9).await;
        let mut ids = Vec::new();
        for n in 0..5_u32 {
            let mut order = order(1, &["a"], &stores, 1);
            order.order_id = order_id(NOW.plus_seconds(i64::from(n)), 1);
            let cart = stores.carts.get(&user(1)).await.expect("a cart");
            assert!(matches!(stores.place(&order, &cart).await, PlacementOutcome::Placed { .. }));
            ids.insert(0, order.order_id);
        }
        let first = stores.orders.list(&user(1), None, 3).await.expect("listed");
        assert_eq!(first.orders.iter().map(|o| &o.order_id).collect::<Vec<_>>(), ids[..3].iter().collect::<Vec<_>>());
        let rest = stores.orders.list(&user(1), first.next.as_ref(), 3).await.expect("listed");
        assert_eq!(rest.orders.iter().map(|o| &o.order_id).collect::<Vec<_>>(), ids[3..].iter().collect::<Vec<_>>());
        assert_eq!(rest.next, None, "{}", database.implementation);
        assert!(stores.orders.list(&user(2), None, 3).await.expect("listed").orders.is_empty());
    }
}

#[tokio::test]
async fn units_of_a_removed_shard_are_returned_to_the_first_shard() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let document = crate::catalogue::product("hot", 1);
        assert_eq!(stores.products.put(&document, None).await.expect("written"), SaveOutcome::Saved);
        stores.stock("hot", 9).await;
        let spread = StockSpread { inventory: stores.inventory.clone(), products: stores.products.clone() };
        let entry = LedgerEntry::new("spread", user(9), NOW, None, &SeededRandom::new(3));
        spread.spread(&sku("hot"), 3, &entry).await.expect("spread");
        let mut placed = order(1, &["hot"], &stores, 1);
        placed.lines[0].quantity = Quantity::new(3).expect("three");
        placed.lines[0].allocation =
            (0..3).map(|number| Allocation { shard: stores.inventory.shard(number), quantity: 1 }).collect();
        assert!(matches!(stores.place(&placed, &Cart::empty(user(1))).await, PlacementOutcome::Placed { .. }));
        let entry = LedgerEntry::new("gathered", user(9), NOW, None, &SeededRandom::new(4));
        spread.spread(&sku("hot"), 2, &entry).await.expect("gathered");

        let steps = OrderSteps::new(stores.orders.clone(), stores.inventory.clone());
        let cancelled = steps.apply(&user(1), &placed.order_id, &Event::Cancelled, NOW).await;
        assert!(cancelled.is_ok(), "{cancelled:?} on {}", database.implementation);
        let counts = stores.inventory.counts(&sku("hot")).await.expect("counts");
        assert_eq!(counts.iter().map(|count| count.available).collect::<Vec<_>>(), [6, 3]);
    }
}

/// A cart that stores as many recent requests as it may, and no lines.
pub(crate) fn busy_cart(shopper: u32) -> Cart {
    let mut cart = Cart::empty(user(shopper));
    for number in 0..20 {
        let key = idempotency_key(&format!("{number:064x}"));
        cart.add(sku("sku-0"), Quantity::new(1).expect("one"), Some(&key), NOW).expect("added");
        cart = cart.checked_out(order_id(NOW, number), Some(&key), NOW);
    }
    cart
}

/// An order of one line costs at most 6 write units, as counted by each implementation of DynamoDB, from the busiest
/// cart, too.
#[tokio::test]
async fn an_order_costs_two_write_units_for_each_line_and_few_more() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let names: Vec<_> = (0..10).map(|n| format!("sku-{n}")).collect();
        for name in &names {
            stores.stock(name, 9).await;
        }
        for (shopper, lines, at_most) in [(1, 1, 6.0), (2, 3, 12.0), (3, 10, 30.0)] {
            let products: Vec<_> = names[..lines].iter().map(String::as_str).collect();
            let order = order(shopper, &products, &stores, u64::from(shopper));
            let mut cart = busy_cart(shopper);
            for product in &products {
                cart.add(sku(product), Quantity::new(1).expect("one"), None, NOW).expect("added");
            }
            assert_eq!(stores.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
            let PlacementOutcome::Placed { write_units } = stores.place(&order, &cart).await else {
                panic!("not placed")
            };
            eprintln!("{}: {lines} lines cost {write_units} write units", database.implementation);
            assert!(write_units > 0.0 && write_units <= at_most, "{lines} lines cost {write_units}");
        }
    }
}
