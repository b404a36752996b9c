//! Tests of refunds that need a second person.

use futures_util::future::join_all;
use souk_domain::ids::OrderId;
use souk_domain::order::{Order, RefundStatus};
use souk_domain::permission::Role;
use souk_testkit::user;

use super::*;
use crate::fixture::{Fixture, outcome, staff_request};
use crate::get_refund_request::GetRefundRequest;
use crate::grant_refund::GrantRefund;

/// A delivered order of 10.00, in a shop in which one person may refund 3.00 of an order. User 9 refunds orders.
struct Scene {
    shop: Fixture,
    order_id: OrderId,
}

impl Scene {
    async fn open() -> Self {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 10).await;
        shop.member(&user(9), &[Role::Refunds]).await;
        Self { shop, order_id }
    }

    fn grant(&self) -> GrantRefund {
        GrantRefund {
            context: self.shop.refund_context(),
            random: self.shop.random.clone(),
            currency: Currency::USD,
            requests: self.shop.refund_requests(),
            approval_above_minor: Some(300),
        }
    }

    fn approve(&self) -> ApproveRefund {
        ApproveRefund {
            context: self.shop.refund_context(),
            requests: self.shop.refund_requests(),
            grants: self.shop.grants(),
            currency: Currency::USD,
        }
    }

    fn show(&self) -> GetRefundRequest {
        GetRefundRequest { requests: self.shop.refund_requests(), clock: self.shop.clock.clone() }
    }

    /// A refund that a member of staff asks for.
    async fn ask(&self, staff: u32, amount: &str, key: &str) -> Result<Reply, Problem> {
        self.ask_to(staff, amount, "original", key).await
    }

    async fn ask_to(&self, staff: u32, amount: &str, refund_to: &str, key: &str) -> Result<Reply, Problem> {
        let body = format!(r#"{{"amount": {amount}, "refund_to": "{refund_to}", "reason": "late"}}"#);
        let request = staff_request("POST", &self.order_id, "refunds").with_json(&body).from_staff(user(staff));
        self.grant().handle(&request.with_header("idempotency-key", key)).await
    }

    /// Asks for 5.00 and returns the id of the request.
    async fn waiting(&self) -> String {
        self.waiting_to("original").await
    }

    async fn waiting_to(&self, refund_to: &str) -> String {
        let reply = self.ask_to(9, "5.00", refund_to, "k").await.expect("requested");
        assert_eq!((reply.status(), &reply.body_json()["status"]), (202, &"approval_required".into()));
        reply.body_json()["refund_request_id"].as_str().expect("an id").to_owned()
    }

    async fn order(&self) -> Order {
        self.shop.order(&user(1), &self.order_id).await
    }
}

fn approval(id: &str, staff: u32) -> Request {
    approval_of(id, "5.00", staff)
}

fn approval_of(id: &str, amount: &str, staff: u32) -> Request {
    let request = Request::new("POST", "/admin/refund-requests/x/approval").with_path("refund_request_id", id);
    request.with_json(&format!(r#"{{"amount": {amount}}}"#)).from_staff(user(staff))
}

fn look(id: &str) -> Request {
    Request::new("GET", "/admin/refund-requests/x").with_path("refund_request_id", id).from_staff(user(8))
}

#[tokio::test]
async fn a_second_person_approves_a_large_refund() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    assert!(scene.order().await.refunds.is_empty());
    assert_eq!(outcome(&scene.approve().handle(&approval(&id, 9)).await), (403, "second_person_required"));

    let first = scene.approve().handle(&approval(&id, 8)).await.expect("approved");
    let rest = r#""amount":5.00,"currency":"USD","refund_to":"original","reason":"late","status":"pending""#;
    assert_eq!(first.body(), format!(r#"{{"order_id":"{}","refund_id":"1",{rest}}}"#, scene.order_id));
    let order = scene.order().await;
    let refund = &order.refunds[0];
    assert_eq!((refund.granted_by.as_ref(), refund.approved_by.as_ref()), (Some(&user(9)), Some(&user(8))));
    let (before, after) = first.audited().expect("for the audit log").json();
    assert!(!before.contains("refunds") && after.contains(r#""amount_minor":500"#), "{before} {after}");
    assert!(after.contains(&format!(r#""granted_by":"{}","approved_by":"{}""#, user(9), user(8))), "{after}");

    // A retry and another approver get the same response, and so does the requester with the same key.
    scene
        .shop
        .apply(&user(1), &scene.order_id, Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_1".to_owned() })
        .await;
    for staff in [8, 7] {
        let again = scene.approve().handle(&approval(&id, staff)).await.expect("found");
        assert_eq!((again.status(), again.body()), (201, first.body()));
    }
    let asked = scene.ask(9, "5.00", "k").await.expect("found");
    assert_eq!((asked.status(), asked.body()), (201, first.body()));
    let order = scene.order().await;
    assert_eq!((order.refunds.len(), order.refunds[0].status), (1, RefundStatus::Completed));
}

#[tokio::test]
async fn a_large_refund_cannot_be_split() {
    let scene = Scene::open().await;
    for (amount, key, status) in [("1.00", "a", 201), ("2.00", "b", 201), ("0.01", "c", 202), ("3.00", "d", 202)] {
        assert_eq!(outcome(&scene.ask(9, amount, key).await).0, status, "{amount}");
    }
    assert_eq!(outcome(&scene.ask(8, "3.00", "e").await), (201, ""), "each person has a sum of their own");
    assert_eq!(outcome(&scene.ask(9, "4.01", "f").await), (409, "not_refundable"), "nothing to approve");

    let scene = Scene::open().await;
    let keys = ["a", "b", "c", "d", "e", "f"];
    let outcomes = join_all(keys.map(|key| scene.ask(9, "1.00", key))).await;
    assert!(outcomes.iter().all(|reply| matches!(outcome(reply), (201 | 202, "") | (503, _))), "{outcomes:?}");
    assert!(scene.order().await.owed_minor() <= 300, "also at once");
}

#[tokio::test]
async fn approvals_at_once_grant_one_refund() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    let requests = [5, 6, 7, 8].map(|staff| approval(&id, staff));
    let approve = scene.approve();
    let outcomes = join_all(requests.iter().map(|request| approve.handle(request))).await;
    assert!(outcomes.iter().all(|reply| outcome(reply) == (201, "")), "{outcomes:?}");
    assert_eq!(scene.order().await.owed_minor(), 500);
}

#[tokio::test]
async fn a_request_has_one_key_and_expires() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    assert_eq!(scene.waiting().await, id, "a retry");
    for amount in ["6.00", "1.00"] {
        assert_eq!(outcome(&scene.ask(9, amount, "k").await), (422, "idempotency_key_reused"), "{amount}");
    }
    scene.shop.clock.advance_seconds(7 * 24 * 60 * 60);
    assert_eq!(outcome(&scene.approve().handle(&approval(&id, 8)).await), (404, "not_found"));
    assert_eq!(outcome(&scene.show().handle(&look(&id)).await), (404, "not_found"));
    assert_eq!(scene.waiting().await, id, "asked for again");
    assert_eq!(outcome(&scene.approve().handle(&approval(&id, 8)).await), (201, ""));
}

#[tokio::test]
async fn an_approval_above_the_refundable_amount_is_refused() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    for (staff, key) in [(2, "a"), (3, "b")] {
        assert_eq!(outcome(&scene.ask(staff, "3.00", key).await), (201, ""));
    }
    let problem = scene.approve().handle(&approval(&id, 8)).await.expect_err("refused");
    assert_eq!((problem.code(), problem.member("refundable_amount")), ("not_refundable", Some("4.00")));
}

#[tokio::test]
async fn only_staff_with_the_permission_approve() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    let approve = scene.approve();
    assert_eq!(outcome(&approve.handle(&approval(&id, 8).from_user(user(8))).await), (403, "forbidden"));
    let show = scene.show();
    assert_eq!(outcome(&show.handle(&look(&id).from_user(user(8))).await), (403, "forbidden"));
    let anonymous = Request::new("POST", "/").with_path("refund_request_id", &id);
    assert_eq!(outcome(&approve.handle(&anonymous).await), (401, "token_required"));
    assert_eq!(outcome(&show.handle(&anonymous).await), (401, "token_required"));
    let unknown = format!("{}.{}", scene.order_id, "x".repeat(22));
    for bad in ["x", scene.order_id.as_str(), unknown.as_str()] {
        assert_eq!(outcome(&approve.handle(&approval(bad, 8)).await), (404, "not_found"), "{bad}");
        assert_eq!(outcome(&show.handle(&look(bad)).await), (404, "not_found"), "{bad}");
    }
    assert!(scene.order().await.refunds.is_empty());
}

/// The second person sees what was asked for, and an approval of another amount is refused: "it is only 0.90".
#[tokio::test]
async fn nobody_approves_an_amount_that_was_not_looked_at() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    let seen = scene.show().handle(&look(&id)).await.expect("shown");
    let of = format!(r#""refund_request_id":"{id}","order_id":"{}""#, scene.order_id);
    let what = r#""amount":5.00,"currency":"USD","refund_to":"original","reason":"late""#;
    let times = r#""requested_at":"2026-11-24T06:57:00.000Z","expires_at":"2026-12-01T06:57:00.000Z""#;
    assert_eq!(seen.body(), format!(r#"{{{of},{what},"requested_by":"{}",{times}}}"#, user(9)));
    let approve = scene.approve();
    for amount in ["0.90", "4.99", "5.01", "500.00"] {
        assert_eq!(outcome(&approve.handle(&approval_of(&id, amount, 8)).await), (409, "amount_mismatch"), "{amount}");
    }
    for (body, field) in [("{}", "amount"), (r#"{"amount": -5}"#, "amount"), (r#"{"amount": "5.00"}"#, "amount")] {
        let problem = approve.handle(&approval(&id, 8).with_json(body)).await.expect_err("refused");
        assert_eq!((problem.status(), problem.errors()[0].field.as_str()), (422, field), "{body}");
    }
    assert!(scene.order().await.refunds.is_empty());
    assert_eq!(outcome(&approve.handle(&approval(&id, 8)).await), (201, ""));
    assert_eq!(outcome(&approve.handle(&approval_of(&id, "0.90", 8)).await), (409, "amount_mismatch"), "also then");
}

#[tokio::test]
async fn who_asked_must_still_have_the_permission() {
    let scene = Scene::open().await;
    let id = scene.waiting().await;
    let account = scene.shop.accounts().get(&user(9)).await.expect("read").expect("an account");
    scene.shop.grant(&account, &[Role::Orders]).await;
    let approve = scene.approve();
    assert_eq!(outcome(&approve.handle(&approval(&id, 8)).await), (409, "requester_not_permitted"));
    assert!(scene.order().await.refunds.is_empty());
    scene.shop.grant(&account, &[Role::Orders, Role::Refunds]).await;
    let first = approve.handle(&approval(&id, 8)).await.expect("approved");
    // What was granted stays granted, and a retry gets it.
    scene.shop.grant(&account, &[Role::Orders]).await;
    assert_eq!(approve.handle(&approval(&id, 8)).await.expect("found").body(), first.body());
    // An account without any grant, such as one that was deleted.
    let other = scene.ask(7, "4.00", "l").await.expect("requested").body_json();
    let other = approval_of(other["refund_request_id"].as_str().expect("an id"), "4.00", 8);
    assert_eq!(outcome(&approve.handle(&other).await), (409, "requester_not_permitted"));
}

/// The owner of the order was a guest. It gets an account between the request and the approval.
#[tokio::test]
async fn an_approved_refund_goes_to_the_account_of_the_order() {
    let scene = Scene::open().await;
    let refused = scene.ask_to(9, "5.00", "store_credit", "k").await;
    assert_eq!(outcome(&refused), (409, "store_credit_unavailable"), "nothing to approve");
    scene.shop.account(&user(4), "ann@example.com", &[user(1)]).await;
    let id = scene.waiting_to("store_credit").await;
    assert_eq!(outcome(&scene.approve().handle(&approval(&id, 8)).await), (201, ""));
    assert_eq!(scene.order().await.refunds[0].account, Some(user(4)));
}
