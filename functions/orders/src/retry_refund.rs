//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: has a refund that failed tried again, perhaps another way. One
//! that is being tried, or was given, stays as it is.

use souk_domain::order::{Event, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::part_id::PartId;
use crate::staff_desk::StaffDesk;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct RetryRefund(pub StaffDesk);

impl RetryRefund {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffDesk::from_dependencies(deps)?))
    }
}

impl Endpoint for RetryRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let PartId(refund) = request.path_id("refund_id", "refund of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("target");
        let (target,) = fields.finish((target,))?;

        let order = self.0.step(request, &Event::RefundRetried { refund, target }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
