//! The payments service: one module per endpoint, one binary for all of them.

pub mod check_payment;
mod configured_provider;
mod context;
mod escalation;
mod handlers;
mod operations;
pub mod pay_order;
pub mod refund_order;
pub mod stripe_webhook;

#[cfg(test)]
mod fixture;

pub use context::PaymentContext;
pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
