//! Messages between the steps of an order's life, and the one rule that says when they are due.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};
use crate::order::{AttemptStatus, Order, OrderStatus, PaymentAttempt, RefundStatus};
use crate::time::Timestamp;

/// The longest that SQS can delay a message, in seconds.
pub const MAX_DELAY_SECONDS: i64 = 900;
/// How long an answer of the payment provider may be missing before it is asked again, in seconds.
pub const PAYMENT_CHECK_SECONDS: i64 = 30;
/// How often the provider is asked about a payment that takes days, in seconds.
pub const PENDING_CHECK_SECONDS: i64 = MAX_DELAY_SECONDS;

/// Something to do about an order. Both halves of its key travel along, so no consumer needs an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// End the hold of an order that is still unpaid.
    ExpireOrder {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
    },
    /// Ask the provider how a payment went.
    CheckPayment {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
        /// Which attempt of the order.
        attempt: usize,
    },
    /// Give money back.
    RefundOrder {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
        /// Which refund of the order.
        refund: usize,
    },
}

impl Message {
    /// Whose order it is about.
    pub const fn user_id(&self) -> &UserId {
        match self {
            Self::ExpireOrder { user_id, .. }
            | Self::CheckPayment { user_id, .. }
            | Self::RefundOrder { user_id, .. } => user_id,
        }
    }

    /// Which order it is about.
    pub const fn order_id(&self) -> &OrderId {
        match self {
            Self::ExpireOrder { order_id, .. }
            | Self::CheckPayment { order_id, .. }
            | Self::RefundOrder { order_id, .. } => order_id,
        }
    }
}

/// A message and when it should arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub message: Message,
    /// In how many seconds: 0 to [`MAX_DELAY_SECONDS`].
    pub delay_seconds: i64,
}

/// What is due after an order changed from `old` to `new`. A pure function of the two: the stream may deliver a change
/// twice, and then says the same thing twice.
pub fn due_after(old: Option<&Order>, new: &Order, now: Timestamp) -> Vec<Due> {
    let mut due = Vec::new();
    let ids = || (new.user_id.clone(), new.order_id.clone());

    // Also after a payment attempt ended: its message may have come and gone while the attempt was open.
    if waits_unattended(new) && !old.is_some_and(waits_unattended) {
        let (user_id, order_id) = ids();
        let delay_seconds = now.seconds_until(new.hold_expires_at).min(MAX_DELAY_SECONDS);
        due.push(Due { message: Message::ExpireOrder { user_id, order_id }, delay_seconds });
    }
    for attempt in 0..new.attempts.len() {
        if let Some(delay_seconds) = check_due(old, new, attempt, now) {
            let (user_id, order_id) = ids();
            due.push(Due { message: Message::CheckPayment { user_id, order_id, attempt }, delay_seconds });
        }
    }
    for (refund, state) in new.refunds.iter().enumerate() {
        let before = old.and_then(|old| old.refunds.get(refund)).map(|refund| refund.status);
        if state.status == RefundStatus::Pending && before != Some(RefundStatus::Pending) {
            let (user_id, order_id) = ids();
            due.push(Due { message: Message::RefundOrder { user_id, order_id, refund }, delay_seconds: 0 });
        }
    }
    due
}

/// In how many seconds the provider is to be asked about an attempt because of this change, if at all.
fn check_due(old: Option<&Order>, new: &Order, attempt: usize, now: Timestamp) -> Option<i64> {
    let (state, before) = (new.attempts.get(attempt)?, old.and_then(|old| old.attempts.get(attempt)));
    let is_new = before.is_none_or(|before| before.status != state.status);
    match state.status {
        AttemptStatus::Processing if before.is_none() => Some(PAYMENT_CHECK_SECONDS),
        AttemptStatus::Processing => {
            let since = |before: &PaymentAttempt| (before.status, before.checked_at);
            let asked_again = before.is_some_and(|before| since(before) != since(state));
            asked_again.then_some(PENDING_CHECK_SECONDS)
        }
        // When the order no longer waits for it, it is called off, so that it cannot take money any more.
        AttemptStatus::RequiresAction if new.status != OrderStatus::PendingPayment => {
            let was_waited_for = old.is_some_and(|old| old.status == OrderStatus::PendingPayment);
            (is_new || was_waited_for).then_some(0)
        }
        // The word that the shopper is through may get lost.
        AttemptStatus::RequiresAction => {
            let end = now.seconds_until(new.hold_expires_at) + PAYMENT_CHECK_SECONDS;
            is_new.then_some(end.clamp(0, MAX_DELAY_SECONDS))
        }
        AttemptStatus::Completed | AttemptStatus::Failed => None,
    }
}

/// Unpaid, and nobody is about to change that.
fn waits_unattended(order: &Order) -> bool {
    order.status == OrderStatus::PendingPayment && order.processing_attempt().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::ShippingAddress;
    use crate::cart::Quantity;
    use crate::money::Currency;
    use crate::order::{Event, NewOrder, OrderLine, PaymentMethod, ProviderOutcome, RefundTarget};

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn placed() -> Order {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let line = OrderLine {
            product_id: "1399".parse().expect("id"),
            name: "HP 80".to_owned(),
            unit_price_minor: 1,
            quantity: Quantity::new(1).expect("one"),
            allocation: vec![],
        };
        let new = NewOrder {
            user_id: id.parse().expect("id"),
            order_id: id.parse().expect("id"),
            payment_method: PaymentMethod::CreditCard,
            currency: Currency::USD,
            lines: vec![line],
            shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
            hold_seconds: 600,
        };
        Order::place(new, NOW).expect("an order")
    }

    fn after(order: &Order, event: Event) -> Order {
        order.apply(event, NOW).expect("the event happens")
    }

    fn start() -> Event {
        Event::PaymentStarted { method: PaymentMethod::CreditCard, token: "tok".to_owned(), request: None }
    }

    fn settle(outcome: ProviderOutcome) -> Event {
        Event::PaymentSettled { attempt: 0, outcome }
    }

    fn kinds(due: &[Due]) -> Vec<(&'static str, i64)> {
        due.iter()
            .map(|due| match due.message {
                Message::ExpireOrder { .. } => ("expire", due.delay_seconds),
                Message::CheckPayment { .. } => ("check", due.delay_seconds),
                Message::RefundOrder { .. } => ("refund", due.delay_seconds),
            })
            .collect()
    }

    #[test]
    fn each_step_says_what_is_due() {
        let placed = placed();
        assert_eq!(kinds(&due_after(None, &placed, NOW)), [("expire", 600)]);

        let open = after(&placed, start());
        assert_eq!(kinds(&due_after(Some(&placed), &open, NOW)), [("check", PAYMENT_CHECK_SECONDS)]);

        let declined = after(&open, settle(ProviderOutcome::Declined { code: "no".to_owned() }));
        assert_eq!(kinds(&due_after(Some(&open), &declined, NOW.plus_seconds(700))), [("expire", 0)]);

        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let paid = after(&open, settle(captured));
        assert_eq!(kinds(&due_after(Some(&open), &paid, NOW)), []);

        let cancelled = after(&paid, Event::Cancelled);
        assert_eq!(kinds(&due_after(Some(&paid), &cancelled, NOW)), [("refund", 0)]);

        let refunded = after(&cancelled, Event::RefundSettled { refund: 0, refund_id: "re_1".to_owned() });
        assert_eq!(kinds(&due_after(Some(&cancelled), &refunded, NOW)), []);
    }

    #[test]
    fn a_payment_that_takes_days_is_asked_about_again_and_again() {
        let pending = |payment_id: &str| ProviderOutcome::Pending { payment_id: Some(payment_id.to_owned()) };
        let settle_at = |order: &Order, outcome, at| {
            order.apply(Event::PaymentSettled { attempt: 0, outcome }, at).expect("settled")
        };
        let open = after(&placed(), start());
        let waiting = after(&open, settle(pending("pay_1")));
        assert_eq!(kinds(&due_after(Some(&open), &waiting, NOW)), [("check", PENDING_CHECK_SECONDS)]);

        // The webhook that says the same must not start a second row of messages.
        assert_eq!(settle_at(&waiting, pending("pay_1"), NOW.plus_seconds(599)), waiting);
        let later = NOW.plus_seconds(PENDING_CHECK_SECONDS);
        let still_waiting = settle_at(&waiting, pending("pay_1"), later);
        assert_eq!(kinds(&due_after(Some(&waiting), &still_waiting, later)), [("check", PENDING_CHECK_SECONDS)]);
        assert_eq!(still_waiting.attempts[0].payment_id.as_deref(), Some("pay_1"));
    }

    #[test]
    fn an_action_is_asked_about_when_the_hold_ends_or_nobody_waits_for_it_any_more() {
        let action = ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None };
        let open = after(&placed(), start());
        let waiting = after(&open, settle(action));
        let due = kinds(&due_after(Some(&open), &waiting, NOW.plus_seconds(100)));
        assert_eq!(due, [("expire", 500), ("check", 530)]);

        let cancelled = after(&waiting, Event::Cancelled);
        assert_eq!(kinds(&due_after(Some(&waiting), &cancelled, NOW)), [("check", 0)]);
        assert_eq!(kinds(&due_after(Some(&cancelled), &cancelled, NOW)), []);

        let pending = after(&waiting, settle(ProviderOutcome::Pending { payment_id: None }));
        assert_eq!(kinds(&due_after(Some(&waiting), &pending, NOW)), [("check", PENDING_CHECK_SECONDS)]);
    }

    #[test]
    fn a_failed_refund_is_due_again_once_the_staff_says_so() {
        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let open = after(&placed(), start());
        let cancelled = after(&after(&open, settle(captured)), Event::Cancelled);
        let failed = after(&cancelled, Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_1".to_owned() });
        assert_eq!(kinds(&due_after(Some(&cancelled), &failed, NOW)), []);
        let again = after(&failed, Event::RefundRetried { refund: 0, target: RefundTarget::Provider });
        assert_eq!(kinds(&due_after(Some(&failed), &again, NOW)), [("refund", 0)]);
    }

    #[test]
    fn messages_have_a_stable_form() {
        let due = due_after(None, &placed(), NOW);
        let json = serde_json::to_string(&due[0].message).expect("json");
        assert_eq!(
            json,
            r#"{"type":"expire_order","user_id":"0190a5a0-0000-7000-8000-000000000001","order_id":"0190a5a0-0000-7000-8000-000000000001"}"#
        );
    }
}
