//! What every function stands on: configuration, telemetry, AWS clients, the HTTP layer, message batches.
