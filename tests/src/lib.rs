//! End to end, over HTTP, against a deployed stack.
