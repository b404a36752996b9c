//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: retries a failed refund, if need be to another target. A
//! refund that is pending or completed does not change.

use souk_domain::order::{Event, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;
use crate::view::{self, Viewer};

/// Retries a failed refund.
pub struct RetryRefund(pub StaffOrderContext);

impl RetryRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

impl Endpoint for RetryRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let OrdinalId(refund) = request.path_id("refund_id", "refund of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("target");
        let (target,) = fields.finish((target,))?;

        let order = self.0.apply(request, &Event::RefundRetried { refund, target }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
