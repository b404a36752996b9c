use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use souk_domain::account::CallerKind;
use souk_domain::catalog::Product;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Currency;
use souk_domain::order::Event;
use souk_domain::quantity::Quantity;
use souk_fixtures::{LoggedEvents, save_product, unavailable_limits};
use souk_store::{LedgerEntry, SaveOutcome, Session, SpreadOutcome, StockSpread};
use souk_testkit::{product, user};

use super::*;
use crate::fixture::{Fixture, checkout, outcome, sku};

#[tokio::test]
async fn an_order_has_current_prices() {
    let shop = Fixture::start().await;
    shop.product("a", 69_999, &[5]).await;
    shop.product("b", 1, &[5]).await;
    shop.put_in_cart(&user(1), "a", 2).await;
    shop.put_in_cart(&user(1), "b", 1).await;
    shop.product("b", 10, &[5]).await; // dearer since it was put in the cart

    let reply = shop.place_order().handle(&checkout(&user(1))).await.expect("placed");
    assert_eq!(reply.status(), 201);
    assert!(reply.body().contains("\"total_amount\":1400.08"), "{}", reply.body());
    let body = reply.body_json();
    assert_eq!((body["status"].as_str(), body["currency"].as_str()), (Some("pending_payment"), Some("USD")));
    assert_eq!(body["hold_expires_at"].as_str(), Some("2026-11-24T07:12:00.000Z"));
    assert_eq!((shop.available("a").await, shop.available("b").await), (3, 4));
    assert!(shop.carts.get(&user(1)).await.expect("a cart").lines.is_empty());
    assert!(reply.consumption().is_some_and(|consumed| consumed.ends_with("WRU")));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn all_bad_fields_are_named() {
    let shop = Fixture::start().await;
    let body = r#"{"payment_method": "gold", "shipping_address": {"name": "", "line1": "x", "city": "y", "country": "DE"},
        "contact": {"email": "ann", "phone": "?"}, "expected_total": "12"}"#;
    let problem = shop.place_order().handle(&checkout(&user(1)).with_json(body)).await.expect_err("refused");
    let fields: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
    let expected = vec!["payment_method", "shipping_address.name", "contact.email", "contact.phone", "expected_total"];
    assert_eq!((problem.status(), fields), (422, expected));
    shop.assert_reconciled().await;
}

const WITHOUT_CONTACT: &str = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St"}"#;

impl Fixture {
    /// The contact of the newest order.
    async fn newest_contact(&self, shopper: u32) -> Option<Contact> {
        let orders = self.orders.list(&user(shopper), None, 1).await.expect("listed").orders;
        orders.into_iter().next().and_then(|order| order.contact)
    }
}

#[tokio::test]
async fn a_guest_has_to_send_a_contact() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let guest = || checkout(&user(1)).from_guest(user(1));
    for body in [WITHOUT_CONTACT.to_owned(), WITHOUT_CONTACT.replace('}', r#", "contact": null}"#)] {
        let problem = shop.place_order().handle(&guest().with_json(&body)).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!((problem.status(), fields), (422, vec![("contact", "required")]));
    }
    for contact in [r#""ann@example.com""#, "{}", r#"{"email": "ann@example.com", "fax": "1"}"#] {
        let body = WITHOUT_CONTACT.replace('}', &format!(r#", "contact": {contact}}}"#));
        let problem = shop.place_order().handle(&guest().with_json(&body)).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("contact", "wrong_type")], "{contact}");
    }
    let body = WITHOUT_CONTACT.replace('}', r#", "contact": {"email": " Bob@Example.com ", "phone": "+1 555 0100"}}"#);
    assert_eq!(outcome(&shop.place_order().handle(&guest().with_json(&body)).await), (201, ""));
    let contact = shop.newest_contact(1).await.expect("a contact");
    assert_eq!((contact.email.as_str(), contact.phone), ("bob@example.com", "+1 555 0100".parse().ok()));
}

#[tokio::test]
async fn the_contact_of_an_account_that_is_not_verified_is_its_pending_address() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let now = shop.clock.now();
    let session = Session {
        user_id: user(1),
        session_id: user(1).as_str().parse().expect("an id"), // as in Request::from_guest
        kind: CallerKind::Guest,
        created_at: now,
        rotation: 0,
        rotated_at: now,
        device: None,
        pending_email: Some("ann@example.com".parse().expect("an address")),
        staff: None,
        second_factor: false,
        expires_at: now.plus_seconds(60).as_seconds(),
    };
    shop.place_order().sessions.create(&session).await.expect("written");
    let request = checkout(&user(1)).from_guest(user(1)).with_json(WITHOUT_CONTACT);
    assert_eq!(outcome(&shop.place_order().handle(&request).await), (201, ""));
    assert_eq!(shop.newest_contact(1).await.expect("a contact").email.as_str(), "ann@example.com");
}

#[tokio::test]
async fn the_contact_of_an_account_is_its_address_unless_it_sends_another() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    let without = || checkout(&user(1)).with_json(WITHOUT_CONTACT).with_header("idempotency-key", "k-1");
    shop.put_in_cart(&user(1), "a", 1).await;
    assert_eq!(outcome(&shop.place_order().handle(&without()).await), (422, "invalid_fields"), "no account");

    shop.account(&user(1), "zoe@example.com", &[]).await;
    let placed = shop.place_order().handle(&without()).await.expect("placed");
    let email = async || shop.newest_contact(1).await.map(|contact| String::from(contact.email));
    assert_eq!(email().await.as_deref(), Some("zoe@example.com"));
    let again = shop.place_order().handle(&without()).await.expect("found");
    assert_eq!(again.body(), placed.body());

    shop.clock.advance_seconds(1);
    shop.put_in_cart(&user(1), "a", 1).await;
    assert_eq!(outcome(&shop.place_order().handle(&checkout(&user(1))).await), (201, ""));
    assert_eq!(email().await.as_deref(), Some("ann@example.com"));
}

#[tokio::test]
async fn empty_optional_parts_of_the_address_are_left_out() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[1]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let body = r#"{"payment_method": "paypal", "shipping_address": {"name": "Jane", "line1": "1 Main St", "line2": "",
        "city": "Berlin", "region": "", "postal_code": " ", "country": "DE", "phone": ""},
        "contact": {"email": "jane@example.com", "phone": ""}}"#;
    let reply = shop.place_order().handle(&checkout(&user(1)).with_json(body)).await.expect("placed");
    let order_id = reply.body_json()["order_id"].as_str().expect("an id").parse().expect("an id");
    let ShippingAddress::Structured(address) = shop.order(&user(1), &order_id).await.shipping_address else {
        panic!("a structured address")
    };
    assert_eq!((address.line2, address.region, address.postal_code, address.phone), (None, None, None, None));
}

#[tokio::test]
async fn a_rejected_order_changes_nothing() {
    let shop = Fixture::start().await;
    let place = shop.place_order();
    assert_eq!(outcome(&place.handle(&Request::new("POST", "/orders").with_json("{}")).await), (401, "token_required"));
    assert_eq!(outcome(&place.handle(&checkout(&user(1))).await), (409, "cart_empty"));

    shop.product("a", 100, &[2]).await;
    shop.put_in_cart(&user(1), "a", 3).await;
    let problem = place.handle(&checkout(&user(1))).await.expect_err("short");
    assert_eq!((problem.status(), problem.code()), (409, "insufficient_stock"));
    assert_eq!(problem.member("items"), Some(r#"[{"asked":3,"available":2,"product_id":"a"}]"#));
    assert_eq!((shop.available("a").await, shop.carts.get(&user(1)).await.expect("a cart").lines.len()), (2, 1));

    shop.put_in_cart(&user(2), "gone", 1).await;
    assert_eq!(outcome(&place.handle(&checkout(&user(2))).await), (409, "product_unavailable"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_changed_price_is_reported_before_an_order_is_placed() {
    let shop = Fixture::start().await;
    shop.product("a", 1_050, &[2]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let expecting = |total: &str| {
        let body = format!(
            r#"{{"payment_method": "paypal", "shipping_address": "x", "expected_total": {total},
            "contact": {{"email": "ann@example.com"}}}}"#
        );
        checkout(&user(1)).with_json(&body)
    };
    let problem = shop.place_order().handle(&expecting("10.49")).await.expect_err("moved");
    assert_eq!(
        (problem.status(), problem.code(), problem.member("total_amount")),
        (409, "price_changed", Some("10.50"))
    );
    assert_eq!(shop.available("a").await, 2);
    assert_eq!(outcome(&shop.place_order().handle(&expecting("10.5")).await), (201, ""));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_retry_with_its_key_gets_the_first_response() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let keyed = || checkout(&user(1)).with_header("idempotency-key", "k-1");
    let first = shop.place_order().handle(&keyed()).await.expect("placed");
    shop.clock.advance_seconds(60);
    shop.put_in_cart(&user(1), "a", 4).await;
    let again = shop.place_order().handle(&keyed()).await.expect("found");
    assert_eq!((first.body(), first.status()), (again.body(), again.status()));
    assert_eq!(shop.available("a").await, 8);

    let other = keyed().with_json(
        r#"{"payment_method": "paypal", "shipping_address": "elsewhere", "contact": {"email": "ann@example.com"}}"#,
    );
    assert_eq!(outcome(&shop.place_order().handle(&other).await), (422, "idempotency_key_reused"));

    shop.clock.advance_seconds(86_400 - 60);
    let last = shop.place_order().handle(&keyed()).await.expect("found");
    assert_eq!(first.body(), last.body());
    shop.clock.advance_seconds(1);
    let next = shop.place_order().handle(&keyed()).await.expect("placed");
    assert_ne!(first.body(), next.body(), "the key is forgotten after 24 hours");
    assert_eq!(shop.available("a").await, 4);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_double_click_places_one_order() {
    for key in [Some("k-1"), None] {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[9]).await;
        shop.put_in_cart(&user(1), "a", 1).await;
        let place = shop.place_order();
        let request = match key {
            Some(key) => checkout(&user(1)).with_header("idempotency-key", key),
            None => checkout(&user(1)),
        };
        let outcomes = join_all((0..5).map(|_| place.handle(&request))).await;
        let placed: Vec<_> = outcomes.iter().flatten().map(Reply::body).collect();
        assert!(!placed.is_empty() && placed.iter().all(|body| *body == placed[0]), "{placed:?}");
        assert_eq!(placed.len(), if key.is_some() { 5 } else { 1 });
        assert_eq!(
            (shop.available("a").await, shop.orders.list(&user(1), None, 9).await.expect("listed").orders.len()),
            (8, 1)
        );
        shop.assert_reconciled().await;
    }
}

#[tokio::test]
async fn two_hundred_shoppers_compete_for_a_hundred_units_in_any_number_of_shards() {
    for shards in [&[100_u32] as &[u32], &[25; 4], &[97, 0, 3], &[7, 6, 6, 6, 7, 6, 6, 6, 7, 6, 6, 6, 7, 6, 6, 6]] {
        let shop = Fixture::start().await;
        shop.product("hot", 100, shards).await;
        let outcomes = join_all((0..200).map(|shopper| shop.shops(shopper, "hot"))).await;
        let count = |wanted| outcomes.iter().filter(|o| outcome(o) == wanted).count();
        assert_eq!((count((201, "")), count((409, "insufficient_stock"))), (100, 100), "{shards:?}");
        assert_eq!(shop.available("hot").await, 0);
        shop.assert_reconciled().await;
    }
}

/// As many units as shoppers: no order may be rejected.
#[tokio::test]
async fn no_order_is_rejected_and_no_unit_is_lost_while_the_number_of_shards_changes() {
    const SHOPPERS: u32 = 120;
    let shop = Fixture::start().await;
    shop.product("hot", 100, &[SHOPPERS]).await;
    let done = AtomicBool::new(false);
    let staff = async {
        let mut changes = 0;
        for shards in [4, 1, 16, 1].into_iter().cycle().take_while(|_| !done.load(Ordering::SeqCst)) {
            shop.spread("hot", shards).await;
            changes += 1;
        }
        changes
    };
    let shoppers = async {
        let visits = (0..SHOPPERS).map(|shopper| shop.orders_and_may_cancel(shopper, "hot"));
        let ordered: u32 = stream::iter(visits).buffer_unordered(4).collect::<Vec<u32>>().await.into_iter().sum();
        done.store(true, Ordering::SeqCst);
        ordered
    };
    let (changes, ordered) = tokio::join!(staff, shoppers);
    assert!(changes > 1, "the stock stood still after {changes} changes");
    assert_eq!((ordered, shop.available("hot").await), (SHOPPERS / 3 * 2, SHOPPERS / 3));
    shop.spread("hot", 3).await;
    let counts = shop.inventory.counts(&sku("hot")).await.expect("counts");
    assert_eq!(counts.iter().map(|count| count.available).sum::<u32>(), SHOPPERS / 3);
    assert_eq!(counts.len(), 3, "{counts:?}");
    shop.assert_reconciled().await;
}

impl Fixture {
    /// Puts one unit in the cart and orders it. Retries 503, as clients do: the machine may be slow.
    async fn shops(&self, shopper: u32, product: &str) -> Result<Reply, Problem> {
        const MAX_RETRIES: u32 = 20;
        self.put_in_cart(&user(shopper), product, 1).await;
        let (endpoint, request) = (self.place_order(), checkout(&user(shopper)));
        for _ in 0..MAX_RETRIES {
            match endpoint.handle(&request).await {
                Err(problem) if problem.status() == 503 => {}
                result => return result,
            }
        }
        endpoint.handle(&request).await
    }

    /// Orders one unit, and cancels it for every third shopper. Returns how many units stay allocated.
    async fn orders_and_may_cancel(&self, shopper: u32, product: &str) -> u32 {
        let reply = self.shops(shopper, product).await.expect("placed");
        if !shopper.is_multiple_of(3) {
            return 1;
        }
        let order_id = reply.body_json()["order_id"].as_str().expect("an id").parse().expect("an id");
        self.apply(&user(shopper), &order_id, Event::Cancelled).await;
        0
    }

    async fn spread(&self, product: &str, shards: u32) {
        let spread = StockSpread { inventory: self.inventory.clone(), products: self.products.clone() };
        let entry = LedgerEntry::new("spread", user(9), self.clock.now(), None, &*self.random);
        let done = spread.spread(&sku(product), shards, &entry).await.expect("spread");
        assert!(matches!(done, SpreadOutcome::Spread { .. }), "{done:?}");
    }
}

#[tokio::test]
async fn an_order_larger_than_any_shard_takes_units_from_several() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[3, 4, 2]).await;
    shop.put_in_cart(&user(1), "a", 8).await;
    let order_id = shop.place(&user(1)).await;
    let allocated: u32 = shop.order(&user(1), &order_id).await.lines[0].allocation.iter().map(|a| a.quantity).sum();
    assert_eq!((allocated, shop.available("a").await), (8, 1));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_cart_that_changed_meanwhile_is_not_ordered() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    shop.put_in_cart(&user(1), "a", 1).await;
    let place = shop.place_order();
    let seen = shop.carts.get(&user(1)).await.expect("a cart");
    let mut changed = seen.clone();
    changed.set_quantity(&sku("a"), Quantity::new(5).expect("five")).expect("set");
    assert_eq!(shop.carts.save(&mut changed).await.expect("saved"), SaveOutcome::Saved);

    let params = PlaceOrderParams {
        payment_method: PaymentMethod::Paypal,
        shipping_address: ShippingAddress::Text("x".to_owned()),
        contact: Some(Contact::of("ann@example.com".parse().expect("an address"))),
        expected_total: None,
        idempotency_key: None,
    };
    let order = place.prepare(&seen, &params, 900).await.expect("a draft");
    assert_eq!(outcome(&place.place(order, &seen, &params, 0.0).await), (409, "cart_changed"));
    assert_eq!(shop.available("a").await, 9);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn amounts_that_do_not_fit_are_refused() {
    let shop = Fixture::start().await;
    shop.product("a", souk_domain::money::MAX_MINOR, &[99]).await;
    shop.put_in_cart(&user(1), "a", 9).await;
    assert_eq!(outcome(&shop.place_order().handle(&checkout(&user(1))).await), (201, ""));
    let order_id: OrderId = shop.orders.list(&user(1), None, 1).await.expect("listed").orders[0].order_id.clone();
    let total = shop.order(&user(1), &order_id).await.total();
    assert_eq!(total, Money::from_minor(9 * souk_domain::money::MAX_MINOR, Currency::USD));
    shop.assert_reconciled().await;
}

/// The shopper orders one unit; the outcome, and the order's id.
async fn order_one(shop: &Fixture, shopper: u32) -> Result<OrderId, Problem> {
    shop.put_in_cart(&user(shopper), "a", 1).await;
    let reply = shop.place_order().handle(&checkout(&user(shopper))).await?;
    Ok(reply.body_json()["order_id"].as_str().expect("an id").parse().expect("an id"))
}

#[tokio::test]
async fn an_account_has_few_unpaid_orders_and_is_free_again_when_one_ends() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        shop.clock.advance_seconds(1);
        placed.push(order_one(&shop, 1).await.expect("placed"));
    }
    let refused = order_one(&shop, 1).await.expect_err("refused");
    assert_eq!((refused.status(), refused.code()), (409, "too_many_unpaid_orders"));
    let ids = serde_json::to_string(&placed).expect("JSON");
    assert_eq!(refused.member("order_ids"), Some(ids.as_str()));
    assert_eq!(shop.available("a").await, 94);

    shop.apply(&user(1), &placed[0], Event::Cancelled).await;
    // The unit of the refused checkout is still in the cart.
    assert_eq!(outcome(&shop.place_order().handle(&checkout(&user(1))).await), (201, ""));
    assert_eq!(order_one(&shop, 1).await.expect_err("refused").code(), "too_many_unpaid_orders");
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn units_of_unpaid_orders_are_bounded() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[500]).await;
    shop.put_in_cart(&user(1), "a", 201).await;
    assert_eq!(outcome(&shop.place_order().handle(&checkout(&user(1))).await), (409, "order_too_large"));
    shop.put_in_cart(&user(2), "a", 200).await;
    shop.place(&user(2)).await;
    assert_eq!(order_one(&shop, 2).await.expect_err("refused").code(), "too_many_unpaid_orders");
    assert_eq!(shop.available("a").await, 300);
}

/// All calls read the same cart; the condition on its version lets one of them write.
#[tokio::test]
async fn concurrent_checkouts_do_not_exceed_the_bounds() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let attempts = (0..16).map(|_| async {
        for _ in 0..4 {
            let mut cart = shop.carts.get(&user(1)).await.expect("a cart");
            cart.add(sku("a"), Quantity::new(1).expect("one"), None, shop.clock.now()).expect("added");
            let _ = shop.carts.save(&mut cart).await.expect("answered");
            let _ = shop.place_order().handle(&checkout(&user(1))).await;
        }
    });
    join_all(attempts).await;
    let orders = shop.orders.list(&user(1), None, 50).await.expect("listed").orders;
    let units: u32 = orders.iter().map(Order::units).sum();
    assert!(!orders.is_empty() && orders.len() <= 5, "{} orders", orders.len());
    assert!(units <= 200 && shop.available("a").await == 99 - units, "{units} units");
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_hold_is_shorter_after_orders_that_were_never_paid() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    for expected in [900, 900, 900, 450, 300] {
        let order_id = order_one(&shop, 1).await.expect("placed");
        let order = shop.order(&user(1), &order_id).await;
        assert_eq!(shop.clock.now().seconds_until(order.hold_expires_at), expected);
        shop.clock.advance_seconds(expected);
        shop.apply(&user(1), &order_id, Event::HoldEnded).await;
    }
}

#[tokio::test]
async fn an_order_has_at_most_what_each_product_or_the_shop_allows() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[50]).await;
    for (name, most) in [("b", 2), ("c", 5)] {
        shop.product(name, 100, &[50]).await;
        save_product(&shop.products, Product { max_per_order: Some(most), ..product(name) }).await;
    }
    for (name, units) in [("a", 4), ("b", 3), ("c", 5)] {
        shop.put_in_cart(&user(1), name, units).await;
    }
    let place = PlaceOrder { max_per_order: 3, ..shop.place_order() };
    let problem = place.handle(&checkout(&user(1))).await.expect_err("refused");
    assert_eq!((problem.status(), problem.code()), (409, "quantity_limited"));
    let limits =
        r#"[{"max_per_order":3,"product_id":"a","quantity":4},{"max_per_order":2,"product_id":"b","quantity":3}]"#;
    assert_eq!(problem.member("limits"), Some(limits));
    assert_eq!((shop.available("a").await, shop.carts.get(&user(1)).await.expect("a cart").lines.len()), (50, 3));

    let mut cart = shop.carts.get(&user(1)).await.expect("a cart");
    for (name, units) in [("a", 3), ("b", 2)] {
        cart.set_quantity(&sku(name), Quantity::new(units).expect("few")).expect("set");
    }
    assert_eq!(shop.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
    assert_eq!(outcome(&place.handle(&checkout(&user(1))).await), (201, ""));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_method_that_the_shop_does_not_accept_is_refused_but_not_for_a_retry() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    let methods: PaymentMethods = "paypal, bank_transfer".parse().expect("methods");
    let place = PlaceOrder { payment_methods: methods, ..shop.place_order() };
    let by_card = || checkout(&user(1)).with_header("idempotency-key", "k-1");
    shop.put_in_cart(&user(1), "a", 1).await;
    let problem = place.handle(&by_card()).await.expect_err("refused");
    let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
    assert_eq!((problem.status(), fields), (422, vec![("payment_method", "not_accepted")]));
    assert_eq!(shop.available("a").await, 9);

    let placed = shop.place_order().handle(&by_card()).await.expect("placed");
    // The shop dropped the method between the request and its retry.
    let again = place.handle(&by_card()).await.expect("found");
    assert_eq!((again.status(), again.body()), (201, placed.body()));

    shop.put_in_cart(&user(1), "a", 1).await;
    let contact = r#""contact": {"email": "ann@example.com"}"#;
    let by_paypal = format!(r#"{{"payment_method": "paypal", "shipping_address": "1 Main St", {contact}}}"#);
    assert_eq!(outcome(&place.handle(&checkout(&user(1)).with_json(&by_paypal)).await), (201, ""));
    shop.assert_reconciled().await;
}

/// Orders that a shopper who was made now places from one network address, with one unit in the cart.
impl Fixture {
    async fn first_order(&self, place: &PlaceOrder, change: impl Fn(Request, UserId) -> Request) -> (u16, String) {
        let placed = self.first_reply(place, change).await;
        let (status, code) = outcome(&placed);
        (status, code.to_owned())
    }

    async fn first_reply(
        &self,
        place: &PlaceOrder,
        change: impl Fn(Request, UserId) -> Request,
    ) -> Result<Reply, Problem> {
        let shopper = UserId::new(self.clock.now(), &*self.random);
        self.put_in_cart(&shopper, "a", 1).await;
        place.handle(&change(checkout(&shopper).from_address("203.0.113.1"), shopper)).await
    }

    /// The write units of such an order, as they are logged.
    async fn units_of_first_order(&self, place: &PlaceOrder, change: impl Fn(Request, UserId) -> Request) -> u32 {
        let placed = self.first_reply(place, change).await.expect("placed");
        let units = placed.consumption().and_then(|consumed| consumed.strip_suffix(" WRU")?.parse().ok());
        units.expect("DynamoDB says what an order consumed")
    }
}

fn as_guest(request: Request, shopper: UserId) -> Request {
    request.from_guest(shopper)
}

fn placed() -> (u16, String) {
    (201, String::new())
}

fn too_many_orders() -> (u16, String) {
    (429, "too_many_orders".to_owned())
}

#[tokio::test]
async fn new_shoppers_at_one_address_place_a_bounded_number_of_orders() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let place = PlaceOrder { limits: Some(shop.order_limits(4, 20)), ..shop.place_order() };
    for _ in 0..2 {
        assert_eq!(shop.first_order(&place, as_guest).await, placed());
        assert_eq!(shop.first_order(&place, |request, _| request).await, placed(), "an account");
    }
    assert_eq!(shop.first_order(&place, as_guest).await, too_many_orders());
    assert_eq!(shop.first_order(&place, |request, _| request).await, too_many_orders(), "an account");
    assert_eq!(shop.available("a").await, 95);

    let elsewhere = |request: Request, shopper| request.from_address("203.0.113.2").from_guest(shopper);
    assert_eq!(shop.first_order(&place, elsewhere).await, placed());
    assert_eq!(shop.first_order(&shop.place_order(), as_guest).await, placed(), "without limits");
    // Made two years ago: strangers at its address do not use up its orders.
    shop.put_in_cart(&user(1), "a", 1).await;
    let old = checkout(&user(1)).from_address("203.0.113.1");
    assert_eq!(outcome(&place.handle(&old).await), (201, ""));

    let shopper = UserId::new(shop.clock.now(), &*shop.random);
    shop.put_in_cart(&shopper, "a", 1).await;
    let refused = place.handle(&checkout(&shopper).from_address("203.0.113.1")).await.expect_err("refused");
    assert!(refused.into_reply("r").headers().contains_key("retry-after"));
    shop.clock.advance_seconds(3_601);
    assert_eq!(shop.first_order(&place, as_guest).await, placed(), "an hour later");
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn guests_with_one_contact_are_bounded_if_the_shop_counts_contacts() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let place = PlaceOrder { limits: Some(shop.order_limits(6, 2)), ..shop.place_order() };
    let elsewhere = |request: Request, shopper| request.from_address("203.0.113.2").from_guest(shopper);
    assert_eq!(shop.first_order(&place, as_guest).await, placed());
    assert_eq!(shop.first_order(&place, elsewhere).await, placed());
    for _ in 0..3 {
        assert_eq!(shop.first_order(&place, as_guest).await, too_many_orders(), "the third with this contact");
    }
    // What was refused is not counted for the address. An account's contact is not counted.
    let body = WITHOUT_CONTACT.replace('}', r#", "contact": {"email": "bob@example.com"}}"#);
    let as_bob = |request: Request, shopper| request.from_guest(shopper).with_json(&body);
    for _ in 0..2 {
        assert_eq!(shop.first_order(&place, as_bob).await, placed());
    }
    for _ in 0..3 {
        assert_eq!(shop.first_order(&place, |request, _| request).await, placed());
    }
    assert_eq!(shop.first_order(&place, |request, _| request).await, too_many_orders(), "the seventh of the address");
}

/// Eight orders use up the bucket of an address. Half of it comes back in half an hour.
#[tokio::test]
async fn counting_an_order_costs_one_write_unit_in_every_part_of_an_hour() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let counting = PlaceOrder { limits: Some(shop.order_limits(8, 0)), ..shop.place_order() };
    let as_account = |request: Request, _| request;
    let of_guest = shop.units_of_first_order(&shop.place_order(), as_guest).await;
    let of_account = shop.units_of_first_order(&shop.place_order(), as_account).await;
    assert!(of_guest > 1 && of_account > 1, "{of_guest}, {of_account}");
    for orders in [4, 2, 4] {
        for order in 0..orders {
            assert_eq!(shop.units_of_first_order(&counting, as_guest).await, of_guest + 1, "{order} of {orders}");
            assert_eq!(shop.units_of_first_order(&counting, as_account).await, of_account + 1, "{order} of {orders}");
        }
        assert_eq!(shop.first_order(&counting, as_guest).await, too_many_orders());
        // Half of the bucket comes back at first, and all of it later.
        shop.clock.advance_seconds(if orders == 4 { 1_800 } else { 7_200 });
    }

    // An account that is older than a day is not counted.
    shop.put_in_cart(&user(1), "a", 1).await;
    let old = counting.handle(&checkout(&user(1)).from_address("203.0.113.1")).await.expect("placed");
    assert_eq!(old.consumption(), Some(format!("{of_account} WRU").as_str()));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_order_that_is_not_placed_is_not_counted() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    // With a unit in each shard, 100 units take more actions than a transaction may have.
    shop.product("b", 100, &[1; 50]).await;
    shop.product("c", 100, &[1; 50]).await;
    let place = PlaceOrder { limits: Some(shop.order_limits(2, 20)), ..shop.place_order() };
    let shopper = UserId::new(shop.clock.now(), &*shop.random);
    for name in ["b", "c"] {
        shop.put_in_cart(&shopper, name, 50).await;
    }
    let request = checkout(&shopper).from_address("203.0.113.1");
    for _ in 0..3 {
        assert_eq!(outcome(&place.handle(&request).await), (409, "order_too_large"));
    }
    for _ in 0..2 {
        assert_eq!(shop.first_order(&place, as_guest).await, placed());
    }
    assert_eq!(shop.first_order(&place, as_guest).await, too_many_orders());
}

/// A guest who logs in takes its unpaid orders along. Those that it paid do not count.
#[tokio::test]
async fn unpaid_orders_of_a_guest_count_for_its_account() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(order_one(&shop, 2).await.expect("placed"));
        // The cart remembers it, because the next checkout would forget it.
        shop.paid_order(&user(2), "a", 1).await;
    }
    let of_guest = open[0].clone();
    shop.account(&user(1), "zoe@example.com", &[user(2)]).await;
    let now = shop.clock.now();
    shop.carts.merge(&user(2), &user(1), CallerKind::Shopper, &shop.inventory, now).await.expect("merged");
    for _ in 0..3 {
        open.push(order_one(&shop, 1).await.expect("placed"));
    }
    let refused = order_one(&shop, 1).await.expect_err("refused");
    assert_eq!((refused.status(), refused.code()), (409, "too_many_unpaid_orders"));
    let mut order_ids: Vec<OrderId> = serde_json::from_str(refused.member("order_ids").expect("ids")).expect("ids");
    order_ids.sort();
    open.sort();
    assert_eq!(order_ids, open);

    shop.apply(&user(2), &of_guest, Event::Cancelled).await;
    assert_eq!(outcome(&shop.place_order().handle(&checkout(&user(1))).await), (201, ""), "one ended");
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn while_orders_cannot_be_counted_they_pass() {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[99]).await;
    let limits = OrderLimits { limits: unavailable_limits(shop.random.clone()), ..shop.order_limits(1, 1) };
    let place = PlaceOrder { limits: Some(limits), ..shop.place_order() };
    let logged = LoggedEvents::start();
    for number in 1..=3 {
        assert_eq!(shop.first_order(&place, as_guest).await, placed());
        assert_eq!(logged.count("rate_limits_unavailable"), number, "each order");
    }
    shop.assert_reconciled().await;
}
