//! A shopper's way through the shop, from browsing to the refund.

use serde_json::json;
use souk_e2e::{CATEGORY_ID, Kind, SOON_SECONDS, Shop, checkout, credentials, eventually, fresh_email};

/// `check-payment` asks for the outcome of an unanswered payment after 30 seconds.
const PAYMENT_CHECK_SECONDS: u64 = 30 + SOON_SECONDS;

#[test]
fn a_shopper_buys_cancels_and_is_refunded_and_the_stock_is_released() {
    let shop = Shop::open();
    let product = shop.product("12.50", 7);

    let account = credentials(&fresh_email());
    let registered = shop.anyone().post("/auth/register", &account).is(201);
    let login = shop.anyone().post("/auth/login", &account).is(200);
    assert_eq!(registered.text("user_id"), login.text("user_id"));
    let shopper = shop.anyone().with_token(login.text("token"));

    let browsed = shopper.get(&format!("/products?category_id={CATEGORY_ID}&limit=5")).is(200);
    assert!(!browsed.list("products").is_empty());
    let found = eventually(SOON_SECONDS, "search finds the product", || {
        let found = shopper.get(&format!("/products?search={}", product.word)).is(200);
        found.list("products").into_iter().find(|hit| hit.text("id") == product.id)
    });
    assert_eq!((found.minor("price"), found.whole("stock_quantity")), (1_250, 7));

    let cart = shopper.add(&product, 2);
    assert_eq!((cart.minor("cart.total_amount"), cart.text("cart.items.0.available").as_str()), (2_500, "true"));

    let placed = shopper.post("/orders", checkout()).is(201);
    let order_id = placed.text("order_id");
    assert_eq!((placed.minor("total_amount"), placed.text("status").as_str()), (2_500, "pending_payment"));
    assert!(shopper.get("/cart").is(200).list("items").is_empty());
    assert_eq!(shop.available(&product), 5);

    let paid = shopper.pay(&order_id, &shop.success).is(200);
    assert_eq!(paid.text("status"), "completed");

    let history = shopper.get("/orders").is(200);
    assert_eq!(history.texts("orders", "order_id"), [order_id.as_str()]);
    let order = shopper.order_detail(&order_id);
    assert_eq!((order.text("status").as_str(), order.text("payment.payment_id")), ("paid", paid.text("payment_id")));
    assert_eq!(order.texts("timeline", "event"), ["placed", "payment_started", "paid"]);
    assert_eq!((order.text("lines.0.product_id"), order.minor("lines.0.line_total")), (product.id.clone(), 2_500));

    let cancelled = shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    assert!(["cancelled", "refunded"].contains(&cancelled.text("status").as_str()), "{cancelled}");
    let refunded = eventually(SOON_SECONDS, "the order is refunded", || {
        let order = shopper.order_detail(&order_id);
        (order.text("status") == "refunded").then_some(order)
    });
    assert_eq!((refunded.minor("refunded_amount"), refunded.text("payment.status").as_str()), (2_500, "refunded"));
    let events = ["placed", "payment_started", "paid", "cancelled", "refund_due", "refunded"];
    let happened = refunded.texts("timeline", "event");
    assert!(events.iter().all(|event| happened.iter().any(|known| known == event)), "{happened:?}");
    assert_eq!(shop.available(&product), 7);

    // Cancelling twice is no error and releases the stock once.
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    assert_eq!(shop.available(&product), 7);
}

#[test]
fn an_unpaid_order_that_is_cancelled_releases_its_stock_immediately() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("3.00", 4), shop.shopper());
    let order_id = shopper.order(&product, 3);
    assert_eq!(shop.available(&product), 1);
    let order = shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    assert_eq!((order.text("status").as_str(), order.text("payment.status").as_str()), ("cancelled", "none"));
    assert_eq!(shop.available(&product), 4);
    shopper.pay(&order_id, &shop.success).is_problem(409, "not_payable");
}

#[test]
fn a_payment_whose_answer_was_lost_is_settled_and_charged_once() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("3.00", 4), shop.shopper());
    let order_id = shopper.order(&product, 1);
    let unknown = shopper.pay(&order_id, "sandbox_timeout_after_charge").is(202);
    assert_eq!(unknown.text("status"), "processing");
    shopper.pay(&order_id, &shop.success).is_problem(409, "payment_in_progress");
    let order = eventually(PAYMENT_CHECK_SECONDS, "the payment is settled", || {
        let order = shopper.order_detail(&order_id);
        (order.text("status") == "paid").then_some(order)
    });
    assert_eq!(order.texts("timeline", "event"), ["placed", "payment_started", "paid"]);
    assert_eq!(shop.available(&product), 3);
}

#[test]
fn a_payment_that_requires_action_has_an_action_url() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("3.00", 4), shop.shopper());
    let order_id = shopper.order(&product, 1);
    let answer = shopper.pay(&order_id, "sandbox_requires_action").is(202);
    assert_eq!(answer.text("status"), "requires_action");
    assert!(answer.text("action_url").starts_with("https://"));
    assert_eq!(shopper.order_detail(&order_id).text("payment.status"), "requires_action");
    shopper.pay(&order_id, &shop.success).is(200);
}

#[test]
fn order_history_is_newest_first_in_pages_and_private() {
    let shop = Shop::open();
    let (product, shopper, other) = (shop.product("1.00", 9), shop.shopper(), shop.shopper());
    other.order(&product, 1);
    let mut placed: Vec<String> = (0..3).map(|_| shopper.order(&product, 1)).collect();
    placed.reverse();
    let first = shopper.get("/orders?limit=2").is(200);
    assert_eq!(first.texts("orders", "order_id"), placed[..2]);
    let rest = shopper.get(&format!("/orders?limit=2&cursor={}", first.text("next_cursor"))).is(200);
    assert_eq!((rest.texts("orders", "order_id"), rest.text("next_cursor").as_str()), (placed[2..].to_vec(), "null"));
}

#[test]
fn an_order_keeps_its_name_and_price() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 9), shop.shopper());
    let order_id = shopper.order(&product, 2);
    shop.put_product(&product, "99.00");
    let order = shopper.order_detail(&order_id);
    assert_eq!((order.minor("lines.0.price"), order.minor("total_amount")), (1_000, 2_000));
    shopper.pay(&order_id, &shop.success).is(200);
}

#[test]
fn a_structured_address_is_shown_as_it_was_sent() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 9), shop.shopper());
    shopper.add(&product, 1);
    let address = json!({"name": "Ada Example", "line1": "1 Main Street", "city": "Springfield", "country": "US"});
    let contact = json!({"email": "Ada@Souk.Example", "phone": "+1 217 555 0100"});
    let body = json!({"payment_method": "paypal", "shipping_address": address, "contact": contact});
    let order = shopper.order_detail(&shopper.post("/orders", body).is(201).text("order_id"));
    assert_eq!(
        (order.text("shipping_address.city").as_str(), order.text("payment.method").as_str()),
        ("Springfield", "paypal")
    );
    assert_eq!(
        (order.text("contact.email").as_str(), order.text("contact.phone").as_str()),
        ("ada@souk.example", "+1 217 555 0100")
    );
}

#[test]
fn a_guest_finds_the_order_again_by_its_link_and_nobody_else_finds_it() {
    let shop = Shop::open();
    let (product, guest) = (shop.product("10.00", 9), shop.guest());
    let order_id = guest.order(&product, 1);
    guest.pay(&order_id, &shop.success).is(200);
    let path = format!("/orders/{order_id}/link");
    shop.guest().post(&path, "{}").is_problem(404, "not_found");
    let link = guest.post(&path, "{}").is(201);
    link.has(&[("token", Kind::Text), ("expires_at", Kind::Text)]);

    let token = link.text("token");
    let answer = shop.anyone().get(&format!("/order-links/{token}"));
    let shown = answer.is(200);
    assert_eq!((shown.text("order_id"), shown.text("status").as_str()), (order_id.clone(), "paid"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.body.contains("payment_id") && !answer.body.contains("user_id"), "{answer}");
    let mut last = token.clone();
    let changed = if last.pop() == Some('A') { 'Q' } else { 'A' };
    last.push(changed);
    for wrong in [last.as_str(), &token[1..], order_id.as_str()] {
        shop.anyone().get(&format!("/order-links/{wrong}")).is_problem(404, "not_found");
    }
}

#[test]
fn an_account_may_leave_its_contact_out() {
    let shop = Shop::open();
    let (product, account) = (shop.product("10.00", 9), shop.account());
    account.add(&product, 1);
    let body = json!({"payment_method": "paypal", "shipping_address": "1 Main St"});
    let order = account.order_detail(&account.post("/orders", body).is(201).text("order_id"));
    assert!(order.text("contact.email").ends_with("@souk.example"), "{order}");
}
