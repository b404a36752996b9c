//! Stock under concurrent orders, payments and cancellations.

use souk_e2e::{Caller, Response, SOON_SECONDS, Shop, checkout, concurrently, eventually, map_concurrently};

/// Few enough for a slow machine; larger loads measure its capacity first (contention.rs).
const ORDER_AT_ONCE: usize = 16;
const SHOPPERS: usize = 50;
const UNITS: u32 = 20;

fn count(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[test]
fn fifty_shoppers_for_twenty_units_place_exactly_twenty_orders() {
    let shop = Shop::open();
    let product = shop.product("19.99", UNITS);
    let shoppers = shop.guests_with(&product, SHOPPERS);
    let answers = map_concurrently(ORDER_AT_ONCE, &shoppers, Caller::try_place);

    for refused in answers.iter().filter(|answer| answer.status != 201) {
        let problem = refused.is_problem(409, "insufficient_stock");
        assert_eq!((problem.text("items.0.product_id"), problem.whole("items.0.available")), (product.id.clone(), 0));
    }
    assert_eq!((count(&answers, 201), count(&answers, 409)), (20, 30));
    assert_eq!(shop.available(&product), 0);
    let placed =
        map_concurrently(ORDER_AT_ONCE, &shoppers, |shopper| shopper.get("/orders").is(200).list("orders").len());
    assert_eq!(placed.iter().sum::<usize>(), 20);
}

#[test]
fn shards_change_during_orders_and_the_history_explains_every_unit() {
    const SHOPPERS: usize = 12;
    let shop = Shop::open();
    let product = shop.product("19.99", 12);
    let shoppers = shop.guests_with(&product, SHOPPERS);
    let path = format!("/admin/inventory/{}", product.id);
    let spread = |shards: u32| {
        let answer = shop.staff().put(&format!("{path}/shards"), format!(r#"{{"shards": {shards}}}"#));
        (answer.status != 503).then(|| assert_eq!(answer.is(200).whole("shards"), i64::from(shards)))
    };
    // As many units as shoppers, so no order may be refused. One more thread is staff.
    let answers = concurrently(SHOPPERS + 1, |n| {
        if let Some(shopper) = shoppers.get(n) {
            return shopper.try_place();
        }
        for shards in [4, 1, 3] {
            spread(shards);
        }
        shop.anyone().get(&format!("/inventory?product_ids={}", product.id))
    });
    for answer in &answers[..SHOPPERS] {
        answer.is(201);
    }
    assert_eq!(shop.available(&product), 0);
    let order_id = answers[0].is(201).text("order_id");
    shoppers[0].call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    eventually(SOON_SECONDS, "the stock is in one shard", || spread(1));
    assert_eq!(shop.available(&product), 1);
    shop.staff().put(&format!("{path}/shards"), r#"{"shards": 65}"#).bad_fields();

    // Held once, released once, and the changes add up to the stock.
    eventually(SOON_SECONDS, "the history is complete", || {
        let history = shop.staff().get(&format!("{path}/history?limit=100")).is(200);
        let changes = history.list("changes");
        let sum: i64 = changes.iter().map(|change| change.whole("delta")).sum();
        let of_order: Vec<i64> = changes
            .iter()
            .filter(|change| change.text("cause.kind") == "order" && change.text("cause.order_id") == order_id)
            .map(|change| change.whole("delta"))
            .collect();
        (sum == 1 && of_order == [1, -1]).then_some(())
    });
}

#[test]
fn a_double_click_places_one_order() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 9), shop.shopper());
    shopper.add(&product, 1);
    let answers =
        concurrently(5, |_| shopper.call("POST", "/orders").header("idempotency-key", "click").json(checkout()).send());
    let mut order_ids: Vec<_> = answers.iter().map(|answer| answer.is(201).text("order_id")).collect();
    order_ids.dedup();
    assert_eq!((order_ids.len(), shop.available(&product)), (1, 8));
}

#[test]
fn concurrent_payments_charge_once() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 9), shop.shopper());
    let order_id = shopper.order(&product, 1);
    let answers = concurrently(5, |_| shopper.pay(&order_id, &shop.success));
    // A request that comes after the payment gets the payment; one that comes during it is refused.
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)));
    let mut payments: Vec<_> =
        answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.is(200).text("payment_id")).collect();
    payments.dedup();
    assert_eq!(payments.len(), 1, "{payments:?}");
    let happened = shopper.order_detail(&order_id).texts("timeline", "event");
    assert_eq!(happened.iter().filter(|event| *event == "paid").count(), 1, "{happened:?}");
}

#[test]
fn concurrent_additions_to_a_cart_are_all_kept() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 99), shop.shopper());
    concurrently(6, |_| shopper.add(&product, 2));
    assert_eq!(shopper.get("/cart").is(200).whole("items.0.quantity"), 12);
}

#[test]
fn concurrent_cancel_and_payment_reconcile_stock_and_money() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 9), shop.shopper());
    let order_id = shopper.order(&product, 2);
    let answers = concurrently(2, |n| match n {
        0 => shopper.pay(&order_id, &shop.success),
        _ => shopper.call("POST", &format!("/orders/{order_id}/cancel")).send(),
    });
    assert!(answers.iter().all(|answer| [200, 202, 409].contains(&answer.status)), "{} {}", answers[0], answers[1]);
    // Whichever request was first: in the end units and money agree.
    eventually(SOON_SECONDS, "order, money and stock are reconciled", || {
        let (order, available) = (shopper.order_detail(&order_id), shop.available(&product));
        match order.text("status").as_str() {
            "paid" => (available == 7).then_some(()),
            "cancelled" => (available == 9 && order.text("payment.status") != "completed").then_some(()),
            "refunded" => (available == 9 && order.minor("refunded_amount") == 200).then_some(()),
            _ => None,
        }
    });
}
