//! The orders service: one module per endpoint, one binary for all of them.

pub mod accept_return;
pub mod admin_cancel_order;
pub mod admin_get_order;
pub mod admin_list_orders;
pub mod approve_refund;
mod audited_order;
pub mod cancel_order;
pub mod contact;
pub mod create_order_link;
pub mod deliver_order;
pub mod dispatch;
pub mod erase_orders;
pub mod expire_order;
pub mod get_linked_order;
pub mod get_order;
pub mod get_refund_request;
pub mod grant_refund;
mod handlers;
pub mod list_orders;
pub mod list_returns;
mod operations;
pub mod order_link;
mod ordinal_id;
pub mod place_order;
pub mod publish_events;
pub mod reconcile;
pub mod redrive;
mod refund_context;
mod refund_request_id;
pub mod reject_return;
pub mod request_return;
pub mod retry_refund;
pub mod ship_order;
pub mod shipping_address;
mod staff_order_context;
mod view;

pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
pub use refund_context::RefundContext;
pub use staff_order_context::StaffOrderContext;

#[cfg(test)]
mod fixture;
