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
    let mut any = false;
    for part in &parts(paths)? {
        any |= stop(part)?;
    }
    ministack::end_orphans(paths)?;
    Ok(any)
}

/// Stops every part of this home and removes its data. Nothing is saved first, so the parts are killed.
pub(crate) fn stop_all_and_wipe(paths: &Paths) -> Result<()> {
    for part in &parts(paths)? {
        part.kill()?;
    }
    ministack::end_orphans(paths)?;
    paths.wipe()
}

fn parts(paths: &Paths) -> Result<Vec<Part>> {
    let ports = Ports::from_environment()?;
    let searches = opensearch::MAJORS.map(|major| opensearch::part(ports, major, paths));
    Ok([ministack::part(ports, paths)].into_iter().chain(searches).collect())
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
