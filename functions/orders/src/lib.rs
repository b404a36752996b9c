//! The orders service: one module per endpoint, one binary per Lambda.
