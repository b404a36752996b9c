use serde_json::json;
use souk_domain::effects::Clock;
use souk_domain::permission::Role;
use souk_testkit::user;

use super::*;
use crate::fixture::outcome;
use crate::staff_fixture::Staff;

const END: &str = "2026-11-25T06:57:00Z";

fn put(number: u32, roles: &[&str], expires_at: Option<&str>) -> Request {
    let body = json!({"roles": roles, "expires_at": expires_at}).to_string();
    let path = Request::new("PUT", "/admin/staff").with_path("user_id", user(number).as_str());
    path.with_json(&body).from_staff(user(1))
}

#[tokio::test]
async fn roles_replace_the_earlier_ones_and_end_all_sessions() {
    let shop = Staff::with_administrator().await;
    shop.member(2, "bob@example.com", &[Role::Stock, Role::Orders], None).await;
    shop.session(2, 21).await;
    let version = shop.version(2).await;
    let endpoint = PutStaff { staff: shop.context() };
    let reply = endpoint.handle(&put(2, &["refunds"], Some(END))).await.expect("granted");
    let expected = json!({
        "user_id": user(2), "email": "bob@example.com", "roles": ["refunds"], "granted_by": user(1),
        "expires_at": "2026-11-25T06:57:00.000Z", "granted_at": "2026-11-24T06:57:00.000Z",
    });
    assert_eq!(reply.body_json(), expected);
    let (before, after) = reply.audited().expect("audited").json();
    assert_eq!(before, r#"{"roles":["stock","orders"]}"#);
    assert!(after.contains(r#""roles":["refunds"]"#) && !after.contains('@'), "no address: {after}");
    assert_eq!((shop.roles(2).await, shop.sessions_of(2).await), (Some(vec![Role::Refunds]), 0));
    assert_eq!(shop.version(2).await, version + 1, "a login that read the earlier grant creates no session");
    assert_eq!(outcome(&endpoint.handle(&put(2, &["refunds"], Some(END))).await), (200, ""), "a retry");
}

#[tokio::test]
async fn only_a_verified_account_is_granted_anything() {
    let shop = Staff::with_administrator().await;
    let endpoint = PutStaff { staff: shop.context() };
    shop.session(2, 21).await;
    assert_eq!(outcome(&endpoint.handle(&put(2, &["stock"], None)).await), (404, "not_found"));
    assert_eq!(shop.sessions_of(2).await, 1, "of a guest");
    shop.account(2, "bob@example.com").await;
    assert_eq!(outcome(&endpoint.handle(&put(2, &["stock"], None)).await), (200, ""));
    assert_eq!(outcome(&endpoint.handle(&put(2, &["owner"], None)).await), (422, "invalid_fields"));
    assert_eq!(outcome(&endpoint.handle(&put(2, &["stock"], None).from_user(user(1))).await), (403, "forbidden"));
    let without_id = Request::new("PUT", "/admin/staff").with_json("{}").from_staff(user(1));
    assert_eq!(outcome(&endpoint.handle(&without_id.with_path("user_id", "bob")).await), (404, "not_found"));
}

#[tokio::test]
async fn the_last_administrator_keeps_the_role_without_an_end() {
    let shop = Staff::with_administrator().await;
    let endpoint = PutStaff { staff: shop.context() };
    let refused = (409, "last_administrator");
    for change in [put(1, &["stock"], None), put(1, &["administrator"], Some(END))] {
        assert_eq!(outcome(&endpoint.handle(&change).await), refused);
    }
    // An administrator whose role ends does not count.
    shop.member(2, "bob@example.com", &[Role::Administrator], Some(3_600)).await;
    for change in [put(1, &["stock"], None), put(1, &["administrator"], Some(END))] {
        assert_eq!(outcome(&endpoint.handle(&change.from_staff(user(2))).await), refused);
    }
    shop.member(3, "eve@example.com", &[Role::Administrator], None).await;
    assert_eq!(outcome(&endpoint.handle(&put(1, &["stock"], None)).await), (409, "own_grant"));
    assert_eq!(outcome(&endpoint.handle(&put(1, &["administrator", "stock"], None)).await), (200, ""));
    let demoted = put(1, &["administrator"], Some(END)).from_staff(user(3));
    assert_eq!(outcome(&endpoint.handle(&demoted).await), (200, ""));
    assert_eq!(outcome(&endpoint.handle(&put(3, &["stock"], None)).await), refused, "the only one without an end");
}

#[tokio::test]
async fn an_administrator_for_a_time_grants_nothing_for_longer() {
    let shop = Staff::start().await;
    shop.member(1, "ann@example.com", &[Role::Administrator], Some(3_600)).await;
    shop.account(2, "bob@example.com").await;
    let endpoint = PutStaff { staff: shop.context() };
    // No other administrator is needed for a new one.
    for (end, expected) in [
        (None, "2026-11-24T07:57:00.000Z"),
        (Some(END), "2026-11-24T07:57:00.000Z"),
        (Some("2026-11-24T07:00:00Z"), "2026-11-24T07:00:00.000Z"),
    ] {
        let reply = endpoint.handle(&put(2, &["administrator"], end)).await.expect("granted");
        assert_eq!(reply.body_json()["expires_at"], expected, "{end:?}");
    }
    // The own grant does not become longer either.
    let own = (409, "own_grant");
    for change in [put(1, &["administrator"], None), put(1, &["administrator"], Some(END)), put(1, &["stock"], None)] {
        assert_eq!(outcome(&endpoint.handle(&change).await), own);
    }
    let end = shop.context().grants.get(&user(1)).await.expect("read").expect("a grant").expires_at;
    assert_eq!(end, Some(shop.clock.now().plus_seconds(3_600)));
    shop.clock.advance_seconds(3_600);
    assert_eq!(outcome(&endpoint.handle(&put(2, &["administrator"], None)).await), (403, "forbidden"), "it has ended");
}

/// After a crash at any call, no session keeps the earlier permissions, and the same request completes it.
#[tokio::test]
async fn a_crash_leaves_no_session_of_the_earlier_roles() {
    let mut crashes = 0;
    loop {
        let shop = Staff::with_administrator().await;
        shop.member(2, "bob@example.com", &[Role::Stock], None).await;
        shop.session(2, 21).await;
        let endpoint = PutStaff { staff: shop.context() };
        shop.aws.crash_after(crashes);
        let first = endpoint.handle(&put(2, &["refunds"], None)).await;
        if !shop.aws.recover() {
            assert_eq!(outcome(&first), (200, ""));
            break;
        }
        let (roles, sessions) = (shop.roles(2).await, shop.sessions_of(2).await);
        assert!(sessions == 0 || roles == Some(vec![Role::Stock]), "after {crashes} calls");
        assert_eq!(outcome(&endpoint.handle(&put(2, &["refunds"], None)).await), (200, ""));
        assert_eq!((shop.roles(2).await, shop.sessions_of(2).await), (Some(vec![Role::Refunds]), 0));
        crashes += 1;
    }
    assert!(crashes >= 6, "{crashes}");
}
