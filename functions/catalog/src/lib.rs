//! The catalog service: one module per endpoint, one binary per Lambda.
