//! DynamoDB, one module per aggregate.
