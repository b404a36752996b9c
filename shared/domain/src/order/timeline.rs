//! What happened to an order, and when.

use serde::{Deserialize, Serialize};

use crate::order::Order;
use crate::time::Timestamp;

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineEvent {
    /// It was placed and its stock held.
    Placed,
    /// The shopper tried to pay.
    PaymentStarted,
    /// The shopper was asked to do something at the provider.
    PaymentActionRequired,
    /// The provider refused.
    PaymentFailed,
    /// The money was taken.
    Paid,
    /// The hold ended unpaid.
    Expired,
    /// It was called off.
    Cancelled,
    /// Money is owed back.
    RefundDue,
    /// Money was given back.
    Refunded,
    /// The provider could not give money back.
    RefundFailed,
    /// Money that came after the hold had ended found the units still there.
    HeldAgain,
    /// It is on its way.
    Shipped,
    /// It arrived.
    Delivered,
    /// The shopper wants to send something back.
    ReturnRequested,
    /// The staff took it back.
    ReturnAccepted,
    /// The staff did not take it back.
    ReturnRejected,
}

/// One entry of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// What.
    #[serde(rename = "h")]
    pub event: TimelineEvent,
    /// Index of the attempt, refund or return that it happened to. What there is to tell of it stands there: an entry
    /// stays a few bytes long.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
}

impl Order {
    /// Adds an entry about the order as a whole.
    pub(super) fn record(&mut self, event: TimelineEvent, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, event, index: None });
    }

    /// Adds an entry about one of its attempts, refunds or returns.
    pub(super) fn record_of(&mut self, event: TimelineEvent, index: usize, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, event, index: Some(index) });
    }

    /// Whether something happened, ever.
    pub(super) fn has_occurred(&self, event: TimelineEvent) -> bool {
        self.timeline.iter().any(|entry| entry.event == event)
    }
}
