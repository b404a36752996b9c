//! The payments service: one module per endpoint, one binary per Lambda.

pub mod check_payment;
pub mod pay_order;
mod payments;
pub mod refund_order;

#[cfg(test)]
mod fixture;

pub use payments::Payments;
