use std::collections::BTreeSet;

use futures_util::future::join_all;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{OrderStatus, RefundApproval, RefundGrant, RefundTarget, Shipment};
use souk_fixtures::{LoggedEvents, unavailable_limits};
use souk_payment::ProviderError;
use souk_testkit::user;

use super::*;
use crate::fixture::Fixture;

impl Fixture {
    fn endpoint(&self) -> PayOrder {
        PayOrder {
            orders: self.shopper_orders(),
            payments: self.payments.clone(),
            store_credit: self.store_credit.clone(),
            limits: self.limits(),
            methods: PaymentMethods::all(),
            random: self.random.clone(),
        }
    }

    fn request(&self, token: &str) -> Request {
        let request = Request::new("POST", &format!("/orders/{}/pay", self.order_id));
        let request = request.with_path("order_id", self.order_id.as_str());
        request.with_json(&format!(r#"{{"payment_token": "{token}"}}"#)).from_user(user(1))
    }

    fn by_store_credit(&self) -> Request {
        self.request("").with_json(r#"{"payment_method": "store_credit"}"#)
    }

    /// The staff refunds so many cents.
    fn refund_granted(amount_minor: i64) -> Event {
        let request = IdempotencyKey { key: amount_minor.to_string(), fingerprint: String::new() };
        let (amount, reason) = (Money::from_minor(amount_minor, Currency::USD), "late".to_owned());
        Event::RefundGranted(RefundGrant {
            amount,
            target: RefundTarget::Provider,
            account: None,
            reason,
            granted_by: user(9),
            request,
            approval: RefundApproval::NotRequired,
        })
    }

    async fn pay(&self, token: &str) -> (u16, String) {
        outcome(self.endpoint().handle(&self.request(token)).await)
    }
}

/// Status, and the code of a problem or the status of a payment.
fn outcome(result: Result<Reply, Problem>) -> (u16, String) {
    match result {
        Ok(reply) => (reply.status(), reply.body_json()["status"].as_str().unwrap_or_default().to_owned()),
        Err(problem) => (problem.status(), problem.code().to_owned()),
    }
}

fn refunded(refund: usize) -> Event {
    Event::RefundSettled { refund, retry: 0, refund_id: format!("re_{refund}") }
}

fn is(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

#[tokio::test]
async fn an_account_pays_an_order_of_its_guest() {
    let shop = Fixture::start().await;
    let by_account = || shop.request("sandbox_success").from_user(user(2));
    assert_eq!(outcome(shop.endpoint().handle(&by_account()).await), (404, "not_found".to_owned()));
    shop.link_guest().await;
    let as_guest = by_account().from_guest(user(2));
    assert_eq!(outcome(shop.endpoint().handle(&as_guest).await), (404, "not_found".to_owned()));
    assert_eq!(outcome(shop.endpoint().handle(&by_account()).await), (200, "completed".to_owned()));
    assert_eq!(shop.order().await.status, OrderStatus::Paid);
    shop.assert_reconciled().await;
}

/// The account pays with its own store credit, not with that of the guest who placed the order, and gets it back.
#[tokio::test]
async fn an_account_pays_an_order_of_its_guest_with_its_own_store_credit() {
    let shop = Fixture::start().await;
    shop.link_guest().await;
    shop.set_store_credit_of(&user(2), 250).await;
    let as_guest = shop.by_store_credit().from_guest(user(1));
    assert_eq!(outcome(shop.endpoint().handle(&as_guest).await), is(409, "store_credit_unavailable"));
    let by_account = || shop.by_store_credit().from_user(user(2));
    for _ in 0..2 {
        assert_eq!(outcome(shop.endpoint().handle(&by_account()).await), is(200, "completed"));
    }
    assert_eq!((shop.store_credit_of(&user(2)).await, shop.store_credit().await), (50, 0));
    assert_eq!(outcome(shop.endpoint().handle(&as_guest).await), is(200, "completed"), "it is paid");
    shop.apply(Event::Cancelled).await;
    for _ in 0..2 {
        shop.refund(0).await;
    }
    assert_eq!(shop.order().await.status, OrderStatus::Refunded);
    assert_eq!((shop.store_credit_of(&user(2)).await, shop.store_credit().await), (250, 0));
}

/// A refund of a card payment, after the guest became an account.
#[tokio::test]
async fn store_credit_for_the_order_of_a_guest_is_paid_out_to_its_account() {
    let shop = Fixture::start().await;
    shop.pay("sandbox_success").await;
    shop.link_guest().await;
    let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1Z".to_owned() };
    shop.apply(Event::Shipped(shipment)).await;
    let Event::RefundGranted(grant) = Fixture::refund_granted(50) else { panic!("a grant") };
    let (target, account) = (RefundTarget::StoreCredit, Some(user(2)));
    shop.apply(Event::RefundGranted(RefundGrant { target, account, ..grant })).await;
    for _ in 0..2 {
        shop.refund(0).await;
    }
    assert_eq!((shop.store_credit_of(&user(2)).await, shop.store_credit().await), (50, 0));
    shop.assert_reconciled().await;
}

#[test]
fn paying_checks_the_session() {
    assert!(operation().checks_session);
}

#[tokio::test]
async fn a_payment_completes_once() {
    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    let order = shop.order().await;
    assert_eq!((order.status, order.captured_minor(), &order.attempts[0].token), (OrderStatus::Paid, 200, &None));
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 1);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn paying_a_paid_order_returns_the_payment_that_paid_it_and_charges_nothing() {
    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_decline").await, is(402, "payment_declined"));
    let paid = shop.endpoint().handle(&shop.request("sandbox_success")).await.expect("paid");
    let order = shop.order().await;
    let (keyed, credit) = (shop.request("sandbox_decline").with_header("idempotency-key", "k"), shop.by_store_credit());
    for request in [shop.request("sandbox_success"), keyed, credit] {
        let reply = shop.endpoint().handle(&request).await.expect("the payment");
        assert_eq!((reply.status(), reply.body()), (200, paid.body()));
    }
    assert_eq!(shop.order().await, order, "nothing was saved");
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 2);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_order_stays_paid_until_it_is_cancelled_or_fully_refunded() {
    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1Z".to_owned() };
    for (event, status) in [
        (Event::Shipped(shipment), OrderStatus::Shipped),
        (Event::Delivered, OrderStatus::Delivered),
        (Fixture::refund_granted(50), OrderStatus::Delivered),
        (refunded(0), OrderStatus::PartiallyRefunded),
    ] {
        assert_eq!(shop.apply(event).await.status, status);
        assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"), "{status:?}");
    }
    shop.apply(Fixture::refund_granted(150)).await;
    assert_eq!(shop.apply(refunded(1)).await.status, OrderStatus::Refunded);
    assert_eq!(shop.pay("sandbox_success").await, is(409, "not_payable"));

    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    shop.apply(Event::Cancelled).await;
    assert_eq!(shop.pay("sandbox_success").await, is(409, "not_payable"));
    assert_eq!(outcome(shop.endpoint().handle(&shop.by_store_credit()).await), is(409, "not_payable"));
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 1);
}

#[tokio::test]
async fn an_order_paid_by_store_credit_returns_that_payment() {
    let shop = Fixture::start().await;
    shop.set_store_credit(200).await;
    let paid = shop.endpoint().handle(&shop.by_store_credit()).await.expect("paid");
    assert!(paid.body_json()["payment_id"].as_str().is_some_and(|id| id.starts_with("credit_")));
    for request in [shop.by_store_credit(), shop.request("sandbox_success")] {
        let reply = shop.endpoint().handle(&request).await.expect("the payment");
        assert_eq!((reply.status(), reply.body()), (200, paid.body()));
    }
    assert_eq!((shop.store_credit().await, shop.order().await.attempts.len()), (0, 1));
    assert!(shop.provider.charges.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn of_two_concurrent_requests_with_one_key_and_different_bodies_one_is_refused() {
    const CARD: &str = r#"{"payment_token": "sandbox_success"}"#;
    const DECLINED: &str = r#"{"payment_token": "sandbox_decline"}"#;
    const CREDIT: &str = r#"{"payment_method": "store_credit"}"#;
    for bodies in [[CARD, DECLINED], [DECLINED, CARD], [CARD, CREDIT], [CREDIT, CARD]] {
        let shop = Fixture::start().await;
        shop.set_store_credit(200).await;
        let requests = bodies.map(|body| shop.request("").with_json(body).with_header("idempotency-key", "k"));
        let endpoint = shop.endpoint();
        let outcomes = join_all(requests.iter().map(|request| endpoint.handle(request))).await;
        let refused = outcomes.into_iter().map(outcome).filter(|found| *found == is(422, "idempotency_key_reused"));
        assert_eq!((refused.count(), shop.order().await.attempts.len()), (1, 1), "{bodies:?}");
        assert!(shop.provider.charges.lock().expect("a lock").len() <= 1);
    }
}

#[tokio::test]
async fn after_a_decline_another_attempt_may_succeed() {
    let shop = Fixture::start().await;
    let problem = shop.endpoint().handle(&shop.request("sandbox_decline")).await.expect_err("declined");
    assert_eq!((problem.status(), problem.code()), (402, "payment_declined"));
    assert_eq!(problem.member("decline_code"), None, "the shopper has paid no order yet");
    let order = shop.order().await;
    assert_eq!(order.attempts[0].decline_code.as_deref(), Some("card_declined"), "for staff");
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    shop.assert_reconciled().await;
    let charges = shop.provider.charges.lock().expect("a lock");
    assert_ne!(charges[0].idempotency_key, charges[1].idempotency_key);
}

#[tokio::test]
async fn a_retry_with_its_key_gets_the_same_response_and_charges_nothing() {
    let shop = Fixture::start().await;
    let keyed = |token| shop.request(token).with_header("idempotency-key", "k");
    for _ in 0..2 {
        assert_eq!(outcome(shop.endpoint().handle(&keyed("sandbox_decline")).await), is(402, "payment_declined"));
    }
    assert_eq!(outcome(shop.endpoint().handle(&keyed("sandbox_success")).await), is(422, "idempotency_key_reused"));
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 1);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn of_concurrent_payments_one_charges() {
    let shop = Fixture::start().await;
    let (endpoint, request) = (shop.endpoint(), shop.request("sandbox_success"));
    let outcomes = join_all((0..8).map(|_| endpoint.handle(&request))).await;
    let mut payments = BTreeSet::new();
    for result in outcomes {
        match result {
            Ok(reply) => _ = payments.insert(reply.body().to_owned()),
            Err(problem) => assert_eq!((problem.status(), problem.code()), (409, "payment_in_progress")),
        }
    }
    assert_eq!(payments.len(), 1, "{payments:?}");
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 1);
    assert_eq!(shop.order().await.captured_minor(), 200);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_lost_outcome_is_resolved_later_and_charged_once() {
    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_timeout_after_charge").await, is(202, "processing"));
    assert_eq!(shop.pay("sandbox_success").await, is(409, "payment_in_progress"));
    assert_eq!(shop.check(0).await.as_deref(), Ok("settled"));
    assert_eq!(shop.check(0).await.as_deref(), Ok("settled before"));
    let order = shop.order().await;
    assert_eq!((order.status, order.captured_minor()), (OrderStatus::Paid, 200));
    shop.assert_reconciled().await;
    let charges = shop.provider.charges.lock().expect("a lock");
    assert_eq!((charges.len(), &charges[0]), (2, &charges[1]), "called twice with one key");
}

#[tokio::test]
async fn a_key_of_a_running_request_is_refused_with_retry_after() {
    let shop = Fixture::start().await;
    let keyed = || shop.request("sandbox_timeout_before_charge").with_header("idempotency-key", "k");
    assert_eq!(outcome(shop.endpoint().handle(&keyed()).await), is(202, "processing"));
    assert_eq!(outcome(shop.endpoint().handle(&keyed()).await), is(409, "request_in_progress"));
    shop.check(0).await.expect("checked");
    assert_eq!(outcome(shop.endpoint().handle(&keyed()).await), is(200, "completed"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_action_leaves_the_order_payable_and_a_late_capture_is_refunded() {
    let shop = Fixture::start().await;
    let reply = shop.endpoint().handle(&shop.request("sandbox_requires_action")).await.expect("an answer");
    assert_eq!((reply.status(), reply.body_json()["status"].as_str()), (202, Some("requires_action")));
    assert!(reply.body_json()["action_url"].as_str().is_some());

    shop.payments.apply(&user(1), &shop.order_id, &Event::Cancelled).await.expect("cancelled");
    assert_eq!(shop.available().await, 5);
    let late = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 };
    let _ = shop.payments.settle(&shop.order().await, 0, late).await.expect("settled");
    assert_eq!(shop.refund(0).await, "refunded");
    let order = shop.order().await;
    assert_eq!((order.status, order.refunded_minor(), shop.available().await), (OrderStatus::Refunded, 200, 5));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_cancelled_paid_order_is_refunded_and_restocked_once() {
    let shop = Fixture::start().await;
    shop.pay("sandbox_success").await;
    let _ = shop.payments.apply(&user(1), &shop.order_id, &Event::Cancelled).await.expect("cancelled");
    assert_eq!(shop.available().await, 3);
    assert_eq!(shop.refund(0).await, "refunded");
    assert_eq!(shop.refund(0).await, "nothing is due");
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Refunded, 5));
    shop.assert_reconciled().await;
    let refunds = shop.provider.refunds.lock().expect("a lock");
    assert_eq!((refunds.len(), refunds[0].amount.minor()), (1, 200));
}

#[tokio::test]
async fn an_order_that_cannot_be_paid_has_its_code() {
    let shop = Fixture::start().await;
    let anonymous = Request::new("POST", "/").with_path("order_id", shop.order_id.as_str()).with_json("{}");
    assert_eq!(outcome(shop.endpoint().handle(&anonymous).await), is(401, "token_required"));
    let other = shop.request("sandbox_success").from_user(user(2));
    assert_eq!(outcome(shop.endpoint().handle(&other).await), is(404, "not_found"));
    let bad = shop.request("").with_json(r#"{"payment_token": 5, "payment_method": "gold"}"#);
    let problem = shop.endpoint().handle(&bad).await.expect_err("two bad fields");
    assert_eq!((problem.status(), problem.errors().len()), (422, 2));

    shop.clock.advance_seconds(900);
    assert_eq!(shop.pay("sandbox_success").await, is(409, "hold_expired"));
    assert!(shop.provider.charges.lock().expect("a lock").is_empty());
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_provider_that_is_down_charges_nothing_twice() {
    let shop = Fixture::start().await;
    shop.provider.script.lock().expect("a lock").push_back(Err(ProviderError::Unknown("refused".to_owned())));
    assert_eq!(shop.pay("sandbox_success").await, is(202, "processing"));
    assert_eq!(shop.check(0).await.as_deref(), Ok("settled"));
    assert_eq!(shop.order().await.captured_minor(), 200);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_late_capture_allocates_the_units_again_if_available() {
    for (left, status, refunds) in [(5, OrderStatus::Paid, 0), (1, OrderStatus::Expired, 1)] {
        let shop = Fixture::start().await;
        shop.pay("sandbox_requires_action").await;
        shop.clock.advance_seconds(900);
        let _ = shop.payments.apply(&user(1), &shop.order_id, &Event::HoldEnded).await.expect("expired");
        shop.set_stock(left).await;
        let late = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 };
        for _ in 0..2 {
            let _ = shop.payments.settle(&shop.order().await, 0, late.clone()).await.expect("settled");
            let order = shop.order().await;
            assert_eq!((order.status, order.refunds.len(), order.captured_minor()), (status, refunds, 200));
        }
        assert_eq!(shop.available().await, if refunds == 0 { left - 2 } else { left });
    }
}

#[tokio::test]
async fn insufficient_store_credit_does_not_pay() {
    let shop = Fixture::start().await;
    let problem = shop.endpoint().handle(&shop.by_store_credit()).await.expect_err("no credit");
    assert_eq!((problem.status(), problem.member("decline_code")), (402, Some("\"insufficient_store_credit\"")));
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_card_number_is_rejected_and_not_quoted() {
    let shop = Fixture::start().await;
    let problem = shop.endpoint().handle(&shop.request("4242 4242 4242 4242")).await.expect_err("refused");
    assert_eq!((problem.status(), problem.errors()[0].code), (422, "card_number"));
    assert!(!problem.into_reply("r").body().contains("4242"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_request_refused_by_the_provider_leaves_the_order_payable() {
    let shop = Fixture::start().await;
    shop.script([Err(ProviderError::Refused("401: invalid_api_key".to_owned()))]);
    let problem = shop.endpoint().handle(&shop.request("sandbox_success")).await.expect_err("refused");
    assert_eq!((problem.status(), problem.code()), (503, "payment_unavailable"));
    assert!(problem.cause().is_some_and(|cause| cause.contains("invalid_api_key")));
    assert!(!problem.into_reply("r").body().contains("api_key"));
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_payment_that_takes_days_has_an_immediate_response() {
    let shop = Fixture::start().await;
    shop.script([Ok(ProviderOutcome::Pending { payment_id: Some("pay_1".to_owned()) })]);
    let reply = shop.endpoint().handle(&shop.request("x")).await.expect("answered");
    assert_eq!((reply.status(), reply.body_json()["status"].as_str()), (202, Some("processing")));
    assert_eq!(reply.body_json()["payment_id"].as_str(), Some("pay_1"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_account_that_has_paid_before_sees_why_a_payment_is_declined() {
    let shop = Fixture::start().await;
    assert_eq!(shop.pay("sandbox_success").await, is(200, "completed"));
    let request = shop.request("sandbox_decline");
    assert!(shop.endpoint().has_history(&request).await.expect("read"));
    assert!(!shop.endpoint().has_history(&request.clone().from_guest(user(1))).await.expect("read"), "a guest");
    shop.apply(Event::Cancelled).await;
    assert!(!shop.endpoint().has_history(&request).await.expect("read"), "its money is due back");
}

#[tokio::test]
async fn declined_attempts_are_bounded_and_a_payment_is_not_counted() {
    let shop = Fixture::start().await;
    let limit = |max_attempts| souk_store::Limit { max_attempts, window_seconds: 3600 };
    let limits = PaymentLimits { payments_per_shopper: limit(2), ..shop.limits() };
    let endpoint = PayOrder { limits, ..shop.endpoint() };
    let pay = async |token: &str| outcome(endpoint.handle(&shop.request(token)).await);
    for card in ["sandbox_decline_1", "sandbox_decline_2"] {
        assert_eq!(pay(card).await, is(402, "payment_declined"));
    }
    let refused = endpoint.handle(&shop.request("sandbox_success")).await.expect_err("refused");
    assert_eq!((refused.status(), refused.code()), (429, "too_many_attempts"));
    assert!(refused.into_reply("r").headers().contains_key("retry-after"));
    assert_eq!(shop.provider.charges.lock().expect("a lock").len(), 2, "the third was not charged");
    shop.clock.advance_seconds(800);
    assert_eq!(pay("sandbox_success").await.0, 429);
}

#[tokio::test]
async fn one_card_is_bounded_over_all_guests_and_an_address_over_all_cards() {
    let shop = Fixture::start().await;
    let limits = shop.limits();
    let request = |n: u32| shop.request("").from_guest(user(n));
    let fail = async |n: u32, card: &str| {
        let counters = limits.check_payment(&user(n), Some(card), &request(n)).await?;
        limits.count_failed_payment(counters).await;
        Ok::<_, Problem>(())
    };
    for n in 0..souk_identity::PAYMENTS_PER_CARD.max_attempts {
        fail(100 + n, "card-1").await.expect("below the bound");
    }
    assert_eq!(fail(1, "card-1").await.expect_err("refused").code(), "too_many_attempts");
    // The refused attempt was not counted for the address.
    let left = souk_identity::PAYMENTS_PER_ADDRESS.max_attempts - souk_identity::PAYMENTS_PER_CARD.max_attempts;
    for n in 0..left {
        fail(200 + n, &format!("card-of-{n}")).await.expect("below the bound");
    }
    assert_eq!(fail(2, "card-2").await.expect_err("refused").status(), 429);
    let off = PaymentLimits { counts_addresses_and_cards: false, ..limits.clone() };
    let _ = off.check_payment(&user(2), Some("card-2"), &request(2)).await.expect("only the shopper is limited");
}

#[tokio::test]
async fn a_method_that_the_shop_does_not_accept_is_refused_but_not_for_a_retry() {
    let shop = Fixture::start().await;
    let endpoint = PayOrder { methods: "paypal, bank_transfer".parse().expect("methods"), ..shop.endpoint() };
    let named = |method: &str| {
        let body = format!(r#"{{"payment_token": "sandbox_success", "payment_method": "{method}"}}"#);
        shop.request("").with_json(&body)
    };
    // Without a method, it is that of the order: a card.
    for request in [shop.request("sandbox_success"), named("credit_card"), shop.by_store_credit()] {
        let problem = endpoint.handle(&request).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!((problem.status(), fields), (422, vec![("payment_method", "not_accepted")]));
    }
    assert!(shop.provider.charges.lock().expect("a lock").is_empty() && shop.order().await.attempts.is_empty());

    let keyed = shop.request("sandbox_decline").with_header("idempotency-key", "k-1");
    let first = outcome(shop.endpoint().handle(&keyed).await);
    assert_eq!(first, is(402, "payment_declined"));
    assert_eq!(outcome(endpoint.handle(&keyed).await), first, "the shop dropped the method before the retry");
    assert_eq!(outcome(endpoint.handle(&named("paypal")).await), is(200, "completed"));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn while_payments_cannot_be_counted_they_pass() {
    let shop = Fixture::start().await;
    let limits = PaymentLimits { limits: unavailable_limits(shop.random.clone()), ..shop.limits() };
    let endpoint = PayOrder { limits, ..shop.endpoint() };
    for (token, expected) in
        [("sandbox_decline", is(402, "payment_declined")), ("sandbox_success", is(200, "completed"))]
    {
        let logged = LoggedEvents::start();
        assert_eq!(outcome(endpoint.handle(&shop.request(token)).await), expected);
        assert!(logged.count("rate_limits_unavailable") >= 2, "the shopper and the network address");
    }
    shop.assert_reconciled().await;
}
