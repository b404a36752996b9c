use souk_domain::money::Currency;
use souk_domain::order::RefundTarget;
use souk_store::{RefundRequest, RefundRequestOutcome};
use souk_testkit::{Database, user};

use crate::Stores;
use crate::orders::{NOW, idempotency_key, order_id};

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
async fn a_request_is_stored_once_until_it_expires() {
    for database in Database::each().await {
        let requests = Stores::on(&database).refund_requests;
        let waiting = request();
        assert_eq!(requests.create(&waiting).await.expect("written"), RefundRequestOutcome::Created);
        let other = RefundRequest { amount_minor: 1, ..request() };
        let exists = RefundRequestOutcome::Exists(Box::new(waiting.clone()));
        assert_eq!(requests.create(&other).await.expect("answered"), exists, "{}", database.implementation);

        let (late, last) = (NOW.plus_seconds(60), NOW.plus_seconds(59));
        assert_eq!(requests.get("request", last).await.expect("read"), Some(waiting.clone()));
        assert_eq!(requests.get("request", late).await.expect("read"), None, "expired, though TTL is late");
        assert_eq!(requests.get("other", NOW).await.expect("read"), None);
        let again = RefundRequest { requested_at: late, expires_at: late.plus_seconds(60).as_seconds(), ..request() };
        assert_eq!(requests.create(&again).await.expect("written"), RefundRequestOutcome::Created);
        assert_eq!(requests.get("request", late).await.expect("read"), Some(again), "{}", database.implementation);
        assert!(waiting.may_be_approved_by(&user(9)) && !waiting.may_be_approved_by(&user(8)));
    }
}
