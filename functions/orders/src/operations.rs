//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{
    accept_return, admin_cancel_order, admin_get_order, admin_list_orders, approve_refund, cancel_order,
    create_order_link, deliver_order, get_linked_order, get_order, get_refund_request, grant_refund, list_orders,
    list_returns, place_order, reject_return, request_return, retry_refund, ship_order,
};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[
    accept_return::operation,
    admin_cancel_order::operation,
    admin_get_order::operation,
    admin_list_orders::operation,
    approve_refund::operation,
    cancel_order::operation,
    create_order_link::operation,
    deliver_order::operation,
    get_linked_order::operation,
    get_order::operation,
    get_refund_request::operation,
    grant_refund::operation,
    list_orders::operation,
    list_returns::operation,
    place_order::operation,
    reject_return::operation,
    request_return::operation,
    retry_refund::operation,
    ship_order::operation,
];
