//! The functions of the service by handler name.

use souk_runtime::http::audit::Subject;
use souk_runtime::service::{Direct, Handlers, Http, HttpAsync, Queue, StaffHttp, Stream};

use crate::accept_return::AcceptReturn;
use crate::admin_cancel_order::AdminCancelOrder;
use crate::admin_get_order::AdminGetOrder;
use crate::admin_list_orders::AdminListOrders;
use crate::approve_refund::ApproveRefund;
use crate::cancel_order::CancelOrder;
use crate::create_order_link::CreateOrderLink;
use crate::deliver_order::DeliverOrder;
use crate::dispatch::Dispatch;
use crate::erase_orders::EraseOrders;
use crate::expire_order::ExpireOrder;
use crate::get_linked_order::GetLinkedOrder;
use crate::get_order::GetOrder;
use crate::get_refund_request::GetRefundRequest;
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
    ("accept-return", &StaffHttp(AcceptReturn::from_dependencies, Subject::Order)),
    ("admin-cancel-order", &StaffHttp(AdminCancelOrder::from_dependencies, Subject::Order)),
    ("admin-get-order", &Http(AdminGetOrder::from_dependencies)),
    ("admin-list-orders", &Http(AdminListOrders::from_dependencies)),
    ("approve-refund", &StaffHttp(ApproveRefund::from_dependencies, Subject::RefundRequest)),
    ("cancel-order", &HttpAsync(|deps| Box::pin(CancelOrder::from_dependencies(deps)))),
    ("create-order-link", &HttpAsync(|deps| Box::pin(CreateOrderLink::from_dependencies(deps)))),
    ("deliver-order", &StaffHttp(DeliverOrder::from_dependencies, Subject::Order)),
    ("dispatch", &Stream(Dispatch::from_dependencies)),
    ("erase-orders", &Queue(EraseOrders::from_dependencies)),
    ("expire-order", &Queue(ExpireOrder::from_dependencies)),
    ("get-linked-order", &HttpAsync(|deps| Box::pin(GetLinkedOrder::from_dependencies(deps)))),
    ("get-order", &Http(GetOrder::from_dependencies)),
    ("get-refund-request", &Http(GetRefundRequest::from_dependencies)),
    ("grant-refund", &StaffHttp(GrantRefund::from_dependencies, Subject::Order)),
    ("list-orders", &Http(ListOrders::from_dependencies)),
    ("list-returns", &Http(ListReturns::from_dependencies)),
    ("place-order", &HttpAsync(|deps| Box::pin(PlaceOrder::from_dependencies(deps)))),
    ("publish-events", &Stream(PublishEvents::from_dependencies)),
    ("reconcile", &Direct(Reconcile::from_dependencies)),
    ("redrive", &Direct(Redrive::from_dependencies)),
    ("reject-return", &StaffHttp(RejectReturn::from_dependencies, Subject::Order)),
    ("request-return", &Http(RequestReturn::from_dependencies)),
    ("retry-refund", &StaffHttp(RetryRefund::from_dependencies, Subject::Order)),
    ("ship-order", &StaffHttp(ShipOrder::from_dependencies, Subject::Order)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "orders");
    }
}
