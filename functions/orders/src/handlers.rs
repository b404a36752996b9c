//! The functions of the service by handler name.

use souk_runtime::service::{Direct, Handlers, Http, Queue, Stream};

use crate::accept_return::AcceptReturn;
use crate::admin_cancel_order::AdminCancelOrder;
use crate::admin_get_order::AdminGetOrder;
use crate::admin_list_orders::AdminListOrders;
use crate::cancel_order::CancelOrder;
use crate::deliver_order::DeliverOrder;
use crate::dispatch::Dispatch;
use crate::expire_order::ExpireOrder;
use crate::get_order::GetOrder;
use crate::grant_refund::GrantRefund;
use crate::list_orders::ListOrders;
use crate::list_returns::ListReturns;
use crate::place_order::PlaceOrder;
use crate::publish_events::PublishEvents;
use crate::reconcile::Reconcile;
use crate::redrive::Redrive;
use crate::reject_return::RejectReturn;
use crate::request_return::RequestReturn;
use crate::retry_refund::RetryRefund;
use crate::ship_order::ShipOrder;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("accept-return", &Http(AcceptReturn::from_dependencies)),
    ("admin-cancel-order", &Http(AdminCancelOrder::from_dependencies)),
    ("admin-get-order", &Http(AdminGetOrder::from_dependencies)),
    ("admin-list-orders", &Http(AdminListOrders::from_dependencies)),
    ("cancel-order", &Http(CancelOrder::from_dependencies)),
    ("deliver-order", &Http(DeliverOrder::from_dependencies)),
    ("dispatch", &Stream(Dispatch::from_dependencies)),
    ("expire-order", &Queue(ExpireOrder::from_dependencies)),
    ("get-order", &Http(GetOrder::from_dependencies)),
    ("grant-refund", &Http(GrantRefund::from_dependencies)),
    ("list-orders", &Http(ListOrders::from_dependencies)),
    ("list-returns", &Http(ListReturns::from_dependencies)),
    ("place-order", &Http(PlaceOrder::from_dependencies)),
    ("publish-events", &Stream(PublishEvents::from_dependencies)),
    ("reconcile", &Direct(Reconcile::from_dependencies)),
    ("redrive", &Direct(Redrive::from_dependencies)),
    ("reject-return", &Http(RejectReturn::from_dependencies)),
    ("request-return", &Http(RequestReturn::from_dependencies)),
    ("retry-refund", &Http(RetryRefund::from_dependencies)),
    ("ship-order", &Http(ShipOrder::from_dependencies)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "orders");
    }
}
