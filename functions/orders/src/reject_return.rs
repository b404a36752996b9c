//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`: the staff does not take a return back, and may say why. Said
//! again it is no error, and changes nothing. The shopper may ask again.

use souk_domain::order::{Event, MAX_REASON_CHARS};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::part_id::PartId;
use crate::staff_desk::StaffDesk;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct RejectReturn(pub StaffDesk);

impl RejectReturn {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffDesk::from_dependencies(deps)?))
    }
}

impl Endpoint for RejectReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let PartId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.optional_fields()?;
        let reason = fields.optional_text("reason", MAX_REASON_CHARS);
        let (reason,) = fields.finish((reason,))?;

        let order = self.0.step(request, &Event::ReturnRejected { index, reason }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
