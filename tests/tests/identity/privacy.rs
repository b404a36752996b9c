//! The data of an account is exported, and erased with the account, except for paid orders.

use serde_json::json;
use souk_e2e::{Caller, Json, PASSWORD, Product, SOON_SECONDS, Session, Shop, eventually, unique_word};

use crate::people::{OTHER_PASSWORD, is_empty, log_in, refresh};

/// Parts of hashes and of secrets, which are in no export.
const SECRETS: [&str; 6] = ["argon2", "password", "secret", "hash", "\"totp\"", "token"];

fn export_of_staff(shop: &'static Shop, user_id: &str) -> Json {
    let support = shop.staff_with(&["support"]);
    support.get(&format!("/admin/accounts/{user_id}/export")).is(200)
}

#[test]
fn an_export_has_everything_but_secrets() {
    let shop = Shop::open();
    let (product, account, guest) = (shop.product("1.00", 9), shop.verified(), shop.guest_session());
    let as_guest = guest.caller.order(&product, 1);
    let mut body = souk_e2e::credentials(&account.email);
    body["guest_refresh_token"] = json!(guest.refresh_token);
    shop.anyone().post("/auth/login", body).is(200);
    let own = account.caller.order(&product, 2);
    account.caller.add(&product, 3);
    let factor = account.enrol();

    let export = account.caller.get("/account/export").is(200);
    assert_eq!(
        (export.text("account.user_id"), export.text("account.email")),
        (account.user_id.clone(), account.email.clone())
    );
    assert_eq!(export.text("account.guest_ids.0"), guest.user_id);
    assert_eq!(
        (export.text("second_factor.enabled").as_str(), export.whole("second_factor.recovery_codes_left")),
        ("true", 10)
    );
    assert_eq!(export.whole("cart.0.quantity"), 3);
    assert!(!export.list("sessions").is_empty());
    assert_eq!(export.texts("orders", "order_id"), [own, as_guest]);
    assert!(export.raw().contains("1 Main Street, Springfield") && export.raw().contains("ann@souk.example"));
    let lower = export.raw().to_lowercase();
    for secret in SECRETS {
        assert!(!lower.contains(secret), "{secret} in {export}");
    }
    for code in &factor.recovery_codes {
        assert!(!lower.contains(&code.to_lowercase()));
    }
    // The same for staff who may read accounts. Other callers are refused.
    let of_staff = export_of_staff(shop, &account.user_id);
    assert_eq!(of_staff.texts("orders", "order_id"), export.texts("orders", "order_id"));
    let path = format!("/admin/accounts/{}/export", account.user_id);
    shop.staff_with(&["orders"]).get(&path).is_problem(403, "forbidden");
    account.caller.get(&path).is_problem(403, "forbidden");
}

/// An account with two sessions, a cart, an order that is paid, and one that is not.
struct Shopper {
    account: Session,
    other: Session,
    product: Product,
    paid: String,
    /// A link to the order that is paid.
    paid_link: String,
    /// A link to the order that is not paid.
    unpaid_link: String,
}

impl Shopper {
    fn new(shop: &'static Shop) -> Self {
        let (product, account) = (shop.product("1.00", 9), shop.verified());
        let paid = shop.paid_order(&account.caller, &product, 1);
        let paid_link = link_to(&account.caller, &paid);
        let unpaid_link = link_to(&account.caller, &account.caller.order(&product, 2));
        account.caller.add(&product, 3);
        let other = shop.log_in(&account.email, None);
        Self { account, other, product, paid, paid_link, unpaid_link }
    }
}

/// Delivers the last message of the erasure queue, which comes 16 minutes after the deletion: until then the last access
/// token of the account may still place an order.
fn erase(shop: &'static Shop, user_id: &str) {
    let message = json!({"type": "erase_orders", "user_id": user_id, "guest_ids": []}).to_string();
    let record = json!({"messageId": unique_word(), "eventSource": "aws:sqs", "body": message});
    let outcome = shop.invoke_until_available("erase-orders", &json!({"Records": [record]}));
    assert!(outcome.list("batchItemFailures").is_empty(), "{outcome}");
}

/// A link to an order.
fn link_to(caller: &Caller, order_id: &str) -> String {
    let link = caller.post(&format!("/orders/{order_id}/link"), "{}").is(201);
    format!("/order-links/{}", link.text("token"))
}

/// Whether an order has contact and address.
fn names_a_person(order: &Json) -> bool {
    let has = ["1 Main Street, Springfield", "ann@souk.example"].map(|text| order.raw().contains(text));
    assert_eq!(has[0], has[1], "{order}");
    has[0]
}

/// All data of a deleted account is erased, except for the paid order.
fn is_erased(shop: &'static Shop, shopper: &Shopper) {
    let Shopper { account, other, product, paid, paid_link, unpaid_link } = shopper;
    for session in [account, other] {
        session.caller.get("/account").is_problem(401, "session_ended");
        refresh(shop, &session.refresh_token).is_problem(401, "refresh_token_invalid");
    }
    log_in(shop, &account.email, PASSWORD).is_problem(401, "invalid_credentials");
    let read = |link: &str| shop.anyone().get(link).is(200);
    for (link, status) in [(unpaid_link, "cancelled"), (paid_link, "paid")] {
        let order = eventually(SOON_SECONDS, "the link shows no person", || {
            Some(read(link)).filter(|order| !names_a_person(order))
        });
        assert_eq!(order.text("status"), status);
    }
    // Carts and orders do not check the session. What the last access token still orders is erased later. It makes no link.
    let late = account.caller.order(product, 2);
    assert!(names_a_person(&account.caller.order_detail(&late)));
    account.caller.post(&format!("/orders/{late}/link"), "{}").is_problem(401, "session_ended");
    account.caller.add(product, 1);
    erase(shop, &account.user_id);
    let late = account.caller.order_detail(&late);
    assert!(!names_a_person(&late) && late.text("status") == "cancelled");
    let kept = shop.staff().get(&format!("/admin/orders/{paid}")).is(200);
    assert!(names_a_person(&kept) && kept.text("status") == "paid", "{kept}");
    // It can still be shipped.
    shop.order_action(paid, "ship", souk_e2e::shipment()).is(200);
    assert!(account.caller.get("/cart").is(200).list("items").is_empty());
    // The address is free, and the new account sees nothing of the old one.
    let again = shop.verify_again(&account.email);
    assert_ne!(again.user_id, account.user_id);
    assert!(again.caller.get("/orders").is(200).list("orders").is_empty());
}

#[test]
fn a_deleted_account_ends_at_once_and_its_paid_orders_are_kept() {
    let shop = Shop::open();
    let shopper = Shopper::new(shop);
    let account = &shopper.account;
    let delete = |password: &str| account.caller.call("DELETE", "/account").json(json!({"password": password})).send();
    delete(OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    account.caller.get("/account").is(200);
    is_empty(&delete(PASSWORD), 204);
    is_erased(shop, &shopper);
    shop.staff().get(&format!("/admin/accounts/{}/export", account.user_id)).is_problem(404, "not_found");
}

#[test]
fn staff_delete_an_account_for_its_owner() {
    let shop = Shop::open();
    let shopper = Shopper::new(shop);
    let account = &shopper.account;
    let path = format!("/admin/accounts/{}", account.user_id);
    shop.staff_with(&["support"]).delete(&path).is_problem(403, "forbidden");
    is_empty(&shop.staff().delete(&path), 204);
    shop.staff().delete(&path).is_problem(404, "not_found");
    is_erased(shop, &shopper);
}

#[test]
fn a_deletion_needs_the_second_factor_and_a_deleted_member_of_staff_has_no_roles() {
    let shop = Shop::open();
    let account = shop.verified();
    let mut factor = account.enrol();
    shop.grant(&account.user_id, &["support"]);
    let session = shop.log_in(&account.email, Some(&mut factor));
    session.caller.get("/admin/orders?status=paid").is(200);
    let delete = |body: serde_json::Value| session.caller.call("DELETE", "/account").json(body).send();
    delete(json!({"password": PASSWORD})).is_problem(401, "second_factor_required");
    delete(json!({"password": PASSWORD, "code": "000000"})).is_problem(401, "invalid_code");
    is_empty(&delete(json!({"password": PASSWORD, "code": factor.recovery_codes[0]})), 204);
    session.caller.get("/admin/orders?status=paid").is_problem(401, "session_ended");
    let staff = shop.staff().get("/admin/staff").is(200);
    assert!(!staff.texts("staff", "user_id").contains(&account.user_id));
    // A new account of the address inherits nothing.
    let again = shop.verify_again(&account.email);
    again.caller.get("/admin/orders?status=paid").is_problem(403, "forbidden");
}
