//! The cache on a real Redis, in front of a real DynamoDB, over connections that break.

mod broken;
mod fixture;
mod keeping;
