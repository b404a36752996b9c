//! `POST /admin/orders/{order_id}/returns/{return_id}/accept`: the units are back. What they were sold for is owed, or what
//! is left of it; they go back to stock with the money. Said again with the same target it is no error.

use souk_domain::order::{Event, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::part_id::PartId;
use crate::staff_desk::StaffDesk;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct AcceptReturn(pub StaffDesk);

impl AcceptReturn {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffDesk::from_dependencies(deps)?))
    }
}

impl Endpoint for AcceptReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let accepted_by = request.staff()?.user_id.clone();
        let PartId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("refund_to");
        let (target,) = fields.finish((target,))?;

        let order = self.0.step(request, &Event::ReturnAccepted { index, target, accepted_by }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
