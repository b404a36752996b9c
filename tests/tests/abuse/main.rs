//! Attacks against a shop with the limits of production, each beside an honest shopper. A test prints what the attacker
//! got and what the shopper noticed.
//!
//! They need a stack with `Limits=on`, and load it: `cargo xtask test --stage abuse`.

mod card_testing;
mod honest;
mod isolation;
mod lockout;
mod origins;
mod pay_and_cancel;
mod rate_limits;
mod registration;
mod route_costs;
mod stages;
mod stock_denial;
mod stored_input;
