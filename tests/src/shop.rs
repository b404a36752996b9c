//! The shop under test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::json;
use souk_accounts::staff::{StaffCredentials, StaffSession};
use ureq::Agent;

use crate::caller::{Api, Caller};
use crate::json::Json;
use crate::product::Product;
use crate::text::unique_word;

/// API Gateway's limit for a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// A deployed shop.
pub struct Shop {
    pub(crate) api: Api,
    home: PathBuf,
    staff: StaffSession,
    /// The id of the staff account.
    pub staff_user_id: String,
    /// The URL of the local AWS.
    pub(crate) aws_url: String,
    /// The URL of OpenSearch.
    pub search_url: String,
    /// The first part of every function's and queue's name, and the name of the event bus.
    pub stack_name: String,
    /// The region whose stock it sells.
    pub(crate) region: String,
    /// A payment token that succeeds.
    pub success: String,
    /// A payment token that is declined.
    pub decline: String,
}

impl Shop {
    /// The shop that `stack.json` describes.
    pub fn open() -> &'static Self {
        static SHOP: OnceLock<Shop> = OnceLock::new();
        SHOP.get_or_init(|| {
            let file = env::var_os("SOUK_STACK").map_or_else(default_file, PathBuf::from);
            let stack = fs::read_to_string(&file).unwrap_or_else(|error| {
                panic!(
                    "no shop to test: {} cannot be read ({error}). Start one with `cargo xtask up --detach`, or name its \
                     stack.json in SOUK_STACK",
                    file.display()
                )
            });
            let stack = Json::parse(&stack).unwrap_or_else(|| panic!("{} is not JSON", file.display()));
            let home = file.parent().map(PathBuf::from).unwrap_or_default();
            let staff = StaffCredentials {
                email: stack.text("staff_email"),
                password: stack.text("staff_password"),
                totp_secret: stack.text("staff_totp_secret"),
            };
            Self {
                api: Api { url: stack.text("api_url").trim_end_matches('/').to_owned(), agent: agent() },
                staff: StaffSession::new(&stack.text("api_url"), staff, &home, souk_accounts::sleep),
                staff_user_id: stack.text("staff_user_id"),
                home,
                aws_url: stack.text("aws_endpoint_url").trim_end_matches('/').to_owned(),
                search_url: stack.text("search_url").trim_end_matches('/').to_owned(),
                stack_name: stack.text("stack_name"),
                region: stack.text("region"),
                success: stack.text("sandbox_tokens.success"),
                decline: stack.text("sandbox_tokens.decline"),
            }
        })
    }

    /// Its address, without a slash at the end.
    pub fn api_url(&self) -> &str {
        &self.api.url
    }

    /// Sends requests to it.
    pub(crate) fn agent(&self) -> Agent {
        self.api.agent.clone()
    }

    /// The directory of its local stack.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Status and body of another address of the stack; none while nothing answers there.
    pub fn fetch(&self, url: &str) -> Option<(u16, String)> {
        let mut response = self.api.agent.get(url).call().ok()?;
        let body = response.body_mut().read_to_string().ok()?;
        Some((response.status().as_u16(), body))
    }

    /// A visitor without a token.
    pub fn anyone(&'static self) -> Caller {
        Caller::new(&self.api)
    }

    /// The staff account of the stack, which has all permissions. All programs share its session, so no test ends it.
    pub fn staff(&'static self) -> Caller {
        self.anyone().with_token(self.staff.token().expect("the staff account can log in"))
    }

    /// A guest.
    pub fn guest(&'static self) -> Caller {
        self.guest_session().caller
    }

    /// A shopper who has just registered, and whose address is pending.
    pub fn shopper(&'static self) -> Caller {
        self.register().caller
    }

    /// A shopper whose address is verified.
    pub fn account(&'static self) -> Caller {
        self.verified().caller
    }

    /// A new product in [`crate::CATEGORY_ID`] at this price (`12.50`), with this stock.
    pub fn product(&'static self, price: &str, available: u32) -> Product {
        let word = unique_word();
        let product = Product { id: format!("test-{word}"), word };
        self.put_product(&product, price);
        self.count(&product, available);
        product
    }

    /// Writes the product's document with this price.
    pub fn put_product(&'static self, product: &Product, price: &str) {
        let Product { id, word } = product;
        let rest = r#""brand": "Testbrand", "category": ["Test goods", "Widgets"], "attributes": {"Colour": "Cyan"}, "max_per_order": 9999"#;
        let body = format!(r#"{{"sku": "{id}", "name": "Widget {word}", {rest}, "price": {price}}}"#);
        let answer = self.staff().put(&format!("/admin/products/{id}"), body);
        assert!(matches!(answer.status, 200 | 201), "{answer}");
    }

    /// Sets the stock of a product.
    pub fn count(&'static self, product: &Product, available: u32) {
        let body = json!({"available": available});
        self.staff().put(&format!("/admin/inventory/{}", product.id), body).is(200);
    }

    /// The available units of a product.
    pub fn available(&'static self, product: &Product) -> i64 {
        let counts = self.anyone().get(&format!("/inventory?product_ids={}", product.id)).is(200);
        assert_eq!(counts.text("items.0.product_id"), product.id);
        counts.whole("items.0.available")
    }
}

fn default_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/local/stack.json"))
}

/// No status is an error. Each call has a new connection, so that none fails because the server closed an idle one.
fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(CALL_TIMEOUT)).proxy(None);
    config.max_idle_connections(0).max_idle_connections_per_host(0).build().into()
}
