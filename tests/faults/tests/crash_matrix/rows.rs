//! The rows of the matrix: each step, its initial state, and the final states of the order.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use souk_domain::order::OrderStatus::{
    self, Cancelled, Delivered, Expired, Paid, PartiallyRefunded, Refunded, Shipped,
};

use crate::scenario::Scenario;
use crate::{inject_everywhere, steps};

type Do = for<'a> fn(&'a mut Scenario) -> LocalBoxFuture<'a, ()>;

/// One step.
pub(crate) struct Row {
    /// Also the name of its test.
    pub(crate) name: &'static str,
    /// The function of template.yaml.
    pub(crate) function: &'static str,
    /// Brings the order into the initial state.
    pub(crate) prepare: Do,
    /// Does the step, as a client or the platform. It must be idempotent.
    pub(crate) act: Do,
    /// Final status when the step was retried after the fault.
    pub(crate) ends: &'static [OrderStatus],
    /// Final status when it was not retried.
    pub(crate) ends_without_retry: &'static [OrderStatus],
}

/// Declares the rows, and a test for each.
macro_rules! rows {
    ($($name:ident: $function:literal, $prepare:ident => $act:ident, ends $ends:expr, or $ends_without_retry:expr;)+) => {
        pub(crate) const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            function: $function,
            prepare: |scenario| steps::$prepare(scenario).boxed_local(),
            act: |scenario| steps::$act(scenario).boxed_local(),
            ends: &$ends,
            ends_without_retry: &$ends_without_retry,
        }),+];

        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let row = ROWS.iter().find(|row| row.name == stringify!($name)).expect("its row");
            inject_everywhere(row).await;
        })+
    };
}

rows! {
    place: "place-order", a_full_cart => place, ends [Expired], or [Expired];
    pay: "pay-order", an_order => pay, ends [Paid], or [Paid, Expired];
    pay_and_be_declined: "pay-order", an_order => pay_and_be_declined, ends [Expired], or [Expired];
    pay_with_required_action: "pay-order", an_order => pay_with_required_action, ends [Expired], or [Expired];
    settle_by_check: "check-payment", a_payment_without_an_answer => deliver, ends [Paid], or [Paid];
    expire: "expire-order", an_order_past_its_hold => deliver, ends [Expired], or [Expired];
    cancel_unpaid: "cancel-order", an_order => cancel, ends [Cancelled], or [Cancelled, Expired];
    cancel_paid: "cancel-order", a_paid_order => cancel, ends [Refunded], or [Refunded, Paid];
    refund: "refund-order", a_due_refund => deliver, ends [Refunded], or [Refunded];
    settle_by_webhook: "stripe-webhook", a_payment_with_completed_action => webhook, ends [Paid], or [Paid];
    settle_by_a_stale_webhook: "stripe-webhook", a_payment_with_completed_action => stale_webhook, ends [Paid], or [Paid];
    late_capture_by_webhook: "stripe-webhook", a_paid_expired_order => webhook, ends [Paid], or [Paid];
    failing_refund: "refund-order", a_failing_refund => deliver, ends [Cancelled], or [Cancelled];
    cancel_an_open_payment: "check-payment", an_expired_order_with_an_open_payment => deliver, ends [Expired], or [Expired];
    late_capture_with_stock: "check-payment", a_paid_expired_order => deliver, ends [Paid], or [Paid];
    late_capture_without_stock: "check-payment", a_paid_expired_order_without_stock => deliver, ends [Refunded], or [Refunded];
    pay_by_store_credit: "pay-order", an_order_and_store_credit => pay_by_store_credit, ends [Paid], or [Paid, Expired];
    cancel_as_staff: "admin-cancel-order", a_paid_order => cancel_as_staff, ends [Refunded], or [Refunded, Paid];
    ship: "ship-order", a_paid_order => ship, ends [Shipped], or [Shipped, Paid];
    deliver_order: "deliver-order", a_shipped_order => deliver_order, ends [Delivered], or [Delivered, Shipped];
    request_return: "request-return", a_delivered_order => request_return, ends [Delivered], or [Delivered];
    accept_return: "accept-return", a_requested_return => accept_return, ends [PartiallyRefunded], or [PartiallyRefunded, Delivered];
    accept_return_of_a_refunded_order: "accept-return", a_requested_return_of_a_refunded_order => accept_return, ends [Refunded], or [Refunded];
    reject_return: "reject-return", a_requested_return => reject_return, ends [Delivered], or [Delivered];
    grant_refund: "grant-refund", a_delivered_order => grant_refund, ends [PartiallyRefunded], or [PartiallyRefunded, Delivered];
    request_refund: "grant-refund", a_delivered_order => request_refund, ends [Delivered], or [Delivered];
    approve_refund: "approve-refund", a_requested_refund => approve_refund, ends [PartiallyRefunded], or [PartiallyRefunded, Delivered];
    refund_of_a_return: "refund-order", an_accepted_return => deliver, ends [PartiallyRefunded], or [PartiallyRefunded];
    refund_to_store_credit: "refund-order", a_return_accepted_for_store_credit => deliver, ends [PartiallyRefunded], or [PartiallyRefunded];
    retry_refund: "retry-refund", a_failed_refund => retry_refund, ends [Refunded], or [Refunded, Cancelled];
    erase_an_unpaid_order: "erase-orders", an_unpaid_order_to_erase => deliver, ends [Cancelled], or [Cancelled];
    erase_an_open_payment: "erase-orders", an_open_payment_to_erase => deliver, ends [Cancelled], or [Cancelled];
    erase_a_paid_order: "erase-orders", a_paid_order_to_erase => deliver, ends [Paid], or [Paid];
    erase_while_the_payment_is_unknown: "erase-orders", an_unknown_payment_to_erase => deliver, ends [Paid], or [Paid];
    publish: "publish-events", a_cancelled_order => publish, ends [Refunded], or [Refunded];
    spread: "spread-inventory", an_order => spread, ends [Expired], or [Expired];
    watch: "watch-stock", a_cancelled_order => watch, ends [Refunded], or [Refunded];
    dispatch_of_a_placed_order: "dispatch", an_order => dispatch, ends [Expired], or [Expired];
    dispatch_of_a_cancelled_order: "dispatch", a_cancelled_order => dispatch, ends [Refunded], or [Refunded];
}
