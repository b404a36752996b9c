//! Logging: one JSON line for each request or message, with ids and numbers, never bodies, tokens or addresses.

use tracing_subscriber::fmt::format::FmtSpan;

/// Writes the log of this process to standard output as JSON lines. Called once, at start.
pub fn init() {
    // A second call, as in tests, fails harmlessly: the first subscriber stays.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .try_init();
}
