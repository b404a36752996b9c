//! Guests: orders with a contact, and the merge of a guest into an account.

use serde_json::{Value, json};
use souk_e2e::{
    Call, Caller, PASSWORD, Product, Response, SOON_SECONDS, Session, Shop, checkout, concurrently, credentials,
    eventually, fresh_email, unique_word,
};

use crate::people::{confirm, is_empty, refresh};

/// The largest quantity of a line in a cart.
const MAX_QUANTITY: i64 = 9_999;

/// A log-in or a registration that brings a guest along.
fn bringing(email: &str, guest: &str) -> Value {
    let mut body = credentials(email);
    body["guest_refresh_token"] = json!(guest);
    body
}

fn log_in_with_guest(shop: &'static Shop, email: &str, guest: &str) -> Response {
    shop.anyone().post("/auth/login", bringing(email, guest))
}

/// Product ids and quantities in a cart.
fn lines(caller: &Caller) -> Vec<(String, i64)> {
    let cart = caller.get("/cart").is(200);
    cart.list("items").iter().map(|line| (line.text("product_id"), line.whole("quantity"))).collect()
}

fn quantity(caller: &Caller, product: &Product) -> i64 {
    lines(caller).into_iter().find(|(id, _)| *id == product.id).map_or(0, |(_, quantity)| quantity)
}

#[test]
fn a_guest_orders_with_a_contact_that_staff_see() {
    let shop = Shop::open();
    let (product, guest) = (shop.product("10.00", 9), shop.guest());
    guest.add(&product, 2);
    let mut body = checkout();
    body.as_object_mut().expect("an object").remove("contact");
    assert_eq!(guest.post_with_key("/orders", &body).bad_fields(), ["contact"]);
    body["contact"] = json!({"email": "Bea@B\u{fc}cher.example", "phone": "+1 217 555 0100"});
    // The document has the format `email`, which is ASCII only.
    let place = guest.call("POST", "/orders").json(&body).undeclared();
    let order_id = place.send().is(201).text("order_id");
    guest.pay(&order_id, &shop.success).is(200);
    let seen = eventually(SOON_SECONDS, "staff can read the order", || {
        let answer = shop.staff().get(&format!("/admin/orders/{order_id}"));
        (answer.status == 200).then(|| answer.is(200))
    });
    assert_eq!(seen.text("contact.email"), "bea@xn--bcher-kva.example");
    assert_eq!(seen.text("contact.phone"), "+1 217 555 0100");
}

#[test]
fn changed_links_are_not_found() {
    let shop = Shop::open();
    let (product, guest) = (shop.product("10.00", 9), shop.guest());
    let order_id = guest.order(&product, 1);
    let token = guest.post(&format!("/orders/{order_id}/link"), "{}").is(201).text("token");
    let nothing = |token: &str| {
        let problem = shop.anyone().get(&format!("/order-links/{token}")).is_problem(404, "not_found");
        (problem.text("title"), problem.text("detail"))
    };
    let expected = nothing("x");
    // A bit of the owner, of the order, of the end, and of the code.
    for at in [4, 26, 44, 50] {
        let letter = if &token[at..=at] == "A" { "B" } else { "A" };
        let mut changed = token.clone();
        changed.replace_range(at..=at, letter);
        assert_eq!(nothing(&changed), expected, "letter {at}");
    }
    assert_eq!(nothing(&format!("{token}A")), expected);
    // It only shows this order, and is not accepted in place of another token.
    shop.anyone().with_token(token.as_str()).get("/orders").is_problem(401, "token_invalid");
}

#[test]
fn a_guest_whose_session_has_ended_does_not_pay() {
    let shop = Shop::open();
    let (product, guest) = (shop.product("1.00", 5), shop.guest_session());
    let order_id = guest.caller.order(&product, 1);
    is_empty(&shop.anyone().post("/auth/logout", json!({"refresh_token": guest.refresh_token})), 204);
    guest.caller.pay(&order_id, &shop.success).is_problem(401, "session_ended");
    // A link works for 90 days, so a token that was logged out makes none.
    guest.caller.post(&format!("/orders/{order_id}/link"), "{}").is_problem(401, "session_ended");
}

/// The guest's id has no store credit that anybody could spend: that of its account counts.
#[test]
fn store_credit_for_the_order_of_a_guest_goes_to_its_account() {
    let shop = Shop::open();
    let (product, account, guest) = (shop.product("10.00", 9), shop.verified(), shop.guest_session());
    let order_id = shop.delivered_order(&guest.caller, &product, 1);
    let unpaid = guest.caller.order(&product, 1);
    let by_credit = r#"{"payment_method": "store_credit"}"#;
    let credit = r#"{"amount": 10.00, "refund_to": "store_credit", "reason": "late"}"#;
    shop.order_action(&order_id, "refunds", credit).is_problem(409, "store_credit_unavailable");
    let pay = format!("/orders/{unpaid}/pay");
    guest.caller.post(&pay, by_credit).is_problem(409, "store_credit_unavailable");
    assert!(guest.caller.order_detail(&order_id).list("refunds").is_empty());

    log_in_with_guest(shop, &account.email, &guest.refresh_token).is(200);
    shop.order_action(&order_id, "refunds", credit).is(201);
    account.caller.wait_for_status(&order_id, "refunded");
    let balance = || account.caller.get("/account/export").is(200).text("store_credit.amount");
    assert_eq!(balance(), "10.00");
    // It pays what the account ordered as a guest, and comes back when that is cancelled.
    account.caller.post(&pay, by_credit).is(200);
    assert_eq!(balance(), "0.00");
    account.caller.call("POST", &format!("/orders/{unpaid}/cancel")).send().is(200);
    account.caller.wait_for_status(&unpaid, "refunded");
    assert_eq!(balance(), "10.00");
}

#[test]
fn a_log_in_merges_the_cart_up_to_the_stock_and_a_retry_adds_nothing() {
    let shop = Shop::open();
    let [plenty, scarce, short, none] = [9, 3, 2, 0].map(|stock| shop.product("1.00", stock));
    let (account, guest) = (shop.register(), shop.guest_session());
    for (product, of_account, of_guest) in [(&plenty, 2, 3), (&scarce, 2, 3), (&short, 5, 1)] {
        account.caller.add(product, of_account);
        guest.caller.add(product, of_guest);
    }
    guest.caller.add(&none, 1);
    for _ in 0..2 {
        log_in_with_guest(shop, &account.email, &guest.refresh_token).is(200);
        // The sum; the stock; what the account had already, though it is more than the stock; nothing.
        let merged = [&plenty, &scarce, &short, &none].map(|product| quantity(&account.caller, product));
        assert_eq!(merged, [5, 3, 5, 0]);
    }
    // The guest's session has ended: its refresh token merges nothing that is added with the access token.
    refresh(shop, &guest.refresh_token).is_problem(401, "refresh_token_invalid");
    assert!(lines(&guest.caller).is_empty());
    guest.caller.add(&plenty, 1);
    log_in_with_guest(shop, &account.email, &guest.refresh_token).is(200);
    assert_eq!(quantity(&account.caller, &plenty), 5);
}

#[test]
fn the_largest_quantity_holds_for_a_merged_cart() {
    let shop = Shop::open();
    let product = shop.product("1.00", 20_000);
    let (account, guest) = (shop.register(), shop.guest_session());
    account.caller.add(&product, 6_000);
    guest.caller.add(&product, 6_000);
    log_in_with_guest(shop, &account.email, &guest.refresh_token).is(200);
    assert_eq!(quantity(&account.caller, &product), MAX_QUANTITY);
}

#[test]
fn log_ins_at_once_merge_a_guest_once() {
    let shop = Shop::open();
    let product = shop.product("1.00", 50);
    let (account, guest) = (shop.verified(), shop.guest_session());
    account.caller.add(&product, 1);
    guest.caller.add(&product, 4);
    let answers = concurrently(4, |_| log_in_with_guest(shop, &account.email, &guest.refresh_token).status);
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    assert!(answers.contains(&200));
    assert_eq!(quantity(&account.caller, &product), 5);
}

#[test]
fn only_a_guest_is_merged() {
    let shop = Shop::open();
    let product = shop.product("1.00", 9);
    let (victim, attacker) = (shop.verified(), shop.register());
    victim.caller.add(&product, 3);
    for token in [victim.refresh_token.as_str(), "made-up"] {
        log_in_with_guest(shop, &attacker.email, token).is(200);
        assert_eq!((quantity(&attacker.caller, &product), quantity(&victim.caller, &product)), (0, 3));
    }
    victim.caller.get("/account").is(200);
}

/// It keeps its id when its address is verified, so another account would see its orders for ever.
#[test]
fn a_pending_account_is_no_guest_of_another_account() {
    let shop = Shop::open();
    let product = shop.product("1.00", 9);
    let (victim, attacker) = (shop.register(), shop.verified());
    victim.caller.add(&product, 3);
    log_in_with_guest(shop, &attacker.email, &victim.refresh_token).is(200);
    assert_eq!((quantity(&attacker.caller, &product), quantity(&victim.caller, &product)), (0, 3));
    let body = bringing(&fresh_email(), &victim.refresh_token);
    shop.anyone().post_with_key("/auth/register", body).is(201);
    assert_eq!(quantity(&victim.caller, &product), 3);

    let account = shop.verify(&victim);
    assert_eq!((&account.user_id, quantity(&account.caller, &product)), (&victim.user_id, 3));
    let order_id = account.caller.order(&product, 1);
    attacker.caller.get(&format!("/orders/{order_id}")).is_problem(404, "not_found");
    assert!(attacker.caller.get("/orders").is(200).list("orders").is_empty());
}

#[test]
fn a_used_token_of_a_guest_merges_nothing_and_ends_its_session() {
    let shop = Shop::open();
    let product = shop.product("1.00", 9);
    let (account, guest) = (shop.verified(), shop.guest_session());
    guest.caller.add(&product, 2);
    let second = refresh(shop, &guest.refresh_token).is(200).text("refresh_token");
    let third = refresh(shop, &second).is(200).text("refresh_token");
    log_in_with_guest(shop, &account.email, &guest.refresh_token).is(200);
    assert_eq!((quantity(&account.caller, &product), quantity(&guest.caller, &product)), (0, 2));
    refresh(shop, &third).is_problem(401, "refresh_token_invalid");
}

#[test]
fn of_two_accounts_that_log_in_at_once_with_a_guest_one_gets_its_orders() {
    let shop = Shop::open();
    let product = shop.product("1.00", 9);
    let accounts = [shop.verified(), shop.verified()];
    let (guest, order_id) = guest_with_order(shop, &product);
    guest.caller.add(&product, 2);
    let log_in = |number: usize| log_in_with_guest(shop, &accounts[number % 2].email, &guest.refresh_token).status;
    let answers = concurrently(4, log_in);
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    let has_order =
        |account: &Session| account.caller.get("/orders").is(200).texts("orders", "order_id") == [&*order_id];
    let owners: Vec<_> = accounts.iter().filter(|account| has_order(account)).collect();
    assert_eq!(owners.len(), 1);
    assert_eq!(accounts.iter().map(|account| quantity(&account.caller, &product)).sum::<i64>(), 2);
    assert_eq!(quantity(&owners[0].caller, &product), 2, "the cart goes where the orders go");
}

#[test]
fn registrations_at_once_with_a_key_make_one_account() {
    let shop = Shop::open();
    let (key, body) = (unique_word(), credentials(&fresh_email()));
    let answers = concurrently(4, |_| {
        shop.anyone().call("POST", "/auth/register").header("idempotency-key", &key).json(&body).send()
    });
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(statuses.contains(&201) && statuses.iter().all(|status| [201, 503].contains(status)), "{statuses:?}");
    let registered = answers.iter().filter(|answer| answer.status == 201);
    let mut accounts: Vec<String> = registered.map(|answer| answer.is(201).text("user_id")).collect();
    accounts.dedup();
    assert_eq!(accounts.len(), 1, "{accounts:?}");
}

#[test]
fn a_registration_takes_the_cart_along_and_a_retry_adds_nothing() {
    let shop = Shop::open();
    let (product, guest, email) = (shop.product("1.00", 9), shop.guest_session(), fresh_email());
    guest.caller.add(&product, 2);
    let (key, body) = (unique_word(), bringing(&email, &guest.refresh_token));
    let register =
        || -> Call { shop.anyone().call("POST", "/auth/register").header("idempotency-key", &key).json(&body) };
    let first = shop.session(&email, &register().send().is(201));
    let again = shop.session(&email, &register().send().is(201));
    assert_eq!(again.user_id, first.user_id);
    assert_eq!(quantity(&again.caller, &product), 2);
    refresh(shop, &guest.refresh_token).is_problem(401, "refresh_token_invalid");
}

/// A guest with an unpaid order.
fn guest_with_order(shop: &'static Shop, product: &Product) -> (Session, String) {
    let guest = shop.guest_session();
    let order_id = guest.caller.order(product, 1);
    (guest, order_id)
}

#[test]
fn orders_follow_a_guest_only_to_a_verified_account() {
    let shop = Shop::open();
    let product = shop.product("1.00", 9);
    let pending = shop.register();
    let (guest, order_id) = guest_with_order(shop, &product);
    log_in_with_guest(shop, &pending.email, &guest.refresh_token).is(200);
    let path = format!("/orders/{order_id}");
    // The owner of a registration for another person's address does not see that person's orders as a guest, and the
    // reverse.
    pending.caller.get(&path).is_problem(404, "not_found");
    pending.caller.pay(&order_id, &shop.success).is_problem(404, "not_found");
    assert!(pending.caller.get("/orders").is(200).list("orders").is_empty());

    let account = shop.session(&pending.email, &confirm(shop, &shop.mailed_token(&pending.email, 0), PASSWORD).is(200));
    let (another, second_id) = guest_with_order(shop, &product);
    let logged_in = log_in_with_guest(shop, &account.email, &another.refresh_token).is(200);
    let caller = shop.anyone().with_token(logged_in.text("token"));
    let own = caller.order(&product, 1);
    assert_eq!(caller.get("/orders").is(200).texts("orders", "order_id"), [own, second_id.clone(), order_id.clone()]);
    // They belong to the account in every respect.
    caller.pay(&order_id, &shop.success).is(200);
    caller.call("POST", &format!("/orders/{second_id}/cancel")).send().is(200);
    assert_eq!(caller.order_detail(&order_id).text("status"), "paid");
    shop.account().get(&path).is_problem(404, "not_found");
}
