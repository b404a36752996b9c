//! Attacks against a shop with the limits of production, each beside an honest shopper. A test prints what the attacker
//! got and what the shopper noticed.
//!
//! They need a stack with `Limits=on`, and load it: `cargo xtask test --stage abuse`.

mod card_testing;
mod honest;
mod pay_and_cancel;
mod stages;
mod stored_input;
mod stock_denial;
mod isolation;
mod route_costs;
mod lockout;
mod registration;
mod rate_limits;
