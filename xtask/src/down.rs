//! `cargo xtask down`: stops what `up` started.

use anyhow::Result;

use crate::part::Part;
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::stack::Ports;
use crate::{ministack, opensearch};

/// Stops every part of this home; the data stays.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    if !paths.home.exists() {
        eprintln!("nothing has ever run in {}", paths.home.display());
        return Ok(());
    }
    let _lock = paths.lock()?;
    if !stop_all(paths)? {
        eprintln!("nothing runs");
    }
    Ok(())
}

/// Stops every part of this home, whichever port or version it has. Returns whether any ran.
pub(crate) fn stop_all(paths: &Paths) -> Result<bool> {
    paths::remove(&paths.home.join("stack.json"))?; // whoever reads it would find nobody
    let ports = Ports::from_environment()?;
    let mut all = vec![ministack::part(ports, paths)];
    all.extend(opensearch::MAJORS.map(|major| opensearch::part(ports, major, paths)));
    let mut any = false;
    for part in &all {
        any |= stop(part)?;
    }
    ministack::end_orphans(paths)?;
    Ok(any)
}

/// Stops one part and says so.
pub(crate) fn stop(part: &Part) -> Result<bool> {
    if part.find()?.is_none() {
        return Ok(false);
    }
    let phase = Phase::start(format!("stop {}", part.name));
    part.stop()?;
    phase.done("");
    Ok(true)
}
