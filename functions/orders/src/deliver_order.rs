//! `POST /admin/orders/{order_id}/deliver`: an order has arrived. Said again it is no error.

use souk_domain::order::Event;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::staff_desk::StaffDesk;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct DeliverOrder(pub StaffDesk);

impl DeliverOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffDesk::from_dependencies(deps)?))
    }
}

impl Endpoint for DeliverOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let order = self.0.step(request, &Event::Delivered).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
