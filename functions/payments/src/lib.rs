//! The payments service: one module per endpoint, one binary for all of them.

pub mod check_payment;
mod handlers;
pub mod pay_order;
mod payments;
mod person;
mod provider;
pub mod refund_order;
pub mod stripe_webhook;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod redelivery;

pub use handlers::HANDLERS;
pub use payments::Payments;
