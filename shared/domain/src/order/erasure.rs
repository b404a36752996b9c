//! Erasure of personal data from an order whose account was deleted.

use super::{AttemptStatus, Order, OrderStatus, TimelineEvent, TransitionError};
use crate::address::ShippingAddress;

/// The replacement of an address without a known country.
const ERASED: &str = "erased";

impl Order {
    /// Erases contact and address, and keeps the country. A paid order keeps both, because the law makes a shop keep it, and
    /// is marked, so that links show neither. Refused while a payment may still pay the order.
    pub(super) fn erase(&mut self) -> Result<(), TransitionError> {
        if self.erased {
            return Ok(());
        }
        if self.was_paid() {
            self.account_deleted = true;
            return Ok(());
        }
        let is_open = |status| matches!(status, AttemptStatus::Processing | AttemptStatus::RequiresAction);
        let awaits_payment = self.status == OrderStatus::PendingPayment;
        if awaits_payment || self.attempts.iter().any(|attempt| is_open(attempt.status)) {
            return Err(TransitionError::PaymentInProgress);
        }
        self.shipping_address = self.erased_address();
        self.contact = None;
        self.erased = true;
        Ok(())
    }

    /// What is left of the address after an erasure: the country, if it is known.
    pub fn erased_address(&self) -> ShippingAddress {
        let country = match &self.shipping_address {
            ShippingAddress::Structured(address) => address.country.as_str(),
            ShippingAddress::Text(_) => ERASED,
        };
        ShippingAddress::Text(country.to_owned())
    }

    /// Whether money was ever captured for it, also if all of it was refunded, or a free order was paid.
    fn was_paid(&self) -> bool {
        self.captured_minor() > 0 || self.has_occurred(TimelineEvent::Paid)
    }
}

#[cfg(test)]
mod tests {
    use crate::address::ShippingAddress;
    use crate::contact::Contact;
    use crate::money::Currency;
    use crate::order::{
        Event, NewOrder, Order, OrderLine, OrderStatus, PaymentMethod, ProviderMethod, ProviderOutcome, TransitionError,
    };
    use crate::quantity::Quantity;
    use crate::stock::{Allocation, ShardId};
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn placed(shipping_address: &str) -> Order {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let line = OrderLine {
            product_id: "1399".parse().expect("id"),
            name: "HP 80".to_owned(),
            unit_price_minor: 100,
            quantity: Quantity::new(2).expect("two"),
            allocation: vec![Allocation { shard: ShardId::new("local", 0), quantity: 2 }],
        };
        let new = NewOrder {
            user_id: id.parse().expect("id"),
            order_id: id.parse().expect("id"),
            payment_method: PaymentMethod::Paypal,
            currency: Currency::USD,
            lines: vec![line],
            shipping_address: serde_json::from_str(shipping_address).expect("an address"),
            contact: Some(Contact::of("ann@example.com".parse().expect("an address"))),
            hold_seconds: 900,
        };
        Order::place(new, NOW).expect("an order")
    }

    fn after(order: &Order, events: &[Event]) -> Order {
        let late = NOW.plus_seconds(900);
        let at = |event: &Event| if *event == Event::HoldEnded { late } else { NOW };
        events.iter().fold(order.clone(), |order, event| order.apply(event.clone(), at(event)).expect("applied"))
    }

    fn start() -> Event {
        Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        }
    }

    fn settled(outcome: ProviderOutcome) -> Event {
        Event::PaymentSettled { attempt: 0, outcome }
    }

    fn captured() -> ProviderOutcome {
        ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 }
    }

    fn action_required() -> ProviderOutcome {
        ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None }
    }

    fn declined() -> ProviderOutcome {
        ProviderOutcome::Declined { code: "abandoned".to_owned() }
    }

    #[test]
    fn an_order_that_was_never_paid_keeps_the_country_only() {
        let structured = r#"{"name":"Ann","line1":"1 Main St","city":"Berlin","country":"DE","phone":"1"}"#;
        for (address, left) in [(structured, "DE"), (r#""Ann, 1 Main St, Berlin""#, "erased")] {
            for events in [
                vec![Event::Cancelled],
                vec![Event::HoldEnded],
                vec![start(), settled(declined()), Event::HoldEnded],
                vec![start(), settled(action_required()), Event::Cancelled, settled(declined())],
            ] {
                let order = after(&placed(address), &events);
                let erased = after(&order, &[Event::Erased]);
                assert_eq!(erased.shipping_address, ShippingAddress::Text(left.to_owned()));
                assert_eq!((&erased.contact, erased.erased), (&None, true));
                let same = Order { erased: false, contact: order.contact.clone(), ..erased.clone() };
                assert_eq!(Order { shipping_address: order.shipping_address.clone(), ..same }, order);
                assert_eq!(after(&erased, &[Event::Erased]), erased, "idempotent");
                let stored = serde_json::to_string(&erased).expect("JSON");
                assert!(!["Ann", "Main", "Berlin", "ann@"].iter().any(|part| stored.contains(part)), "{stored}");
            }
        }
    }

    #[test]
    fn a_paid_order_is_kept_and_marked() {
        let marked = |order: Order| Order { account_deleted: true, ..order };
        let placed = placed(r#""1 Main St""#);
        let paid = [start(), settled(captured())];
        for more in [&[][..], &[Event::Cancelled], &[Event::Delivered]] {
            let mut order = after(&placed, &paid);
            if more == [Event::Delivered] {
                let shipment = crate::order::Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() };
                order = after(&order, &[Event::Shipped(shipment)]);
            }
            let order = after(&order, more);
            assert_eq!(after(&order, &[Event::Erased]), marked(order.clone()));
            assert_eq!(after(&order, &[Event::Erased, Event::Erased]), marked(order), "idempotent");
        }
        // Captured after it was cancelled: a refund is due.
        let late = after(&placed, &[start(), settled(action_required()), Event::Cancelled, settled(captured())]);
        assert_eq!(after(&late, &[Event::Erased]), marked(late));
    }

    #[test]
    fn an_order_that_may_still_be_paid_is_not_erased() {
        let placed = placed(r#""1 Main St""#);
        for events in [
            vec![],
            vec![start()],
            vec![start(), settled(declined())],
            vec![start(), settled(action_required()), Event::Cancelled],
            vec![start(), settled(action_required()), Event::HoldEnded],
        ] {
            let order = after(&placed, &events);
            assert_eq!(order.apply(Event::Erased, NOW), Err(TransitionError::PaymentInProgress), "{events:?}");
        }
    }

    /// It has no address, so a late capture is refunded.
    #[test]
    fn an_erased_order_is_not_held_again() {
        let placed = placed(r#""1 Main St""#);
        let erased = after(&placed, &[start(), settled(declined()), Event::HoldEnded, Event::Erased]);
        let allocations = vec![placed.lines[0].allocation.clone()];
        let revived = Event::Revived { attempt: 0, payment_id: "pay_1".to_owned(), amount_minor: 200, allocations };
        assert_eq!(erased.apply(revived, NOW), Err(TransitionError::NotRevivable));
        let refunded = after(&erased, &[settled(captured())]);
        assert_eq!((refunded.status, refunded.refunds.len()), (OrderStatus::Expired, 1));
    }
}
