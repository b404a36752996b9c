//! Roles: grants with an end, no grants to oneself, and no grants by former administrators.

use std::time::{Duration, SystemTime};

use serde_json::json;
use souk_e2e::{PASSWORD, Response, SOON_SECONDS, Shop, eventually, fresh_email, unique_word};

use crate::people::{OTHER_PASSWORD, UNKNOWN_ID, is_empty};

/// A moment from now, in RFC 3339.
fn in_seconds(seconds: u64) -> String {
    let at = SystemTime::now() + Duration::from_secs(seconds);
    let unix = at.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let (days, rest) = (unix / 86_400, unix % 86_400);
    // Days from 1970-01-01 in the Gregorian calendar, with years that begin in March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

fn accept(shop: &'static Shop, token: &str, password: &str) -> Response {
    shop.anyone().post("/auth/invitations/accept", json!({"token": token, "password": password}))
}

#[test]
fn permissions_end_with_their_grant() {
    let shop = Shop::open();
    let account = shop.verified();
    let mut factor = account.enrol();
    let path = format!("/admin/staff/{}", account.user_id);
    let past = json!({"roles": ["support"], "expires_at": "2020-01-01T00:00:00Z"});
    assert_eq!(shop.staff().put(&path, past).bad_fields(), ["expires_at"]);
    shop.staff().put(&path, json!({"roles": ["support"], "expires_at": in_seconds(10)})).is(200);
    let member = shop.log_in(&account.email, Some(&mut factor));
    // It may have ended on a slow machine.
    let first = member.caller.get("/admin/orders?status=paid");
    assert!(first.status == 200 || first.is_problem(403, "forbidden").at("code").is_some());
    eventually(SOON_SECONDS, "the grant ends", || {
        (member.caller.get("/admin/orders?status=paid").status == 403).then_some(())
    });
    // The account becomes that of a shopper again.
    assert!(member.caller.get("/account").is(200).list("roles").is_empty());
}

#[test]
fn nobody_changes_their_own_roles() {
    let shop = Shop::open();
    let member = shop.new_member(&["administrator"]);
    let path = format!("/admin/staff/{}", member.user_id);
    member.caller.put(&path, json!({"roles": ["support"]})).is_problem(409, "own_grant");
    member.caller.delete(&path).is_problem(409, "own_grant");
    member.caller.delete(&format!("/admin/accounts/{}", member.user_id)).is_problem(409, "own_account");
    member.caller.get("/admin/staff").is(200);
    // Only administrators grant anything.
    let support = shop.new_member(&["support"]);
    let own = format!("/admin/staff/{}", support.user_id);
    support.caller.put(&own, json!({"roles": ["administrator"]})).is_problem(403, "forbidden");
}

#[test]
fn an_administrator_for_a_time_stays_none_for_longer() {
    let shop = Shop::open();
    let (account, end) = (shop.verified(), in_seconds(3_600));
    let mut factor = account.enrol();
    let own = format!("/admin/staff/{}", account.user_id);
    let roles = json!({"roles": ["administrator"], "expires_at": end});
    let end = shop.staff().put(&own, &roles).is(200).text("expires_at");
    let member = shop.log_in(&account.email, Some(&mut factor));
    for change in
        [json!({"roles": ["administrator"]}), json!({"roles": ["administrator"], "expires_at": in_seconds(7_200)})]
    {
        member.caller.put(&own, change).is_problem(409, "own_grant");
    }
    // Nor does a second account become one for longer, by a grant or by an invitation.
    let second = shop.verified();
    let path = format!("/admin/staff/{}", second.user_id);
    assert_eq!(member.caller.put(&path, json!({"roles": ["administrator"]})).is(200).text("expires_at"), end);
    let email = fresh_email();
    is_empty(&member.caller.post("/admin/invitations", json!({"email": email, "roles": ["administrator"]})), 202);
    is_empty(&accept(shop, &shop.mailed_token(&email, 0), PASSWORD), 204);
    let session = shop.log_in(&email, None);
    assert_eq!(session.caller.get("/account").is(200).text("roles_expire_at"), end);
}

#[test]
fn a_message_of_the_mail_queue_invites_nobody() {
    let shop = Shop::open();
    let email = fresh_email();
    // What a public function could send, as it was before invitations were stored, and with a made-up id.
    let forged =
        json!({"template": "invitation", "email": email, "roles": ["administrator"], "invited_by": shop.staff_user_id});
    let unknown = json!({"template": "invitation", "email": email, "invitation_id": UNKNOWN_ID});
    for message in [forged, unknown] {
        let record = json!({"messageId": unique_word(), "eventSource": "aws:sqs", "body": message.to_string()});
        shop.invoke_until_available("send-mail", &json!({"Records": [record]}));
    }
    assert!(shop.mails_to(&email).is_empty());
}

#[test]
fn an_invitation_is_void_once_its_administrator_has_lost_the_role() {
    let shop = Shop::open();
    let (member, email) = (shop.new_member(&["administrator"]), fresh_email());
    is_empty(&member.caller.post("/admin/invitations", json!({"email": email, "roles": ["support"]})), 202);
    let token = shop.mailed_token(&email, 0);
    shop.grant(&member.user_id, &["support"]);
    accept(shop, &token, PASSWORD).is_problem(410, "link_expired");
    shop.anyone().post("/auth/login", souk_e2e::credentials(&email)).is_problem(401, "invalid_credentials");
}

#[test]
fn an_invitation_of_an_account_needs_its_password_and_ends_with_its_change() {
    let shop = Shop::open();
    let account = shop.verified();
    let invite = || {
        let body = json!({"email": account.email, "roles": ["support"]});
        is_empty(&shop.staff().post("/admin/invitations", body), 202);
    };
    invite();
    // The first token was that of the verification.
    let first = shop.mailed_token(&account.email, 1);
    accept(shop, &first, OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    let change = json!({"current_password": PASSWORD, "password": OTHER_PASSWORD});
    is_empty(&account.caller.put("/account/password", change), 204);
    accept(shop, &first, OTHER_PASSWORD).is_problem(410, "link_expired");
    account.caller.get("/admin/orders?status=paid").is_problem(403, "forbidden");

    invite();
    let second = shop.mailed_token(&account.email, 2);
    is_empty(&accept(shop, &second, OTHER_PASSWORD), 204);
    // New staff have to log in again.
    account.caller.get("/account").is_problem(401, "session_ended");
}
