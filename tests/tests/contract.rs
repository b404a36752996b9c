//! The HTTP contract: the calls of the product's specification answer exactly as specified; other responses have the
//! members that clients rely on.

use souk_e2e::{Kind, Shop, checkout, credentials, fresh_email};

#[test]
fn register_and_login_return_a_token_and_the_user() {
    let shop = Shop::open();
    let account = credentials(&fresh_email());
    let members =
        [("token", Kind::Text), ("user_id", Kind::Text), ("refresh_token", Kind::Text), ("expires_in", Kind::Number)];
    shop.anyone().post("/auth/register", &account).is(201).has(&members);
    let answer = shop.anyone().post("/auth/login", &account);
    let login = answer.is(200);
    login.has(&members);
    assert!(login.whole("expires_in") > 0);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
}

#[test]
fn lists_of_products_have_id_name_price_stock_and_the_total() {
    let shop = Shop::open();
    shop.product("12.50", 3);
    for query in ["", "?page=1&limit=3", "?search=cable&page=1&limit=5", "?category_id=test-goods&limit=5"] {
        let page = shop.anyone().get(&format!("/products{query}")).is(200);
        let products = page.list("products");
        assert!(page.whole("total") >= i64::try_from(products.len()).expect("few"), "{query}: {page}");
        for product in products {
            product.has(&[("id", Kind::Text), ("name", Kind::Text), ("price", Kind::Number)]);
            product.has(&[("sku", Kind::Text), ("currency", Kind::Text)]);
            assert!(product.minor("price") >= 0 && product.whole("stock_quantity") >= 0, "{product}");
        }
    }
}

#[test]
fn one_product_shows_price_and_stock() {
    let shop = Shop::open();
    let product = shop.product("1250.00", 3);
    let shown = shop.anyone().get(&format!("/products/{}", product.id)).is(200);
    assert_eq!((shown.text("id"), shown.text("price").as_str()), (product.id, "1250.00"));
    assert_eq!((shown.whole("stock_quantity"), shown.text("currency").as_str()), (3, "USD"));
    shown.has(&[("name", Kind::Text), ("brand", Kind::Text), ("sku", Kind::Text)]);
}

#[test]
fn an_added_item_is_confirmed_as_specified() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("699.99", 3), shop.shopper());
    let added = shopper.add(&product, 2);
    assert_eq!(added.text("message"), "Item added");
    let cart = shopper.get("/cart").is(200);
    assert_eq!(cart.raw(), added.at("cart").expect("the cart").raw());
    cart.has(&[("items.0.name", Kind::Text), ("items.0.available", Kind::Flag), ("currency", Kind::Text)]);
    assert_eq!((cart.text("items.0.product_id"), cart.whole("items.0.quantity")), (product.id, 2));
    assert_eq!((cart.text("items.0.price").as_str(), cart.text("items.0.line_total").as_str()), ("699.99", "1399.98"));
    assert_eq!(cart.text("total_amount"), "1399.98");
}

#[test]
fn a_placed_order_returns_its_id_and_total() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("0.10", 30), shop.shopper());
    shopper.add(&product, 3);
    let placed = shopper.post("/orders", checkout()).is(201);
    placed.has(&[("order_id", Kind::Text), ("total_amount", Kind::Number), ("hold_expires_at", Kind::Text)]);
    // 0.1 * 3 is not 0.30 as a float.
    assert_eq!((placed.text("total_amount").as_str(), placed.text("currency").as_str()), ("0.30", "USD"));
    assert_eq!(placed.text("status"), "pending_payment");
}

#[test]
fn a_completed_payment_returns_its_id_and_status() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 3), shop.shopper());
    let order_id = shopper.order(&product, 1);
    let paid = shopper.pay(&order_id, &shop.success).is(200);
    assert_eq!((paid.kind("payment_id"), paid.text("status").as_str()), (Kind::Text, "completed"));
}

#[test]
fn orders_show_what_clients_rely_on() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 3), shop.shopper());
    let order_id = shopper.order(&product, 1);
    let list = shopper.get("/orders").is(200);
    list.has(&[("orders.0.order_id", Kind::Text), ("orders.0.status", Kind::Text), ("next_cursor", Kind::Null)]);
    assert_eq!(list.text("orders.0.total_amount"), "5.00");
    let order = shopper.order_detail(&order_id);
    order.has(&[
        ("status", Kind::Text),
        ("currency", Kind::Text),
        ("lines.0.name", Kind::Text),
        ("lines.0.quantity", Kind::Number),
        ("shipping_address", Kind::Text),
        ("payment.method", Kind::Text),
        ("payment.status", Kind::Text),
        ("timeline.0.at", Kind::Text),
        ("timeline.0.event", Kind::Text),
        ("placed_at", Kind::Text),
        ("hold_expires_at", Kind::Text),
    ]);
    assert_eq!((order.text("lines.0.price").as_str(), order.text("refunded_amount").as_str()), ("5.00", "0.00"));
}

#[test]
fn a_cart_is_changed_and_emptied() {
    let shop = Shop::open();
    let (one, two, shopper) = (shop.product("1.05", 3), shop.product("2.00", 3), shop.shopper());
    shopper.add(&one, 1);
    shopper.add(&two, 1);
    let cart = shopper.patch(&format!("/cart/items/{}", one.id), r#"{"quantity": 3}"#).is(200);
    assert_eq!(cart.text("total_amount"), "5.15");
    for _ in 0..2 {
        let cart = shopper.delete(&format!("/cart/items/{}", two.id)).is(200);
        assert_eq!(cart.texts("items", "product_id"), [one.id.as_str()]);
    }
    for _ in 0..2 {
        let cart = shopper.delete("/cart").is(200);
        assert_eq!((cart.list("items").len(), cart.text("total_amount").as_str()), (0, "0.00"));
    }
}

#[test]
fn a_cart_accepts_more_than_the_stock_and_marks_the_line_unavailable() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 2), shop.shopper());
    assert_eq!(shopper.add(&product, 2).text("cart.items.0.available"), "true");
    let cart = shopper.add(&product, 1);
    assert_eq!((cart.text("cart.items.0.available").as_str(), cart.whole("cart.items.0.stock_quantity")), ("false", 2));
}
