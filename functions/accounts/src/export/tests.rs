use serde_json::{Value, json};
use souk_domain::contact::Contact;
use souk_domain::order::{Event, NewOrder, ProviderMethod, ProviderOutcome};
use souk_domain::permission::{Permission, Permissions};
use souk_domain::quantity::Quantity;
use souk_runtime::http::Endpoint;
use souk_store::{GuestLinkOutcome, Inventory, OrderPlacement, PlacementOutcome};
use souk_testkit::{sku, user};

use super::*;
use crate::admin_export_account::AdminExportAccount;
use crate::export_account::ExportAccount;
use crate::fixture::outcome;
use crate::staff_fixture::Staff;

fn export(shop: &Staff) -> AccountExport {
    let stores = &shop.stores;
    AccountExport {
        accounts: stores.accounts.clone(),
        credentials: stores.credentials.clone(),
        grants: stores.staff_grants.clone(),
        sessions: stores.sessions.clone(),
        carts: stores.carts.clone(),
        store_credit: stores.store_credit.clone(),
        orders: ShopperOrders::new(stores.orders.clone(), stores.accounts.clone()),
        currency: Currency::USD,
        clock: shop.clock.clone(),
    }
}

fn order(shop: &Staff, owner: u32, address: &str) -> Order {
    let line = souk_domain::order::OrderLine {
        product_id: sku("a"),
        name: "HP 80".to_owned(),
        unit_price_minor: 1_250,
        quantity: Quantity::new(2).expect("two"),
        allocation: Vec::new(),
    };
    let new = NewOrder {
        user_id: user(owner),
        order_id: OrderId::new(shop.clock.now(), &*shop.random),
        payment_method: souk_domain::order::PaymentMethod::Paypal,
        currency: Currency::USD,
        lines: vec![line],
        shipping_address: serde_json::from_value(json!(address)).expect("an address"),
        contact: Some(Contact::of("ann@example.com".parse().expect("an address"))),
        hold_seconds: 900,
    };
    Order::place(new, shop.clock.now()).expect("an order")
}

impl Staff {
    /// Stores an order, with an empty cart.
    async fn store(&self, order: &Order) {
        let cart = self.stores.carts.get(&order.user_id).await.expect("read");
        let (carts, inventory): (&Carts, &Inventory) = (&self.stores.carts, &self.stores.inventory);
        let placement = OrderPlacement { order, cart: &cart, carts, inventory, attempt: 0 };
        let placed = self.stores.orders.place(placement).await.expect("answered");
        assert!(matches!(placed, PlacementOutcome::Placed { .. }), "{placed:?}");
    }

    /// Account 2, who was guest 3.
    async fn shopper(&self) {
        self.account(2, "bob@example.com").await;
        let linked = self.stores.accounts.add_guest(&user(2), &user(3)).await.expect("linked");
        assert_eq!(linked, GuestLinkOutcome::Linked);
    }
}

fn get() -> Request {
    Request::new("GET", "/account/export").from_user(user(2))
}

fn paid(order: &Order, now: Timestamp) -> Order {
    let start = Event::PaymentStarted {
        method: ProviderMethod::Paypal,
        token: "tok_secret".to_owned(),
        request: None,
        general_decline: false,
    };
    let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 2_500 };
    let started = order.apply(start, now).expect("started");
    started.apply(Event::PaymentSettled { attempt: 0, outcome: captured }, now).expect("paid")
}

#[tokio::test]
async fn everything_is_exported_but_secrets() {
    let shop = Staff::with_administrator().await;
    shop.shopper().await;
    let account = shop.stores.accounts.get(&user(2)).await.expect("read").expect("an account");
    shop.grant(&account, &[Role::Support], None).await;
    shop.session(2, 21).await;
    shop.store(&paid(&order(&shop, 2, "1 Main St"), shop.clock.now())).await;
    shop.clock.advance_seconds(1);
    shop.store(&order(&shop, 3, "2 Side St")).await;
    shop.store(&order(&shop, 4, "of somebody else")).await;
    souk_fixtures::put_in_cart(&shop.stores.carts, &user(2), &sku("b"), 3).await;

    let reply = ExportAccount { export: export(&shop) }.handle(&get()).await.expect("exported");
    let page = reply.body_json();
    assert_eq!(page["account"]["email"], json!("bob@example.com"));
    assert_eq!(page["account"]["guest_ids"], json!([user(3)]));
    assert_eq!(page["second_factor"], json!({"enabled": false, "recovery_codes_left": 0}));
    assert_eq!(page["staff"]["roles"], json!(["support"]));
    assert_eq!(
        (page["sessions"].as_array().map(Vec::len), &page["sessions"][0]["device"]),
        (Some(1), &json!("Firefox"))
    );
    assert_eq!(page["cart"], json!([{"product_id": "b", "quantity": 3}]));
    assert!(reply.body().contains(r#""store_credit":{"amount":0.00,"currency":"USD"}"#), "{}", reply.body());
    let orders = page["orders"].as_array().expect("orders");
    let seen: Vec<_> = orders.iter().map(|order| (&order["user_id"], &order["shipping_address"])).collect();
    let (own, of_guest) = (json!(user(2)), json!(user(3)));
    assert_eq!(seen, [(&of_guest, &json!("2 Side St")), (&own, &json!("1 Main St"))], "newest first");
    assert_eq!(orders[1]["contact"], json!({"email": "ann@example.com"}));
    assert_eq!(orders[1]["payments"][0]["payment_id"], json!("pay_1"));
    assert!(reply.body().contains(r#""paid_amount":25.00"#) && page["next_cursor"].is_null());
    for secret in ["password", "hash", "secret", "tok_", "allocation", "version"] {
        assert!(!reply.body().contains(secret), "{secret} in {}", reply.body());
    }

    let staff = |permission| {
        let path = Request::new("GET", "/admin/accounts").with_path("user_id", user(2).as_str());
        path.from_caller(user(1), CallerKind::Shopper, Permissions::of(&[permission]))
    };
    let endpoint = AdminExportAccount { export: export(&shop) };
    let for_staff = endpoint.handle(&staff(Permission::AccountsRead)).await.expect("exported");
    assert_eq!(for_staff.body_json(), page, "staff see the same");
    assert_eq!(outcome(&endpoint.handle(&staff(Permission::OrdersRead)).await), (403, "forbidden"));
}

#[tokio::test]
async fn guests_and_unknown_accounts_are_not_exported() {
    let shop = Staff::with_administrator().await;
    let own = ExportAccount { export: export(&shop) };
    assert_eq!(outcome(&own.handle(&get()).await), (401, "session_ended"));
    assert_eq!(outcome(&own.handle(&get().from_guest(user(2))).await), (403, "verified_account_required"));
    let endpoint = AdminExportAccount { export: export(&shop) };
    let of = |id: &str| Request::new("GET", "/admin/accounts").with_path("user_id", id).from_staff(user(1));
    for id in [user(2).as_str(), "bob"] {
        assert_eq!(outcome(&endpoint.handle(&of(id)).await), (404, "not_found"), "{id}");
    }
}

#[tokio::test]
async fn orders_come_in_pages() {
    let shop = Staff::start().await;
    shop.shopper().await;
    let mut ids = Vec::new();
    for number in 0..103 {
        shop.clock.advance_seconds(1);
        let order = order(&shop, 2 + number % 2, "1 Main St");
        shop.store(&order).await;
        ids.insert(0, order.order_id.to_string());
    }
    let endpoint = ExportAccount { export: export(&shop) };
    let first = endpoint.handle(&get()).await.expect("exported").body_json();
    let cursor = first["next_cursor"].as_str().expect("more");
    let second = endpoint.handle(&get().with_query("cursor", cursor)).await.expect("exported").body_json();
    let exported: Vec<_> = [&first, &second].into_iter().flat_map(order_ids).collect();
    assert_eq!((exported, &second["next_cursor"], &second["account"]), (ids, &Value::Null, &first["account"]));
    assert_eq!(outcome(&endpoint.handle(&get().with_query("cursor", "x")).await), (422, "invalid_fields"));
}

fn order_ids(page: &Value) -> Vec<String> {
    let orders = page["orders"].as_array().expect("orders").iter();
    orders.map(|order| order["order_id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_page_is_cut_at_its_size_and_goes_on_after_its_last_order() {
    let shop = Staff::start().await;
    let orders: Vec<_> = (0..4).map(|_| order(&shop, 2, &"\"".repeat(400))).collect();
    let size = sent_bytes(to_raw_value(&ExportedOrder::of(&orders[0]).expect("exported")).expect("JSON").get());
    assert!(size > 4 * 400, "each of the quotes is four bytes: {size}");
    let end: OrderId = orders[3].order_id.clone();
    let page = OrderPage { orders, next: Some(end) };
    for (max_bytes, expected) in [(0, 1), (size * 2, 2), (size * 3 - 1, 2), (size * 4, 4), (size * 9, 4)] {
        let (exported, next) = fitting(&page, max_bytes).expect("exported");
        assert_eq!((exported.len(), next), (expected, Some(&page.orders[expected - 1].order_id)), "{max_bytes}");
    }
    let last = OrderPage { next: None, ..page };
    let (exported, next) = fitting(&last, size * 4).expect("exported");
    assert_eq!((exported.len(), next), (4, None));
}
