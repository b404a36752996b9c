//! Ctrl-C and SIGTERM set a flag. Every wait checks it, so that a command can stop what it has started.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGINT, SIGTERM};

static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on Ctrl-C and SIGTERM set the flag. Commands that start nothing need not call it: the signal ends them.
pub(crate) fn listen() -> Result<()> {
    let flag = FLAG.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(flag)).context("cannot listen for Ctrl-C")?;
    }
    Ok(())
}

/// Whether the command was interrupted.
pub(crate) fn requested() -> bool {
    FLAG.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// An error if the command was interrupted.
pub(crate) fn check() -> Result<()> {
    if requested() {
        bail!("interrupted");
    }
    Ok(())
}

/// Sleeps for any time. An error as soon as the command is interrupted.
pub(crate) fn sleep(time: Duration) -> Result<()> {
    const SLICE: Duration = Duration::from_millis(200);
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        check()?;
        thread::sleep(left.min(SLICE));
    }
    check()
}

/// Sleeps briefly. An error if the command was interrupted.
pub(crate) fn sleep_millis(millis: u64) -> Result<()> {
    check()?;
    thread::sleep(Duration::from_millis(millis));
    check()
}
