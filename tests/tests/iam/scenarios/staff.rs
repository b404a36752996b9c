//! Members of staff, and their changes of accounts.

use serde_json::json;
use souk_e2e::{PASSWORD, SOON_SECONDS, Session, eventually, fresh_email};

use crate::world::World;

/// How long a mail may take.
const MAIL_SECONDS: u64 = 60;

pub(super) fn export(world: &World) {
    let path = format!("/admin/accounts/{}/export", world.account().user_id);
    let export = world.shop.staff().get(&path).is(200);
    assert!(export.raw().contains(&world.account().email), "{export}");
}

pub(super) fn delete_account(world: &World) {
    let account = world.shop.verified();
    world.shop.grant(&account.user_id, &["administrator"]);
    let session = world.shop.log_in(&account.email, None);
    let answer = world.shop.staff().delete(&format!("/admin/accounts/{}", account.user_id));
    assert_eq!(answer.status, 204, "{answer}");
    session.caller.get("/account").is_problem(401, "session_ended");
}

pub(super) fn reset_second_factor(world: &World) {
    let account = world.shop.verified();
    account.enrol();
    // The mail about the enrolment may still be on its way.
    let reports = || world.shop.mails_to(&account.email).iter().filter(|mail| mail.token().is_none()).count();
    eventually(MAIL_SECONDS, "the mail about the enrolment comes", || (reports() == 1).then_some(()));
    let answer = world.shop.staff().delete(&format!("/admin/accounts/{}/second-factor", account.user_id));
    assert_eq!(answer.status, 204, "{answer}");
    account.caller.get("/account").is_problem(401, "session_ended");
    world.shop.log_in(&account.email, None);
    eventually(MAIL_SECONDS, "the mail about the reset comes", || (reports() == 2).then_some(()));
}

pub(super) fn grants(world: &World) {
    let account = world.shop.verified();
    world.shop.grant(&account.user_id, &["administrator"]);
    account.caller.get("/account").is_problem(401, "session_ended");
    let listed = world.shop.staff().get("/admin/staff").is(200);
    assert!(listed.raw().contains(&account.user_id), "{listed}");
    world.shop.grant(&account.user_id, &["support"]);
    world.shop.grant(&account.user_id, &["administrator"]);
    let session = world.shop.log_in(&account.email, None);
    let answer = world.shop.staff().delete(&format!("/admin/staff/{}", account.user_id));
    assert!((200..300).contains(&answer.status), "{answer}");
    session.caller.get("/account").is_problem(401, "session_ended");
}

pub(super) fn grant_roles(world: &World) {
    let account = world.shop.verified();
    world.shop.invoke("grant-roles", &json!({"user_id": account.user_id, "roles": ["support"]}));
    account.caller.get("/account").is_problem(401, "session_ended");
}

/// Invites an address and accepts the invitation. `mails` with a token came to it before.
fn invite_and_accept(world: &World, email: &str, mails: usize) {
    let body = json!({"email": email, "roles": ["catalogue"]});
    let answer = world.shop.staff().post("/admin/invitations", body);
    assert_eq!(answer.status, 202, "{answer}");
    let token = world.shop.mailed_token(email, mails);
    let body = json!({"token": token, "password": PASSWORD});
    let answer = world.shop.anyone().post("/auth/invitations/accept", body);
    assert_eq!(answer.status, 204, "{answer}");
    world.shop.log_in(email, None);
}

pub(super) fn invite(world: &World) {
    let email = fresh_email();
    let pending: Session = world.shop.register_with(&email);
    world.shop.mailed_token(&email, 0);
    invite_and_accept(world, &email, 1);
    pending.caller.get("/account/sessions").is_problem(401, "session_ended");
}

pub(super) fn invite_account(world: &World) {
    let account = world.shop.verified();
    world.shop.grant(&account.user_id, &["administrator"]);
    let session = world.shop.log_in(&account.email, None);
    invite_and_accept(world, &account.email, 1);
    session.caller.get("/account").is_problem(401, "session_ended");
}

pub(super) fn audit(world: &World) {
    let account = world.shop.verified();
    world.shop.grant(&account.user_id, &["support"]);
    let read = |query: &str| world.shop.staff().get(&format!("/admin/audit?{query}")).is(200).list("entries").len();
    assert!(read(&format!("subject=account%23{}", account.user_id)) > 0);
    eventually(SOON_SECONDS, "the actor's entries are listed", || {
        (read(&format!("actor={}", world.shop.staff_user_id)) > 0).then_some(())
    });
}
