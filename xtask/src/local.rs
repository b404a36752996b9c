//! The local stack: the servers, and the shop that is deployed into them.

pub(crate) mod deploy;
pub(crate) mod down;
pub(crate) mod functions;
pub(crate) mod ministack;
pub(crate) mod node;
pub(crate) mod opensearch;
pub(crate) mod part;
pub(crate) mod parts;
pub(crate) mod prerequisites;
pub(crate) mod python;
pub(crate) mod redis;
pub(crate) mod sam_local;
pub(crate) mod shop;
pub(crate) mod stripe_mock;
pub(crate) mod up;
