//! The steps of an order's life: what is broken, how to get there, and how the order may end.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use souk_domain::order::OrderStatus::{
    self, Cancelled, Delivered, Expired, Paid, PartiallyRefunded, Refunded, Shipped,
};

use crate::scene::Scene;
use crate::{break_everywhere, steps};

type Do = for<'a> fn(&'a mut Scene) -> LocalBoxFuture<'a, ()>;

/// One step.
pub(crate) struct Row {
    /// Also the name of its test.
    pub(crate) name: &'static str,
    /// Which function of template.yaml takes it.
    pub(crate) function: &'static str,
    /// Brings the order to right before the step.
    pub(crate) prepare: Do,
    /// Asks for the step, as a client or the platform does. Asking again must be harmless.
    pub(crate) act: Do,
    /// How the order ends when the step was asked for again after the break.
    pub(crate) ends: &'static [OrderStatus],
    /// How it may end when whoever asked is gone.
    pub(crate) may_end: &'static [OrderStatus],
}

/// Makes the list of rows, and a test for each.
macro_rules! rows {
    ($($name:ident: $function:literal, $prepare:ident => $act:ident, ends $ends:expr, or $may_end:expr;)+) => {
        pub(crate) const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            function: $function,
            prepare: |scene| steps::$prepare(scene).boxed_local(),
            act: |scene| steps::$act(scene).boxed_local(),
            ends: &$ends,
            may_end: &$may_end,
        }),+];

        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let row = ROWS.iter().find(|row| row.name == stringify!($name)).expect("its row");
            break_everywhere(row).await;
        })+
    };
}

rows! {
    place: "place-order", a_full_cart => place, ends [Expired], or [Expired];
    pay: "pay-order", an_order => pay, ends [Paid], or [Paid, Expired];
    pay_and_be_declined: "pay-order", an_order => pay_and_be_declined, ends [Expired], or [Expired];
    pay_and_be_asked: "pay-order", an_order => pay_and_be_asked, ends [Expired], or [Expired];
    settle_by_check: "check-payment", a_payment_nobody_heard_of => deliver, ends [Paid], or [Paid];
    expire: "expire-order", an_order_past_its_hold => deliver, ends [Expired], or [Expired];
    cancel_unpaid: "cancel-order", an_order => cancel, ends [Cancelled], or [Cancelled, Expired];
    cancel_paid: "cancel-order", a_paid_order => cancel, ends [Refunded], or [Refunded, Paid];
    refund: "refund-order", a_refund_that_is_due => deliver, ends [Refunded], or [Refunded];
    settle_by_webhook: "stripe-webhook", a_payment_that_the_shopper_finished => webhook, ends [Paid], or [Paid];
    settle_by_an_old_webhook: "stripe-webhook", a_payment_that_the_shopper_finished => old_webhook, ends [Paid], or [Paid];
    late_money_by_webhook: "stripe-webhook", an_expired_order_that_gets_paid => webhook, ends [Paid], or [Paid];
    refund_that_fails: "refund-order", a_refund_that_will_fail => deliver, ends [Cancelled], or [Cancelled];
    call_off_an_open_payment: "check-payment", an_expired_order_with_an_open_payment => deliver, ends [Expired], or [Expired];
    late_money_for_units_that_are_there: "check-payment", an_expired_order_that_gets_paid => deliver, ends [Paid], or [Paid];
    late_money_for_units_that_are_gone: "check-payment", an_expired_order_whose_units_are_gone => deliver, ends [Refunded], or [Refunded];
    pay_by_store_credit: "pay-order", an_order_and_store_credit => pay_by_store_credit, ends [Paid], or [Paid, Expired];
    cancel_by_staff: "admin-cancel-order", a_paid_order => cancel_by_staff, ends [Refunded], or [Refunded, Paid];
    ship: "ship-order", a_paid_order => ship, ends [Shipped], or [Shipped, Paid];
    deliver_parcel: "deliver-order", a_shipped_order => deliver_parcel, ends [Delivered], or [Delivered, Shipped];
    request_return: "request-return", a_delivered_order => request_return, ends [Delivered], or [Delivered];
    accept_return: "accept-return", a_requested_return => accept_return, ends [PartiallyRefunded], or [PartiallyRefunded, Delivered];
    accept_return_when_all_money_is_back: "accept-return", a_requested_return_of_a_refunded_order => accept_return, ends [Refunded], or [Refunded];
    reject_return: "reject-return", a_requested_return => reject_return, ends [Delivered], or [Delivered];
    grant_refund: "grant-refund", a_delivered_order => grant_refund, ends [PartiallyRefunded], or [PartiallyRefunded, Delivered];
    refund_of_a_return: "refund-order", an_accepted_return => deliver, ends [PartiallyRefunded], or [PartiallyRefunded];
    refund_to_store_credit: "refund-order", a_return_accepted_for_credit => deliver, ends [PartiallyRefunded], or [PartiallyRefunded];
    retry_refund: "retry-refund", a_refund_that_failed => retry_refund, ends [Refunded], or [Refunded, Cancelled];
    publish: "publish-events", a_cancelled_order => publish, ends [Refunded], or [Refunded];
    spread: "spread-inventory", an_order => spread, ends [Expired], or [Expired];
    watch: "watch-stock", a_cancelled_order => watch, ends [Refunded], or [Refunded];
    dispatch_of_a_placed_order: "dispatch", an_order => dispatch, ends [Expired], or [Expired];
    dispatch_of_a_cancelled_order: "dispatch", a_cancelled_order => dispatch, ends [Refunded], or [Refunded];
}
