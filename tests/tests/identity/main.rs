//! Identity under attack: authorization, addresses, passwords, enumeration, guests, second factors, refunds by two
//! people, the audit log, export and deletion. Ordinary use is tested in `accounts.rs`, `sessions.rs` and
//! `authorization.rs`.

mod addresses;
mod audit;
mod enumeration;
mod guests;
mod matrix;
mod passwords;
mod people;
mod privacy;
mod refunds;
mod requests;
mod second_factor;
mod staff_grants;
mod timing;
