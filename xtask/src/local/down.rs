//! `cargo xtask down`: stops what `up` started.

use anyhow::Result;

use crate::local::part::Part;
use crate::local::{ministack, opensearch};
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::stack::Ports;

/// Stops all parts of this home. The data stays.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    if !paths.home.exists() {
        eprintln!("no shop has run in {}", paths.home.display());
        return Ok(());
    }
    let _lock = paths.lock()?;
    if !stop_all(paths)? {
        eprintln!("no shop runs");
    }
    Ok(())
}

/// Stops all parts of this home, of any port or version. Returns whether any ran.
pub(crate) fn stop_all(paths: &Paths) -> Result<bool> {
    paths::remove(&paths.home.join("stack.json"))?; // it would name a shop that no longer runs
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

/// Stops one part and prints that it does. Returns whether it ran.
pub(crate) fn stop(part: &Part) -> Result<bool> {
    if part.find()?.is_none() {
        return Ok(false);
    }
    let phase = Phase::start(format!("stop {}", part.name));
    part.stop()?;
    phase.done("");
    Ok(true)
}
