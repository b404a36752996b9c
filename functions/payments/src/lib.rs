//! The payments service: one module per endpoint, one binary per Lambda.

pub mod check_payment;
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

pub use payments::Payments;
