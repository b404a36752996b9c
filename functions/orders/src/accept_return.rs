//! `POST /admin/orders/{order_id}/returns/{return_id}/accept`: accepts a return after the units have arrived. Their
//! price, at most what is left to refund, becomes due; they are restocked with the refund. Idempotent for the same
//! target.

use souk_domain::order::{Event, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;
use crate::view::{self, Viewer};

/// Accepts a return.
pub struct AcceptReturn(pub StaffOrderContext);

impl AcceptReturn {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

impl Endpoint for AcceptReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let accepted_by = request.staff()?.user_id.clone();
        let OrdinalId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("refund_to");
        let (target,) = fields.finish((target,))?;

        let order = self.0.apply(request, &Event::ReturnAccepted { index, target, accepted_by }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
