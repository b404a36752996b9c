//! The inventory service: one module per endpoint, one binary per Lambda.
