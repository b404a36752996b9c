//! Accounts of a local stack for tests and tools: the mails that the local AWS keeps, the codes of a second factor, and
//! the session of the staff account.

pub mod mail;
pub mod staff;
pub mod totp;

use std::time::{Duration, SystemTime};

use anyhow::Result;

/// Sleeps. Fails if the program is to end meanwhile.
pub type Pause = fn(Duration) -> Result<()>;

/// Sleeps, even if the program is to end meanwhile.
pub fn sleep(time: Duration) -> Result<()> {
    std::thread::sleep(time);
    Ok(())
}

/// The time since 1970.
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// An HTTP client for this machine. No status is an error, and no proxy is used.
fn agent(timeout: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(timeout)).proxy(None);
    config.max_idle_connections(0).max_idle_connections_per_host(0).build().into()
}
