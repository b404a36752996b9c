//! DynamoDB, one module per aggregate.

mod error;

pub use error::StoreError;
