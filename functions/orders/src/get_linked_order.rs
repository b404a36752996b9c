//! `GET /order-links/{token}`: the order of a signed link.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::Orders;

use crate::order_link::{OrderLinkToken, OrderLinks};
use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-linked-order", "GET /order-links/{token}", Caller::Anyone, Tag::Orders)
        .summary("Shows the order of a link")
        .description(
            "As its shopper sees it, without details of the payment provider. Once the account is deleted, without \
             contact, and of the address with the country only, if it is known.",
        )
        .answers::<OrderResponse<'_>>(200, "The order.")
        .problem(404, "not_found", "The link is not valid or has expired.")
}

/// Shows the order of a link.
pub struct GetLinkedOrder {
    /// The orders table.
    pub orders: Orders,
    /// Verifies links.
    pub links: OrderLinks,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl GetLinkedOrder {
    /// Reads its configuration from the environment, and the secret of the links.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { orders: deps.orders()?, links: OrderLinks::from_dependencies(deps).await?, clock: deps.clock() })
    }
}

impl Endpoint for GetLinkedOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let token: OrderLinkToken = request.path_id("token", "order")?;
        let link = self.links.verify(&token, self.clock.now()).ok_or_else(|| Problem::not_found("order"))?;
        let order = self.orders.get(&link.user_id, &link.order_id).await?;
        let order = order.ok_or_else(|| Problem::not_found("order"))?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Link)?))
    }
}

#[cfg(test)]
mod tests {
    use souk_auth::MacKey;
    use souk_domain::order::{Event, ProviderMethod, ProviderOutcome};
    use souk_testkit::user;

    use super::*;
    use crate::create_order_link::CreateOrderLink;
    use crate::fixture::{Fixture, outcome};
    use crate::order_link::OrderLink;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn endpoints(shop: &Fixture) -> (CreateOrderLink, GetLinkedOrder) {
        let links = OrderLinks::new(MacKey::from_secret(SECRET).expect("a key"));
        let create = CreateOrderLink { orders: shop.shopper_orders(), links: links.clone(), clock: shop.clock.clone() };
        (create, GetLinkedOrder { orders: shop.orders.clone(), links, clock: shop.clock.clone() })
    }

    fn get(token: &str) -> Request {
        Request::new("GET", "/order-links/x").with_path("token", token)
    }

    fn make(order_id: &str) -> Request {
        Request::new("POST", "/orders/x/link").with_path("order_id", order_id)
    }

    #[tokio::test]
    async fn a_link_shows_the_order_to_anyone_for_ninety_days() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[9]).await;
        let order_id = shop.paid_order(&user(1), "a", 1).await;
        let (create, by_link) = endpoints(&shop);
        let made = create.handle(&make(order_id.as_str()).from_guest(user(1))).await.expect("made");
        assert_eq!((made.status(), made.body_json()["expires_at"].as_str()), (201, Some("2027-02-22T06:57:00.000Z")));
        let token = made.body_json()["token"].as_str().expect("a token").to_owned();

        let shown = by_link.handle(&get(&token)).await.expect("shown").body_json();
        assert_eq!(shown["order_id"].as_str(), Some(order_id.as_str()));
        assert_eq!(shown["contact"]["email"].as_str(), Some("ann@example.com"));
        assert_eq!(shown["payment"]["status"].as_str(), Some("completed"));
        assert!(shown["payment"].get("payment_id").is_none() && shown.get("user_id").is_none(), "{shown}");

        shop.clock.advance_seconds(90 * 86_400 - 1);
        assert_eq!(outcome(&by_link.handle(&get(&token)).await), (200, ""));
        shop.clock.advance_seconds(1);
        assert_eq!(outcome(&by_link.handle(&get(&token)).await), (404, "not_found"));
    }

    /// The law makes the shop keep the order, but whoever has the link need not see whose it was.
    #[tokio::test]
    async fn a_link_shows_no_person_once_the_account_is_deleted() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[9]).await;
        let order_id = shop.paid_order(&user(1), "a", 1).await;
        let (create, by_link) = endpoints(&shop);
        let made = create.handle(&make(order_id.as_str()).from_user(user(1))).await.expect("made");
        let token = made.body_json()["token"].as_str().expect("a token").to_owned();
        let order = shop.apply(&user(1), &order_id, Event::Erased).await;
        let shown = by_link.handle(&get(&token)).await.expect("shown");
        assert!(!shown.body().contains("Main St") && !shown.body().contains('@'), "{}", shown.body());
        let (body, status) = (shown.body_json(), Some("paid"));
        assert_eq!((body["status"].as_str(), body["shipping_address"].as_str()), (status, Some("erased")));
        let to_staff = Reply::ok(&view::detail(&order, Viewer::Staff).expect("an order"));
        assert!(to_staff.body().contains("Main St") && to_staff.body().contains("ann@example.com"), "it is shipped");
    }

    /// A token that was logged out works for a minute more. It must not leave a link behind that works for 90 days.
    #[test]
    fn making_a_link_checks_the_session() {
        assert!(crate::create_order_link::operation().checks_session);
    }

    #[tokio::test]
    async fn a_link_has_no_details_of_the_payment_provider() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[9]).await;
        shop.put_in_cart(&user(1), "a", 1).await;
        let order_id = shop.place(&user(1)).await;
        let start = || Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        };
        shop.apply(&user(1), &order_id, start()).await;
        let declined = ProviderOutcome::Declined { code: "insufficient_funds".to_owned() };
        shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 0, outcome: declined }).await;
        shop.apply(&user(1), &order_id, start()).await;
        let action_url = Some("https://provider.example/secret".to_owned());
        let action = ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url };
        let order = shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 1, outcome: action }).await;

        let secrets = ["pay_1", "provider.example", "insufficient_funds"];
        let to_owner = Reply::ok(&view::detail(&order, Viewer::Shopper).expect("an order"));
        assert!(secrets.iter().all(|secret| to_owner.body().contains(secret)), "{}", to_owner.body());
        let linked = Reply::ok(&view::detail(&order, Viewer::Link).expect("an order"));
        assert!(!secrets.iter().any(|secret| linked.body().contains(secret)), "{}", linked.body());
    }

    #[tokio::test]
    async fn bad_links_cannot_be_told_apart() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[9]).await;
        let order_id = shop.paid_order(&user(1), "a", 1).await;
        let (create, by_link) = endpoints(&shop);
        let at = |seconds| u32::try_from(shop.clock.now().as_seconds() + seconds).expect("before 2106");
        let token = |user_id, order_id, secret: &str, expires_at| {
            OrderLinks::new(MacKey::from_secret(secret).expect("a key")).issue(&OrderLink {
                user_id,
                order_id,
                expires_at,
            })
        };
        let missing = "0190a5a0-0000-7000-8000-00000000dead".parse().expect("an id");
        let good = token(user(1), order_id.clone(), SECRET, at(60));
        assert_eq!(outcome(&by_link.handle(&get(&good)).await), (200, ""));
        let mut problems = Vec::new();
        for bad in [
            token(user(1), order_id.clone(), "another secret that is long enough", at(60)),
            token(user(1), order_id.clone(), SECRET, at(0)),
            token(user(2), order_id.clone(), SECRET, at(60)),
            token(user(1), missing, SECRET, at(60)),
            good[..good.len() - 1].to_owned(),
            format!("{good}A"),
            order_id.to_string(),
            String::new(),
        ] {
            let problem = by_link.handle(&get(&bad)).await.expect_err("refused");
            problems.push(problem.into_reply("request-1"));
        }
        let (status, body) = (problems[0].status(), problems[0].body());
        assert_eq!(status, 404);
        assert!(problems.iter().all(|problem| (problem.status(), problem.body()) == (status, body)), "{body}");

        for other in [make(order_id.as_str()).from_guest(user(2)), make("x").from_guest(user(1))] {
            assert_eq!(outcome(&create.handle(&other).await), (404, "not_found"));
        }
        assert_eq!(outcome(&create.handle(&make(order_id.as_str())).await), (401, "token_required"));
    }
}
