//! `POST /admin/orders/{order_id}/cancel`: the staff calls an order off that is not sent yet. As the shopper's own call does:
//! the money of a paid one is owed back, and its stock goes back with it.

use souk_domain::order::Event;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::staff_desk::StaffDesk;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct AdminCancelOrder(pub StaffDesk);

impl AdminCancelOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffDesk::from_dependencies(deps)?))
    }
}

impl Endpoint for AdminCancelOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let order = self.0.step(request, &Event::Cancelled).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
