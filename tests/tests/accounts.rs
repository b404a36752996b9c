//! Accounts: verifying an address by its mail, changing and resetting passwords, second factors, sessions, invitations,
//! deletion, and the audit log.

use serde_json::{Value, json};
use souk_e2e::{PASSWORD, Response, SOON_SECONDS, Session, Shop, credentials, eventually, fresh_email};

/// Another password than that of the tests' accounts.
const OTHER_PASSWORD: &str = "another horse battery staple";

fn with_password(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

fn log_in(shop: &'static Shop, body: &Value) -> Response {
    shop.anyone().post("/auth/login", body)
}

fn is_empty(answer: &Response, status: u16) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{answer}");
}

#[test]
fn only_the_link_of_the_own_registration_claims_an_address_and_it_ends_the_others() {
    let shop = Shop::open();
    let email = fresh_email();
    let stranger = shop.register_with(&email);
    let link_of_stranger = shop.mailed_token(&email, 0);
    let owner = with_password(&email, OTHER_PASSWORD);
    let owner = shop.session(&email, &shop.anyone().post_with_key("/auth/register", &owner).is(201));
    let link = shop.mailed_token(&email, 1);
    assert_ne!(stranger.user_id, owner.user_id);

    let confirm = |token: &str, password: &str| {
        shop.anyone().post("/auth/verification/confirm", json!({"token": token, "password": password}))
    };
    // The owner follows the link of the stranger's registration. Nothing is verified without the stranger's password.
    confirm(&link_of_stranger, OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    owner.caller.get("/account").is_problem(403, "verified_account_required");
    let session = confirm(&link, OTHER_PASSWORD).is(200);
    assert_eq!((session.text("user_id"), session.text("kind").as_str()), (owner.user_id, "shopper"));
    let account = shop.session(&email, &session).caller.get("/account").is(200);
    assert_eq!(account.text("email"), email);

    assert!([409, 410].contains(&confirm(&link_of_stranger, PASSWORD).status));
    confirm(&link, OTHER_PASSWORD).is_problem(410, "link_expired");
    log_in(shop, &credentials(&email)).is_problem(401, "invalid_credentials");
    let refresh = json!({"refresh_token": stranger.refresh_token});
    shop.anyone().post("/auth/refresh", refresh).is_problem(401, "refresh_token_invalid");
    log_in(shop, &with_password(&email, OTHER_PASSWORD)).is(200);
}

#[test]
fn the_orders_of_a_guest_follow_when_the_address_is_verified() {
    let shop = Shop::open();
    let (product, guest, email) = (shop.product("1.00", 5), shop.guest_session(), fresh_email());
    let order_id = guest.caller.order(&product, 1);
    guest.caller.add(&product, 2);
    let mut body = credentials(&email);
    body["guest_refresh_token"] = json!(guest.refresh_token);
    let pending = shop.session(&email, &shop.anyone().post_with_key("/auth/register", body).is(201));
    assert_eq!(pending.caller.get("/cart").is(200).whole("items.0.quantity"), 2);
    pending.caller.get(&format!("/orders/{order_id}")).is_problem(404, "not_found");
    let account = shop.verify(&pending);
    assert_eq!(account.caller.order_detail(&order_id).text("status"), "pending_payment");
    assert_eq!(account.caller.get("/orders").is(200).texts("orders", "order_id"), [order_id]);
}

#[test]
fn the_same_answer_for_known_and_unknown_addresses() {
    let shop = Shop::open();
    let (known, unknown) = (shop.verified(), fresh_email());
    for path in ["/auth/verification", "/auth/password-reset"] {
        for email in [&known.email, &unknown] {
            is_empty(&shop.anyone().post(path, json!({"email": email})), 202);
        }
    }
    // The outcome is in the mail, which goes to the owner of the address.
    let mail = shop.mail_to(&unknown, 0);
    assert_eq!(mail.token(), None, "{}", mail.subject);
    shop.register_with(&known.email);
    let about_the_account = |mail: &souk_e2e::Mail| mail.subject.starts_with("You already have an account");
    eventually(SOON_SECONDS, "the owner is told", || {
        shop.mails_to(&known.email).iter().find(|mail| about_the_account(mail)).map(drop)
    });
}

#[test]
fn a_password_is_reset_by_mail_and_all_sessions_end() {
    let shop = Shop::open();
    let account = shop.verified();
    is_empty(&shop.anyone().post("/auth/password-reset", json!({"email": account.email})), 202);
    let token = shop.mailed_token(&account.email, 1);
    let reset = |password: &str| {
        shop.anyone().post("/auth/password-reset/confirm", json!({"token": token, "password": password}))
    };
    assert_eq!(reset("password").bad_fields(), ["password"]);
    assert!(!reset(OTHER_PASSWORD).is(200).text("device_token").is_empty());
    reset(OTHER_PASSWORD).is_problem(410, "link_expired");
    account.caller.get("/account").is_problem(401, "session_ended");
    log_in(shop, &credentials(&account.email)).is_problem(401, "invalid_credentials");
    log_in(shop, &with_password(&account.email, OTHER_PASSWORD)).is(200);
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let shop = Shop::open();
    let account = shop.verified();
    let other = shop.log_in(&account.email, None);
    let change = |current: &str, new: &str| {
        account.caller.put("/account/password", json!({"current_password": current, "password": new}))
    };
    change(OTHER_PASSWORD, "yet another horse battery").is_problem(401, "invalid_credentials");
    for bad in ["short", "passwordpassword", account.email.as_str()] {
        assert_eq!(change(PASSWORD, bad).bad_fields(), ["password"], "{bad}");
    }
    is_empty(&change(PASSWORD, OTHER_PASSWORD), 204);
    other.caller.get("/account").is_problem(401, "session_ended");
    account.caller.get("/account").is(200);
}

#[test]
fn a_password_is_the_same_in_each_unicode_form() {
    let shop = Shop::open();
    let email = fresh_email();
    let registered = with_password(&email, "caf\u{e9} au lait avec fenouil");
    shop.anyone().post_with_key("/auth/register", registered).is(201);
    log_in(shop, &with_password(&email, "cafe\u{301} au lait avec fenouil")).is(200);
}

#[test]
fn an_account_with_a_second_factor_needs_a_code_and_each_works_once() {
    let shop = Shop::open();
    let account = shop.verified();
    let mut factor = account.enrol();
    let refused = log_in(shop, &credentials(&account.email)).is_problem(401, "second_factor_required");
    assert!(refused.at("token").is_none(), "{refused}");
    let challenge = refused.text("challenge");
    let with_challenge = |code: &str| log_in(shop, &json!({"challenge": challenge, "code": code}));
    with_challenge("000000").is_problem(401, "invalid_code");
    let code = factor.code();
    assert_eq!(with_challenge(&code).is(200).text("user_id"), account.user_id);
    with_challenge(&code).is_problem(401, "challenge_expired");

    let with_code = |code: &str| {
        let mut body = credentials(&account.email);
        body["code"] = json!(code);
        log_in(shop, &body)
    };
    with_code(&code).is_problem(401, "invalid_code");
    with_code(&factor.recovery_codes[0]).is(200);
    with_code(&factor.recovery_codes[0]).is_problem(401, "invalid_code");
}

#[test]
fn sessions_are_listed_and_ended() {
    let shop = Shop::open();
    let account = shop.verified();
    let others: Vec<Session> = (0..2).map(|_| shop.log_in(&account.email, None)).collect();
    let list = || account.caller.get("/account/sessions").is(200).list("sessions");
    let sessions = list();
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions.iter().filter(|session| session.text("current") == "true").count(), 1);
    let other = sessions.iter().find(|session| session.text("current") == "false").expect("another session");
    is_empty(&account.caller.delete(&format!("/account/sessions/{}", other.text("session_id"))), 204);
    let ended = others.iter().filter(|session| session.caller.get("/account").status == 401).count();
    assert_eq!((ended, list().len()), (1, 2));
    shop.account().delete(&format!("/account/sessions/{}", other.text("session_id")));
    account.caller.get("/account").is(200);
}

#[test]
fn an_invited_person_becomes_staff_with_a_second_factor() {
    let shop = Shop::open();
    let email = fresh_email();
    let invitation = json!({"email": email, "roles": ["support"]});
    is_empty(&shop.staff().post("/admin/invitations", invitation), 202);
    let body = json!({"token": shop.mailed_token(&email, 0), "password": PASSWORD});
    is_empty(&shop.anyone().post("/auth/invitations/accept", &body), 204);
    shop.anyone().post("/auth/invitations/accept", &body).is_problem(410, "link_expired");

    let without = shop.log_in(&email, None);
    without.caller.get("/admin/orders?status=paid").is_problem(403, "second_factor_missing");
    let mut factor = without.enrol();
    let member = shop.log_in(&email, Some(&mut factor));
    member.caller.get("/admin/orders?status=paid").is(200);
    member.caller.put("/admin/synonyms", "{}").is_problem(403, "forbidden");
    let removal = json!({"password": PASSWORD, "code": factor.code()});
    let answer = member.caller.call("DELETE", "/account/second-factor").json(removal).send();
    answer.is_problem(409, "second_factor_needed");
}

#[test]
fn a_deleted_account_is_gone_and_its_address_is_free() {
    let shop = Shop::open();
    let (product, account) = (shop.product("1.00", 5), shop.verified());
    account.caller.order(&product, 1);
    let export = account.caller.get("/account/export").is(200);
    assert!(export.raw().contains(&account.email) && !export.raw().contains("$argon2"), "{export}");
    let delete = |password: &str| account.caller.call("DELETE", "/account").json(json!({"password": password})).send();
    delete(OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    is_empty(&delete(PASSWORD), 204);
    account.caller.get("/account").is_problem(401, "session_ended");
    log_in(shop, &credentials(&account.email)).is_problem(401, "invalid_credentials");
    assert_ne!(shop.verify_again(&account.email).user_id, account.user_id);
}

#[test]
fn a_change_by_staff_is_in_the_audit_log_with_its_actor() {
    let shop = Shop::open();
    let product = shop.product("1.00", 5);
    shop.put_product(&product, "2.00");
    let entries = |query: &str| shop.staff().get(&format!("/admin/audit?{query}")).is(200);
    let log = entries(&format!("subject=product%23{}&limit=50", product.id));
    let changes = log.list("entries");
    assert!(changes.len() >= 4, "{log}"); // of each change, that it was requested and its outcome
    assert!(changes.iter().all(|entry| entry.text("actor") == shop.staff_user_id), "{log}");
    assert!(log.raw().contains("2.00") || log.raw().contains("200"), "{log}");
    eventually(SOON_SECONDS, "the log of the actor has the change", || {
        let log = entries(&format!("actor={}&limit=50", shop.staff_user_id));
        log.raw().contains(&product.id).then_some(())
    });
    shop.staff_with(&["support"]).get("/admin/audit?actor=x").is_problem(403, "forbidden");
}
