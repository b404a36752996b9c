//! The edge of template.yaml on this machine: a proxy with its paths, cache policies and headers. docs/edge.md lists what
//! it cannot show.
//!
//! As with the local API, `x-forwarded-for` of a request to the proxy stands for the address of the client's connection.

mod cache;
mod distribution;
mod server;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use ureq::Agent;

use crate::caller::{Api, Caller};
use crate::shop::Shop;

use cache::Cache;
use distribution::Distribution;

/// A running edge in front of a shop. It runs until the test program ends.
pub struct Edge {
    api: &'static Api,
}

impl Edge {
    /// Starts it. `secret` is the stack's parameter `EdgeSecret`.
    pub fn before(shop: &'static Shop, secret: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let distribution = Distribution::of_template(&[("EdgeSecret", secret)]);
        let origin = Origin { url: shop.api_url().to_owned(), agent: shop.agent() };
        let server = Arc::new(server::Server { distribution, origin, cache: Cache::default() });
        thread::spawn(move || server.serve(&listener));
        Self { api: Box::leak(Box::new(Api { url: format!("http://{address}"), agent: shop.agent() })) }
    }

    /// A visitor without a token, from an address of its own.
    pub fn anyone(&self) -> Caller {
        Caller::new(self.api)
    }

    /// A guest.
    pub fn guest(&self) -> Caller {
        let visitor = self.anyone();
        let session = visitor.post("/auth/guest", "{}").is(201);
        visitor.with_token(session.text("token"))
    }
}

/// The API behind the edge.
struct Origin {
    /// Its address, without a slash at the end.
    url: String,
    agent: Agent,
}
