use souk_domain::money::Currency;
use souk_domain::order::RefundTarget;
use souk_store::{RefundApprovalOutcome, RefundRequest, RefundRequestOutcome};
use souk_testkit::{Database, user};

use crate::orders::{NOW, idempotency_key, order_id};
use crate::{Stores, at_once};

fn request() -> RefundRequest {
    RefundRequest {
        request_id: "request".to_owned(),
        user_id: user(1),
        order_id: order_id(NOW, 1),
        amount_minor: 50_000,
        currency: Currency::USD,
        target: RefundTarget::Provider,
        reason: "arrived late".to_owned(),
        requested_by: user(8),
        request: idempotency_key("request"),
        requested_at: NOW,
        expires_at: NOW.plus_seconds(60).as_seconds(),
    }
}

#[tokio::test]
async fn a_request_is_stored_once_and_taken_by_another_person() {
    for database in Database::each().await {
        let requests = Stores::on(&database).refund_requests;
        let (waiting, taken) = (request(), |request: RefundRequest| RefundApprovalOutcome::Taken(Box::new(request)));
        let take = async |person, now| requests.take("request", &user(person), now).await.expect("answered");
        assert_eq!(take(9, NOW).await, RefundApprovalOutcome::NotFound);
        assert_eq!(requests.create(&waiting).await.expect("written"), RefundRequestOutcome::Created);
        let other = RefundRequest { amount_minor: 1, ..request() };
        let exists = RefundRequestOutcome::Exists(Box::new(waiting.clone()));
        assert_eq!(requests.create(&other).await.expect("answered"), exists, "{}", database.implementation);

        let (late, last) = (NOW.plus_seconds(60), NOW.plus_seconds(59));
        assert_eq!(requests.get("request", last).await.expect("read"), Some(waiting.clone()));
        assert_eq!(requests.get("request", late).await.expect("read"), None, "expired, though TTL is late");
        assert_eq!(take(8, NOW).await, RefundApprovalOutcome::SamePerson, "{}", database.implementation);
        assert_eq!(take(9, late).await, RefundApprovalOutcome::NotFound);
        assert_eq!(take(9, last).await, taken(waiting));
        assert_eq!(take(9, last).await, RefundApprovalOutcome::NotFound);
    }
}

#[tokio::test]
async fn of_many_approvals_at_once_one_gets_the_request() {
    for database in Database::each().await {
        let requests = Stores::on(&database).refund_requests;
        assert_eq!(requests.create(&request()).await.expect("written"), RefundRequestOutcome::Created);
        let outcomes = at_once(6, |number| {
            let requests = requests.clone();
            Box::pin(async move { requests.take("request", &user(20 + number), NOW).await.expect("answered") })
        })
        .await;
        let taken = outcomes.iter().filter(|outcome| matches!(outcome, RefundApprovalOutcome::Taken(_))).count();
        assert_eq!(taken, 1, "{}", database.implementation);
    }
}
