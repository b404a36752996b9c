//! Addresses of other people: an address belongs to an account only after a mail to it was read, and all its spellings
//! are one address.

use serde_json::json;
use souk_e2e::{PASSWORD, SOON_SECONDS, Shop, eventually, fresh_email, unique_word};

use crate::people::{OTHER_PASSWORD, confirm, is_empty, log_in, refresh, register};

#[test]
fn a_registration_of_a_colleagues_address_gets_no_roles() {
    let shop = Shop::open();
    let email = fresh_email();
    let stranger = shop.register_with(&email);
    let roles = json!({"roles": ["administrator"]});
    // Only an account with a verified address gets roles, and only by its id.
    shop.staff().put(&format!("/admin/staff/{}", stranger.user_id), &roles).is_problem(404, "not_found");
    for request in
        [json!({"user_id": stranger.user_id, "roles": ["support"]}), json!({"email": email, "roles": ["support"]})]
    {
        assert!(shop.try_invoke("grant-roles", &request).is_err(), "the address is not verified");
    }
    let colleague = register(shop, &email, OTHER_PASSWORD);
    let token = shop.mailed_token(&email, 1);
    confirm(shop, &token, OTHER_PASSWORD).is(200);
    shop.grant(&colleague.user_id, &["support"]);

    stranger.caller.get("/admin/orders?status=paid").is_problem(401, "session_ended");
    refresh(shop, &stranger.refresh_token).is_problem(401, "refresh_token_invalid");
    log_in(shop, &email, PASSWORD).is_problem(401, "invalid_credentials");
    shop.staff().put(&format!("/admin/staff/{}", stranger.user_id), &roles).is_problem(404, "not_found");
}

#[test]
fn an_invitation_opens_no_account_of_a_stranger_who_registered_first() {
    let shop = Shop::open();
    let email = fresh_email();
    let stranger = shop.register_with(&email);
    shop.mailed_token(&email, 0);
    is_empty(&shop.staff().post("/admin/invitations", json!({"email": email, "roles": ["support"]})), 202);
    let token = shop.mailed_token(&email, 1);
    let accepted = json!({"token": token, "password": OTHER_PASSWORD});
    is_empty(&shop.anyone().post("/auth/invitations/accept", accepted), 204);

    let account = log_in(shop, &email, OTHER_PASSWORD).is(200);
    assert_ne!(account.text("user_id"), stranger.user_id);
    log_in(shop, &email, PASSWORD).is_problem(401, "invalid_credentials");
    refresh(shop, &stranger.refresh_token).is_problem(401, "refresh_token_invalid");
}

#[test]
fn requests_for_mails_of_an_address_without_a_registration_use_nothing_up() {
    let (shop, email) = (Shop::open(), fresh_email());
    for _ in 0..6 {
        is_empty(&shop.anyone().post("/auth/verification", json!({"email": email})), 202);
    }
    let pending = shop.register_with(&email);
    assert_eq!(shop.verify(&pending).user_id, pending.user_id);
}

#[test]
fn registrations_of_strangers_leave_the_owner_a_registration_and_a_mail() {
    let (shop, email) = (Shop::open(), fresh_email());
    let own = shop.register_with(&email);
    for _ in 0..11 {
        register(shop, &email, OTHER_PASSWORD);
    }
    let tokens: Vec<String> = eventually(SOON_SECONDS, "each registration has its mail", || {
        let mails = shop.mails_to(&email);
        let tokens: Vec<_> = mails.iter().filter_map(|mail| mail.token()).map(str::to_owned).collect();
        (tokens.len() >= 12).then_some(tokens)
    });
    // The queue has no order.
    let confirmed = tokens.iter().map(|token| confirm(shop, token, PASSWORD)).find(|answer| answer.status == 200);
    assert_eq!(confirmed.expect("the owner's link works").is(200).text("user_id"), own.user_id);
}

#[test]
fn a_token_of_one_purpose_serves_no_other() {
    let shop = Shop::open();
    let pending = shop.register();
    let verification = shop.mailed_token(&pending.email, 0);
    let body = |token: &str| json!({"token": token, "password": PASSWORD});
    for path in ["/auth/password-reset/confirm", "/auth/invitations/accept"] {
        shop.anyone().post(path, body(&verification)).is_problem(410, "link_expired");
    }
    let challenge = json!({"challenge": verification, "code": "000000"});
    shop.anyone().post("/auth/login", challenge).is_problem(401, "challenge_expired");
    confirm(shop, &verification, PASSWORD).is(200);
}

#[test]
fn a_login_opens_the_newest_of_several_pending_accounts() {
    let shop = Shop::open();
    let email = fresh_email();
    let first = shop.register_with(&email);
    assert_eq!(log_in(shop, &email, PASSWORD).is(200).text("user_id"), first.user_id);
    let second = register(shop, &email, OTHER_PASSWORD);
    log_in(shop, &email, PASSWORD).is_problem(401, "invalid_credentials");
    assert_eq!(log_in(shop, &email, OTHER_PASSWORD).is(200).text("user_id"), second.user_id);
    // The earlier one is not lost: its link and its password claim the address, which ends the newer one.
    confirm(shop, &shop.mailed_token(&email, 0), PASSWORD).is(200);
    log_in(shop, &email, OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    refresh(shop, &second.refresh_token).is_problem(401, "refresh_token_invalid");
}

#[test]
fn composed_and_decomposed_letters_are_one_address() {
    let shop = Shop::open();
    let word = unique_word();
    let spellings =
        ["zo\u{eb}", "zoe\u{308}", "ZO\u{cb}", " ZOE\u{308}"].map(|name| format!("{name}-{word}@souk.example"));
    let registered = register(shop, &spellings[0], PASSWORD);
    for spelling in &spellings {
        assert_eq!(log_in(shop, spelling, PASSWORD).is(200).text("user_id"), registered.user_id, "{spelling}");
    }
}

#[test]
fn a_domain_and_its_punycode_are_one_address() {
    let shop = Shop::open();
    let word = unique_word();
    let domains = ["b\u{fc}cher.example", "bu\u{308}cher.example", "B\u{dc}CHER.EXAMPLE", "xn--bcher-kva.example"];
    let spellings = domains.map(|domain| format!("ann-{word}@{domain}"));
    let registered = register(shop, &spellings[0], PASSWORD);
    let account = shop.session(&spellings[3], &confirm(shop, &shop.mailed_token(&spellings[3], 0), PASSWORD).is(200));
    assert_eq!(account.user_id, registered.user_id);
    assert_eq!(account.caller.get("/account").is(200).text("email"), spellings[3]);
    for spelling in &spellings {
        assert_eq!(log_in(shop, spelling, PASSWORD).is(200).text("user_id"), account.user_id, "{spelling}");
    }
    // In another spelling it cannot be registered a second time: the owner gets a mail instead.
    register(shop, &spellings[1], OTHER_PASSWORD);
    eventually(SOON_SECONDS, "the owner is told", || {
        let mails = shop.mails_to(&spellings[3]);
        mails.iter().any(|mail| mail.subject.starts_with("You already have an account")).then_some(())
    });
    // Its own password opens the pending account, which claims nothing.
    let pending = log_in(shop, &spellings[1], OTHER_PASSWORD).is(200);
    assert_eq!((pending.text("kind").as_str(), pending.text("user_id") == account.user_id), ("guest", false));
}
