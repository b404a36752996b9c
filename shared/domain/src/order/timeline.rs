//! The timeline of an order.

use serde::{Deserialize, Serialize};

use crate::order::Order;
use crate::time::Timestamp;

/// An event in the timeline of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineEvent {
    /// Placed; its stock is held.
    Placed,
    /// A payment attempt was started.
    PaymentStarted,
    /// The provider requires an action of the shopper.
    PaymentActionRequired,
    /// The provider declined the payment.
    PaymentFailed,
    /// Paid.
    Paid,
    /// The hold ended before it was paid.
    Expired,
    /// Cancelled.
    Cancelled,
    /// A refund is due.
    RefundDue,
    /// A refund completed.
    Refunded,
    /// A refund failed at the provider.
    RefundFailed,
    /// A late capture paid an expired order whose units were still available; they are held again.
    HeldAgain,
    /// Shipped.
    Shipped,
    /// Delivered.
    Delivered,
    /// The shopper requested a return.
    ReturnRequested,
    /// Staff accepted a return.
    ReturnAccepted,
    /// Staff rejected a return.
    ReturnRejected,
}

impl TimelineEvent {
    /// Every event.
    pub const ALL: [Self; 16] = [
        Self::Placed,
        Self::PaymentStarted,
        Self::PaymentActionRequired,
        Self::PaymentFailed,
        Self::Paid,
        Self::Expired,
        Self::Cancelled,
        Self::RefundDue,
        Self::Refunded,
        Self::RefundFailed,
        Self::HeldAgain,
        Self::Shipped,
        Self::Delivered,
        Self::ReturnRequested,
        Self::ReturnAccepted,
        Self::ReturnRejected,
    ];
}

/// One entry of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Time of the event.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// The event.
    #[serde(rename = "h")]
    pub event: TimelineEvent,
    /// Index of the attempt, refund or return that it concerns. The details are stored there, so that an entry takes
    /// only a few bytes.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
}

impl Order {
    /// Adds an entry about the order as a whole.
    pub(super) fn record(&mut self, event: TimelineEvent, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, event, index: None });
    }

    /// Adds an entry about an attempt, a refund or a return.
    pub(super) fn record_of(&mut self, event: TimelineEvent, index: usize, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, event, index: Some(index) });
    }

    /// Whether the timeline contains an event.
    pub(super) fn has_occurred(&self, event: TimelineEvent) -> bool {
        self.timeline.iter().any(|entry| entry.event == event)
    }
}
