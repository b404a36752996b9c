//! Support for the end-to-end tests in `tests/`, which call a deployed stack over HTTP.
//!
//! `SOUK_STACK` names the `stack.json` of the stack; the default is `target/local/stack.json`. Each test creates the
//! products and shoppers it needs, so tests run side by side and repeatedly on one stack. Money is compared as the text
//! that was sent or as minor units, never as a float.

mod aws;
mod bodies;
mod caller;
mod capacity;
mod concurrency;
mod contract;
mod edge;
mod guest;
mod json;
mod mail;
mod member;
pub mod process;
mod product;
mod reconciliation;
mod response;
pub mod retry;
mod routes;
pub mod sale;
mod session;
mod shop;
mod staff;
mod text;
mod wait;

pub use bodies::{PASSWORD, checkout, credentials, fresh_email, return_items, shipment};
pub use caller::{Call, Caller};
pub use concurrency::{concurrently, map_concurrently};
pub use edge::Edge;
pub use guest::Guest;
pub use json::{Json, Kind};
pub use product::{CATEGORY_ID, Product};
pub use response::Response;
pub use routes::{Route, routes};
pub use session::{SecondFactor, Session};
pub use shop::Shop;
pub use souk_accounts::mail::Mail;
pub use text::{misspelt, print_line, unique_word};
pub use wait::{SOON_SECONDS, eventually, expect_limits, fail_fast};
