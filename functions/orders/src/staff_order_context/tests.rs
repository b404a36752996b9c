//! Tests of the endpoints with which staff change an order.

use souk_domain::idempotency::IdempotencyKey;
use souk_domain::money::Currency;
use souk_domain::order::{Order, OrderStatus, ReturnItem};
use souk_domain::quantity::Quantity;
use souk_runtime::http::{Endpoint, Reply};
use souk_testkit::user;

use super::*;
use crate::accept_return::AcceptReturn;
use crate::admin_cancel_order::AdminCancelOrder;
use crate::admin_get_order::AdminGetOrder;
use crate::deliver_order::DeliverOrder;
use crate::fixture::{Fixture, outcome, sku, staff_request};
use crate::grant_refund::GrantRefund;
use crate::reject_return::RejectReturn;
use crate::retry_refund::RetryRefund;
use crate::ship_order::ShipOrder;

const SHIPMENT: &str = r#"{"carrier": "DHL", "tracking_number": "00340434161094042557"}"#;

async fn shop() -> Fixture {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    shop
}

impl Fixture {
    fn grant_refund(&self) -> GrantRefund {
        GrantRefund {
            context: self.refund_context(),
            random: self.random.clone(),
            currency: Currency::USD,
            requests: self.refund_requests(),
            approval_above_minor: None,
        }
    }

    async fn send_back(&self, order_id: &OrderId, units: u64, key: &str) {
        let quantity = Quantity::new(units).expect("a quantity");
        let items = vec![ReturnItem { product_id: sku("a"), quantity, reason: "too small".to_owned() }];
        let request = IdempotencyKey { key: key.to_owned(), fingerprint: String::new() };
        self.apply(&user(1), order_id, Event::ReturnRequested { items, request }).await;
    }

    async fn given(&self, order_id: &OrderId, refund: usize) -> Order {
        self.apply(&user(1), order_id, Event::RefundSettled { refund, retry: 0, refund_id: "re_1".to_owned() }).await
    }
}

fn grant(order_id: &OrderId, amount: &str, refund_to: &str) -> Request {
    let body = format!(r#"{{"amount": {amount}, "refund_to": "{refund_to}", "reason": "late"}}"#);
    staff_request("POST", order_id, "refunds").with_json(&body)
}

fn decide(order_id: &OrderId, return_id: &str, decision: &str, body: &str) -> Request {
    let action = format!("returns/{return_id}/{decision}");
    staff_request("POST", order_id, &action).with_path("return_id", return_id).with_json(body)
}

fn status(outcome: Result<Reply, Problem>) -> String {
    let reply = outcome.expect("done");
    assert_eq!(reply.status(), 200);
    reply.body_json()["status"].as_str().expect("a status").to_owned()
}

#[tokio::test]
async fn shipping_and_delivering_a_paid_order_are_idempotent() {
    let shop = shop().await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    let (sending, arriving) = (ShipOrder(shop.staff_order_context()), DeliverOrder(shop.staff_order_context()));
    let shipment_of = |body: &str| staff_request("POST", &order_id, "ship").with_json(body);
    let arrived = staff_request("POST", &order_id, "deliver");

    assert_eq!(outcome(&arriving.handle(&arrived).await), (409, "not_deliverable"));
    for _ in 0..2 {
        assert_eq!(status(sending.handle(&shipment_of(SHIPMENT)).await), "shipped");
    }
    let other = r#"{"carrier": "UPS", "tracking_number": "1Z"}"#;
    let problem = sending.handle(&shipment_of(other)).await.expect_err("another shipment");
    assert_eq!((problem.code(), problem.member("order_status")), ("not_shippable", Some("\"shipped\"")));
    assert_eq!(outcome(&AdminCancelOrder(shop.staff_order_context()).handle(&arrived).await), (409, "not_cancellable"));
    for _ in 0..2 {
        assert_eq!(status(arriving.handle(&arrived).await), "delivered");
    }
    assert_eq!(status(sending.handle(&shipment_of(SHIPMENT)).await), "delivered");
}

#[tokio::test]
async fn the_audit_log_gets_what_staff_changed_and_no_personal_data() {
    let shop = shop().await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    let shipping = staff_request("POST", &order_id, "ship").with_json(SHIPMENT);
    let reply = ShipOrder(shop.staff_order_context()).handle(&shipping).await.expect("shipped");
    let (before, after) = reply.audited().expect("for the audit log").json();
    assert!(before.starts_with(r#"{"status":"paid","version":"#) && after.starts_with(r#"{"status":"shipped","#));
    assert!(after.contains(r#""shipment":{"carrier":"DHL","tracking_number":"00340434161094042557"}"#), "{after}");
    assert!(!after.contains("Main St") && !after.contains(user(1).as_str()), "{after}");
    let again = ShipOrder(shop.staff_order_context()).handle(&shipping).await.expect("shipped before");
    assert_eq!(again.audited().expect("for the audit log").json(), (after, after), "a retry changes nothing");
}

#[tokio::test]
async fn refunds_need_no_permission_about_orders() {
    use souk_domain::account::CallerKind;
    use souk_domain::permission::Role;

    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    let by = |role: Role, request: Request| request.from_caller(user(9), CallerKind::Shopper, role.permissions());
    let grant = grant(&order_id, "0.50", "original");
    assert_eq!(outcome(&shop.grant_refund().handle(&by(Role::Orders, grant.clone())).await), (403, "forbidden"));
    assert_eq!(outcome(&shop.grant_refund().handle(&by(Role::Refunds, grant)).await), (201, ""));
    let retry = staff_request("POST", &order_id, "refunds/1/retry").with_path("refund_id", "1");
    let retry = by(Role::Refunds, retry.with_json(r#"{"refund_to": "original"}"#));
    assert_eq!(outcome(&RetryRefund(shop.refund_context()).handle(&retry).await), (200, ""));
    let shipping = by(Role::Refunds, staff_request("POST", &order_id, "ship").with_json(SHIPMENT));
    assert_eq!(outcome(&ShipOrder(shop.staff_order_context()).handle(&shipping).await), (403, "forbidden"));
}

#[tokio::test]
async fn a_shipment_needs_a_carrier_and_a_tracking_number() {
    let shop = shop().await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    let endpoint = ShipOrder(shop.staff_order_context());
    for (body, fields) in [
        ("{}", vec!["carrier", "tracking_number"]),
        (r#"{"carrier": "", "tracking_number": "a\nb"}"#, vec!["carrier", "tracking_number"]),
        (r#"{"carrier": "DHL", "tracking_number": 7}"#, vec!["tracking_number"]),
    ] {
        let problem =
            endpoint.handle(&staff_request("POST", &order_id, "ship").with_json(body)).await.expect_err("refused");
        assert_eq!(problem.errors().iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), fields, "{body}");
    }
    // A number that passes the check of card numbers is a valid tracking number.
    let shipment = r#"{"carrier": "FedEx", "tracking_number": "4242424242424242"}"#;
    assert_eq!(status(endpoint.handle(&staff_request("POST", &order_id, "ship").with_json(shipment)).await), "shipped");
}

#[tokio::test]
async fn a_cancelled_order_is_not_shipped() {
    let shop = shop().await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    let cancel = AdminCancelOrder(shop.staff_order_context());
    for _ in 0..2 {
        assert_eq!(status(cancel.handle(&staff_request("POST", &order_id, "cancel")).await), "cancelled");
    }
    let shipment_of = || staff_request("POST", &order_id, "ship").with_json(SHIPMENT);
    assert_eq!(outcome(&ShipOrder(shop.staff_order_context()).handle(&shipment_of()).await), (409, "not_shippable"));
    assert_eq!((shop.given(&order_id, 0).await.status, shop.available("a").await), (OrderStatus::Refunded, 9));
    assert_eq!(outcome(&ShipOrder(shop.staff_order_context()).handle(&shipment_of()).await), (409, "not_shippable"));
}

#[tokio::test]
async fn refunds_add_up_to_what_was_paid_and_never_more() {
    let shop = shop().await;
    shop.account(&user(1), "ann@example.com", &[]).await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    let endpoint = shop.grant_refund();
    let reply = endpoint.handle(&grant(&order_id, "0.50", "original")).await.expect("granted");
    let rest = r#""amount":0.50,"currency":"USD","refund_to":"original","reason":"late","status":"pending""#;
    assert_eq!(reply.body(), format!(r#"{{"order_id":"{order_id}","refund_id":"1",{rest}}}"#));
    assert_eq!(reply.status(), 201);

    let problem = endpoint.handle(&grant(&order_id, "1.51", "store_credit")).await.expect_err("too much");
    assert_eq!((problem.status(), problem.code()), (409, "not_refundable"));
    assert_eq!(problem.member("refundable_amount"), Some("1.50"));
    assert_eq!(outcome(&endpoint.handle(&grant(&order_id, "1.50", "store_credit")).await), (201, ""));
    assert_eq!(outcome(&endpoint.handle(&grant(&order_id, "0.01", "original")).await), (409, "not_refundable"));

    let half = shop.given(&order_id, 0).await;
    assert_eq!((half.status, half.refunds[0].granted_by.as_ref()), (OrderStatus::PartiallyRefunded, Some(&user(9))));
    let pending = shop.order(&user(1), &order_id).await;
    assert_eq!((pending.refunded_minor(), pending.owed_minor()), (50, 200));
}

#[tokio::test]
async fn a_refund_is_granted_once_for_each_key() {
    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    let endpoint = shop.grant_refund();
    let keyed = |amount| grant(&order_id, amount, "original").with_header("idempotency-key", "k");
    let first = endpoint.handle(&keyed("0.50")).await.expect("granted");
    shop.given(&order_id, 0).await;
    let again = endpoint.handle(&keyed("0.50")).await.expect("found");
    assert_eq!((again.status(), again.body()), (201, first.body()));
    assert_eq!(outcome(&endpoint.handle(&keyed("0.60")).await), (422, "idempotency_key_reused"));
    let (request, other) =
        (grant(&order_id, "0.10", "original").with_header("idempotency-key", "l"), shop.grant_refund());
    let outcomes = futures_util::future::join_all((0..5).map(|_| other.handle(&request))).await;
    assert!(outcomes.iter().all(|reply| outcome(reply) == (201, "")));
    assert_eq!(shop.order(&user(1), &order_id).await.owed_minor(), 60);
    // Without a key each call is a separate request.
    for _ in 0..2 {
        assert_eq!(outcome(&endpoint.handle(&grant(&order_id, "0.10", "original")).await), (201, ""));
    }
    assert_eq!(shop.order(&user(1), &order_id).await.owed_minor(), 80);
}

#[tokio::test]
async fn all_bad_fields_of_a_refund_are_named() {
    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    let bad = |body: &str| staff_request("POST", &order_id, "refunds").with_json(body);
    let problem =
        shop.grant_refund().handle(&bad(r#"{"amount": 1.234, "refund_to": "cash"}"#)).await.expect_err("refused");
    let fields: Vec<_> = problem.errors().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["amount", "refund_to", "reason"]);
    for nothing in ["0", "0.00"] {
        let problem = shop.grant_refund().handle(&grant(&order_id, nothing, "original")).await.expect_err("refused");
        let errors: Vec<_> = problem.errors().iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!(
            (problem.status(), problem.code(), errors),
            (422, "invalid_fields", vec![("amount", "out_of_range")])
        );
    }
    assert!(shop.order(&user(1), &order_id).await.refunds.is_empty());
}

#[tokio::test]
async fn an_accepted_return_is_refunded_and_restocked_with_the_refund() {
    let shop = shop().await;
    shop.account(&user(1), "ann@example.com", &[]).await;
    let order_id = shop.delivered_order(&user(1), "a", 3).await;
    shop.send_back(&order_id, 2, "k").await;
    let accept = AcceptReturn(shop.refund_context());
    let to_credit = || decide(&order_id, "1", "accept", r#"{"refund_to": "store_credit"}"#);
    for _ in 0..2 {
        let body = accept.handle(&to_credit()).await.expect("accepted");
        let refund = r#""refunds":[{"refund_id":"1","amount":2.00,"status":"pending","refund_to":"store_credit","return_id":"1""#;
        assert!(body.body().contains(refund), "{}", body.body());
    }
    let other = decide(&order_id, "1", "accept", r#"{"refund_to": "original"}"#);
    assert_eq!(outcome(&accept.handle(&other).await), (409, "return_already_decided"));
    let rejected = decide(&order_id, "1", "reject", "{}");
    assert_eq!(
        outcome(&RejectReturn(shop.staff_order_context()).handle(&rejected).await),
        (409, "return_already_decided")
    );
    assert_eq!(shop.available("a").await, 6);
    // Only refund-order may change store credit, so it settles this refund.
    assert_eq!(shop.order(&user(1), &order_id).await.owed_minor(), 200);
}

#[tokio::test]
async fn a_return_that_was_refunded_before_is_restocked_at_once() {
    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    assert_eq!(outcome(&shop.grant_refund().handle(&grant(&order_id, "2.00", "original")).await), (201, ""));
    shop.send_back(&order_id, 2, "k").await;
    let accepted = decide(&order_id, "1", "accept", r#"{"refund_to": "original"}"#);
    assert_eq!(outcome(&AcceptReturn(shop.refund_context()).handle(&accepted).await), (200, ""));
    assert_eq!((shop.available("a").await, shop.order(&user(1), &order_id).await.refunds.len()), (9, 1));
}

#[tokio::test]
async fn a_return_is_rejected_with_or_without_a_reason() {
    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 2).await;
    let reject = RejectReturn(shop.staff_order_context());
    shop.send_back(&order_id, 2, "k").await;
    let why = decide(&order_id, "1", "reject", r#"{"reason": "worn"}"#);
    let body = reject.handle(&why).await.expect("rejected");
    assert!(body.body().contains(r#""event":"return_rejected","return_id":"1","reason":"worn""#), "{}", body.body());
    shop.send_back(&order_id, 1, "l").await;
    let action = staff_request("POST", &order_id, "returns/2/reject").with_path("return_id", "2");
    assert_eq!(outcome(&reject.handle(&action).await), (200, ""));
    for unknown in ["0", "3", "x", "01"] {
        let unknown = decide(&order_id, unknown, "reject", "{}");
        assert_eq!(outcome(&reject.handle(&unknown).await), (404, "not_found"));
    }
}

#[tokio::test]
async fn a_failed_refund_is_retried_to_another_target() {
    let shop = shop().await;
    shop.account(&user(1), "ann@example.com", &[]).await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    shop.apply(&user(1), &order_id, Event::Cancelled).await;
    let retry = RetryRefund(shop.refund_context());
    let request = |id: &str| {
        let request = staff_request("POST", &order_id, "refunds/1/retry").with_path("refund_id", id);
        request.with_json(r#"{"refund_to": "store_credit"}"#)
    };
    assert_eq!(outcome(&retry.handle(&request("1")).await), (200, ""), "it is being tried");
    let failed = Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_1".to_owned() };
    shop.apply(&user(1), &order_id, failed).await;
    for _ in 0..2 {
        assert_eq!(outcome(&retry.handle(&request("1")).await), (200, ""));
    }
    let refund = shop.order(&user(1), &order_id).await.refunds.remove(0);
    assert_eq!((refund.retries, refund.target.as_str(), refund.status.as_str()), (1, "store_credit", "pending"));
    assert_eq!(outcome(&retry.handle(&request("2")).await), (404, "not_found"));
}

#[tokio::test]
async fn staff_see_the_owner_of_an_order_and_shoppers_do_not() {
    let shop = shop().await;
    let order_id = shop.paid_order(&user(1), "a", 2).await;
    let get = AdminGetOrder { orders: shop.orders.clone() };
    let order = get.handle(&staff_request("GET", &order_id, "")).await.expect("found").body_json();
    assert_eq!(
        (order["user_id"].as_str(), order["order_id"].as_str()),
        (Some(user(1).as_str()), Some(order_id.as_str()))
    );

    shop.put_in_cart(&user(1), "a", 1).await;
    let untouched = shop.place(&user(1)).await;
    assert_eq!(
        outcome(&get.handle(&staff_request("GET", &untouched, "")).await),
        (404, "not_found"),
        "it has no payment attempt"
    );

    let shopper = || staff_request("POST", &order_id, "ship").with_json("{").from_user(user(1));
    let (desk, orders) = (shop.staff_order_context(), shop.orders.clone());
    assert_eq!(outcome(&AdminGetOrder { orders }.handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&ShipOrder(desk.clone()).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&DeliverOrder(desk.clone()).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&AdminCancelOrder(desk.clone()).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&AcceptReturn(shop.refund_context()).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&RejectReturn(desk).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&RetryRefund(shop.refund_context()).handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(outcome(&shop.grant_refund().handle(&shopper()).await), (403, "forbidden"));
    assert_eq!(shop.order(&user(1), &order_id).await.status, OrderStatus::Paid);
}

#[tokio::test]
async fn the_timeline_has_every_step_of_an_order() {
    let shop = shop().await;
    shop.account(&user(1), "ann@example.com", &[]).await;
    let order_id = shop.paid_order(&user(1), "a", 3).await;
    let shipping = staff_request("POST", &order_id, "ship").with_json(SHIPMENT);
    assert_eq!(status(ShipOrder(shop.staff_order_context()).handle(&shipping).await), "shipped");
    assert_eq!(
        status(DeliverOrder(shop.staff_order_context()).handle(&staff_request("POST", &order_id, "deliver")).await),
        "delivered"
    );
    shop.send_back(&order_id, 1, "k").await;
    let accepted = decide(&order_id, "1", "accept", r#"{"refund_to": "original"}"#);
    assert_eq!(outcome(&AcceptReturn(shop.refund_context()).handle(&accepted).await), (200, ""));
    assert_eq!(outcome(&shop.grant_refund().handle(&grant(&order_id, "0.25", "store_credit")).await), (201, ""));
    shop.given(&order_id, 0).await;

    let get = AdminGetOrder { orders: shop.orders.clone() };
    let reply = get.handle(&staff_request("GET", &order_id, "")).await.expect("found");
    let expected = [
        r#""event":"placed","amount":3.00}"#,
        r#""event":"payment_started","payment_method":"paypal"}"#,
        r#""event":"paid","amount":3.00,"payment_method":"paypal"}"#,
        r#""event":"shipped","carrier":"DHL","tracking_number":"00340434161094042557"}"#,
        r#""event":"delivered"}"#,
        r#""event":"return_requested","return_id":"1"}"#,
        r#""event":"return_accepted","return_id":"1"}"#,
        r#""event":"refund_due","amount":1.00,"return_id":"1","refund_id":"1","refund_to":"original"}"#,
        r#""event":"refund_due","amount":0.25,"refund_id":"2","refund_to":"store_credit","reason":"late"}"#,
        r#""event":"refunded","amount":1.00,"return_id":"1","refund_id":"1","refund_to":"original"}"#,
    ];
    let mut rest = reply.body();
    for entry in expected {
        let at = rest.find(entry).unwrap_or_else(|| panic!("{entry} is missing in {rest}"));
        rest = &rest[at + entry.len()..];
    }
}

/// Orders of guests belong to nobody, or to the account that the guest became. The credit of a guest could not be spent.
#[tokio::test]
async fn store_credit_goes_to_the_account_that_its_guest_became() {
    let shop = shop().await;
    let order_id = shop.delivered_order(&user(1), "a", 3).await;
    shop.send_back(&order_id, 1, "k").await;
    let accept = || decide(&order_id, "1", "accept", r#"{"refund_to": "store_credit"}"#);
    let retry = || {
        let request = staff_request("POST", &order_id, "refunds/1/retry").with_path("refund_id", "1");
        request.with_json(r#"{"refund_to": "store_credit"}"#)
    };
    assert_eq!(outcome(&shop.grant_refund().handle(&grant(&order_id, "0.50", "original")).await), (201, ""));
    let failed = Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_1".to_owned() };
    shop.apply(&user(1), &order_id, failed).await;
    let (granting, accepting, retrying) =
        (shop.grant_refund(), AcceptReturn(shop.refund_context()), RetryRefund(shop.refund_context()));
    let refused = (409, "store_credit_unavailable");
    assert_eq!(outcome(&granting.handle(&grant(&order_id, "0.25", "store_credit")).await), refused);
    assert_eq!(outcome(&accepting.handle(&accept()).await), refused);
    assert_eq!(outcome(&retrying.handle(&retry()).await), refused);
    assert_eq!(shop.order(&user(1), &order_id).await.owed_minor(), 50, "nothing was granted");

    shop.account(&user(4), "ann@example.com", &[user(1)]).await;
    assert_eq!(outcome(&granting.handle(&grant(&order_id, "0.25", "store_credit")).await), (201, ""));
    assert_eq!(outcome(&accepting.handle(&accept()).await), (200, ""));
    assert_eq!(outcome(&retrying.handle(&retry()).await), (200, ""));
    let order = shop.order(&user(1), &order_id).await;
    assert!(order.refunds.iter().all(|refund| refund.account == Some(user(4))), "{:?}", order.refunds);
    assert_eq!(order.credit_by_account().into_keys().collect::<Vec<_>>(), [&user(4)]);
}
