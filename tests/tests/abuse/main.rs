//! Attacks against a shop with the limits of production, each beside an honest shopper. A test prints what the attacker
//! got and what the shopper noticed.
//!
//! They need a stack with `Limits=on`, and load it: `cargo xtask test --stage abuse`.

mod honest;
mod rate_limits;
