//! `POST /orders/{order_id}/link`: a signed link to the caller's order, for a guest who comes back without a token.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Clock;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request, own_order};
use souk_runtime::{Dependencies, Error};
use souk_store::ShopperOrders;

use crate::order_link::{LINK_SECONDS, OrderLink, OrderLinks};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("create-order-link", "POST /orders/{order_id}/link", Caller::Guest, Tag::Orders)
        .checks_session()
        .summary("Makes a link that shows an order without a token")
        .description(
            "Whoever has the link sees the order until `expires_at`, 90 days later, and can change nothing. A link cannot \
             be withdrawn.",
        )
        .repeated("Makes another link. The earlier one stays valid.")
        .answers::<CreateOrderLinkResponse>(201, "The link.")
        .link("get-linked-order", &[("token", "$response.body#/token")])
}

/// Makes a link to an order.
pub struct CreateOrderLink {
    /// The orders of callers.
    pub orders: ShopperOrders,
    /// Signs links.
    pub links: OrderLinks,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl CreateOrderLink {
    /// Reads its configuration from the environment, and the secret of the links.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            orders: deps.shopper_orders()?,
            links: OrderLinks::from_dependencies(deps).await?,
            clock: deps.clock(),
        })
    }
}

/// A link to an order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderLink")]
struct CreateOrderLinkResponse {
    /// The token of the link, for `GET /order-links/{token}`. Treat it as a password of the order.
    token: String,
    /// Until when it is valid.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
}

impl Endpoint for CreateOrderLink {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let order = own_order(request, &self.orders).await?;
        let expires_at = self.clock.now().plus_seconds(LINK_SECONDS);
        let link = OrderLink {
            user_id: order.user_id,
            order_id: order.order_id,
            expires_at: u32::try_from(expires_at.as_seconds()).map_err(Problem::internal)?,
        };
        let body = CreateOrderLinkResponse { token: self.links.issue(&link), expires_at: expires_at.to_rfc3339() };
        Ok(Reply::json(201, &body))
    }
}
