use serde_json::json;
use souk_domain::account::CallerKind;
use souk_domain::permission::{Permission, Permissions, Role};
use souk_fixtures::identity::PASSWORD;
use souk_runtime::http::{Endpoint, Request};
use souk_store::GuestLinkOutcome;
use souk_testkit::user;

use super::*;
use crate::admin_delete_account::AdminDeleteAccount;
use crate::delete_account::DeleteAccount;
use crate::fixture::{email, outcome, request};
use crate::staff_fixture::Staff;

fn deletion(shop: &Staff) -> Deletion {
    let stores = &shop.stores;
    Deletion {
        accounts: stores.accounts.clone(),
        credentials: stores.credentials.clone(),
        grants: stores.staff_grants.clone(),
        sessions: stores.sessions.clone(),
        erasure: ErasureQueue::new(&shop.sdk, "https://queues/erasure"),
        clock: shop.clock.clone(),
    }
}

fn own(shop: &Staff) -> DeleteAccount {
    DeleteAccount { own: shop.own_accounts(), attempts: shop.attempts(), deletion: deletion(shop) }
}

/// A shop with the account of `ann@example.com`, who was guest 3, and two sessions of it.
async fn shop_with_ann() -> (Staff, UserId) {
    let shop = Staff::start().await;
    let ann = shop.claim(&email(), PASSWORD).await;
    shop.start_two_sessions(&ann, CallerKind::Shopper).await;
    let linked = shop.stores.accounts.add_guest(&ann, &user(3)).await.expect("linked");
    assert_eq!(linked, GuestLinkOutcome::Linked);
    (shop, ann)
}

fn delete(user_id: &UserId, password: &str, code: Option<&str>) -> Request {
    request("DELETE", &json!({"password": password, "code": code})).from_user(user_id.clone())
}

async fn is_gone(shop: &Staff, user_id: &UserId) -> bool {
    let stores = &shop.stores;
    stores.accounts.get(user_id).await.expect("read").is_none()
        && stores.credentials.get(&email()).await.expect("read").is_none()
        && stores.staff_grants.get(user_id).await.expect("read").is_none()
        && shop.session_ids(user_id).await.is_empty()
}

fn erasures(shop: &Staff) -> Vec<ErasureQueueMessage> {
    let messages = shop.aws.take_messages("erasure").into_iter();
    messages.map(|message| serde_json::from_value(message).expect("a message")).collect()
}

#[tokio::test]
async fn everything_ends_and_the_rest_is_erased_by_the_queue() {
    let (shop, ann) = shop_with_ann().await;
    shop.grant(&shop.stores.accounts.get(&ann).await.expect("read").expect("an account"), &[Role::Stock], None).await;
    assert_eq!(outcome(&own(&shop).handle(&delete(&ann, PASSWORD, None)).await), (204, ""));
    assert!(is_gone(&shop, &ann).await);
    let requested_at = Some(shop.clock.now());
    let expected = ErasureQueueMessage::EraseOrders { user_id: ann.clone(), guest_ids: vec![user(3)], requested_at };
    assert_eq!(erasures(&shop), [expected]);
    assert_eq!(outcome(&own(&shop).handle(&delete(&ann, PASSWORD, None)).await), (204, ""), "if a session lets it in");
    shop.claim(&email(), PASSWORD).await;
}

#[tokio::test]
async fn the_password_and_the_second_factor_are_needed() {
    let (shop, ann) = shop_with_ann().await;
    let endpoint = own(&shop);
    let wrong = (401, "invalid_credentials");
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, "a wrong password", None)).await), wrong);
    assert_eq!(outcome(&endpoint.handle(&request("DELETE", &json!({})).from_user(ann.clone())).await).0, 422);
    shop.enrol_second_factor().await;
    let code = shop.code().await;
    let missing = (401, "second_factor_required");
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, None)).await), missing);
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, "a wrong password", Some(&code))).await), wrong);
    let refused = (401, "invalid_code");
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, Some("000000"))).await), refused);
    assert!(!is_gone(&shop, &ann).await && erasures(&shop).is_empty());
    assert_eq!(shop.session_ids(&ann).await.len(), 2);
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, Some(&code))).await), (204, ""));
    assert!(is_gone(&shop, &ann).await);
    let guest = delete(&user(5), PASSWORD, None).from_guest(user(5));
    assert_eq!(outcome(&endpoint.handle(&guest).await), (403, "verified_account_required"));
}

#[tokio::test]
async fn wrong_passwords_are_limited() {
    let (shop, ann) = shop_with_ann().await;
    let endpoint = own(&shop);
    for _ in 0..souk_identity::PER_EMAIL.max_attempts {
        let _ = endpoint.handle(&delete(&ann, "a wrong password", None)).await;
    }
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, None)).await), (429, "too_many_attempts"));
}

#[tokio::test]
async fn the_last_administrator_cannot_be_deleted() {
    let (shop, ann) = shop_with_ann().await;
    let account = shop.stores.accounts.get(&ann).await.expect("read").expect("an account");
    shop.grant(&account, &[Role::Administrator], None).await;
    let endpoint = own(&shop);
    let refused = (409, "last_administrator");
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, None)).await), refused);
    shop.member(2, "bob@example.com", &[Role::Administrator], Some(60)).await;
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, None)).await), refused, "the other one will end");
    assert!(erasures(&shop).is_empty() && shop.session_ids(&ann).await.len() == 2);
    shop.member(4, "eve@example.com", &[Role::Administrator], None).await;
    assert_eq!(outcome(&endpoint.handle(&delete(&ann, PASSWORD, None)).await), (204, ""));
    assert!(is_gone(&shop, &ann).await);
}

/// After a crash at any call, the account is either still usable, so that its owner can retry, or deleted with all its
/// data. It is never deleted without the message that erases the other data.
#[tokio::test]
async fn after_a_crash_the_same_request_completes_it() {
    let mut crashes = 0;
    loop {
        let (shop, ann) = shop_with_ann().await;
        shop.aws.crash_after(crashes);
        let first = own(&shop).handle(&delete(&ann, PASSWORD, None)).await;
        if !shop.aws.recover() {
            assert_eq!(outcome(&first), (204, ""));
            break;
        }
        if shop.stores.accounts.get(&ann).await.expect("read").is_some() {
            let current = ann.as_str().parse().expect("an id");
            assert!(shop.session_ids(&ann).await.contains(&current), "after {crashes} calls");
        }
        assert_eq!(
            outcome(&own(&shop).handle(&delete(&ann, PASSWORD, None)).await),
            (204, ""),
            "after {crashes} calls"
        );
        assert!(!erasures(&shop).is_empty(), "after {crashes} calls");
        assert!(is_gone(&shop, &ann).await, "after {crashes} calls");
        crashes += 1;
    }
    assert!(crashes > 7, "{crashes}");
}

#[tokio::test]
async fn staff_delete_the_accounts_of_others() {
    let (shop, ann) = shop_with_ann().await;
    shop.member(1, "root@example.com", &[Role::Administrator], None).await;
    let endpoint = AdminDeleteAccount { deletion: deletion(&shop) };
    let of = |user_id: &UserId| Request::new("DELETE", "/").with_path("user_id", user_id.as_str()).from_staff(user(1));
    let support = Permissions::of(&[Permission::AccountsRead]);
    let by_support = of(&ann).from_caller(user(5), CallerKind::Shopper, support);
    assert_eq!(outcome(&endpoint.handle(&by_support).await), (403, "forbidden"));
    assert_eq!(outcome(&endpoint.handle(&of(&user(1))).await), (409, "own_account"));
    let reply = endpoint.handle(&of(&ann)).await.expect("deleted");
    let (before, after) = reply.audited().expect("audited").json();
    assert!(reply.status() == 204 && before.contains("verified_at") && !before.contains('@') && after == "null");
    assert!(is_gone(&shop, &ann).await && erasures(&shop).len() == 1);

    // A crash before the last step leaves sessions.
    shop.start_two_sessions(&ann, CallerKind::Shopper).await;
    assert_eq!(outcome(&endpoint.handle(&of(&ann)).await), (404, "not_found"));
    assert!(is_gone(&shop, &ann).await && erasures(&shop).is_empty());
    shop.member(2, "bob@example.com", &[Role::Administrator], Some(60)).await;
    let last = of(&user(1)).from_staff(user(2));
    assert_eq!(outcome(&endpoint.handle(&last).await), (409, "last_administrator"));
}
