//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`: rejects a return, with an optional reason. Idempotent.
//! The shopper may request a return of the same units again.

use souk_domain::order::{Event, MAX_REASON_CHARS};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;
use crate::view::{self, Viewer};

/// Rejects a return.
pub struct RejectReturn(pub StaffOrderContext);

impl RejectReturn {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

impl Endpoint for RejectReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let OrdinalId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.optional_fields()?;
        let reason = fields.optional_text("reason", MAX_REASON_CHARS);
        let (reason,) = fields.finish((reason,))?;

        let order = self.0.apply(request, &Event::ReturnRejected { index, reason }).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
