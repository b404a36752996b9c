//! The orders service: one module per endpoint, one binary per Lambda.

pub mod cancel_order;
pub mod dispatch;
pub mod expire_order;
pub mod get_order;
pub mod list_orders;
pub mod place_order;
pub mod publish_events;
pub mod redrive;
mod view;

#[cfg(test)]
mod fixture;
