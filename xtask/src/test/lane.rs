//! Runs stages one after the other, and reports how each ended.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow};

use super::session::Session;
use crate::clock::{self, Stopwatch};
use crate::paths::Paths;
use crate::progress;

/// The folder of the output of checks.
const LOGS: &str = "target/local-test/logs";
/// Maximum lines of a check's log that are printed.
const LOG_LINES: usize = 200;

/// When a stage runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// First.
    Build,
    /// At the same time. These stages mostly wait for downloads, or take seconds.
    BesideTheBuild,
    /// After both.
    Tests,
    /// Last. These tests need a deployed shop.
    StackTests,
    /// Only when it is named.
    OnRequest,
}

/// The work of a stage.
pub(super) enum Work {
    /// Appends its output to a log, which is printed at the end: two lanes would mix their lines.
    Check(fn(&Paths, log: &Path) -> Result<()>),
    /// Builds or runs tests, with its output in view.
    Tests(fn(&mut Session) -> Result<()>),
}

/// A part of the test command.
pub(super) struct Stage {
    /// Its name, for `--stage`.
    pub(super) name: &'static str,
    /// When it runs.
    pub(super) lane: Lane,
    /// What it does.
    pub(super) work: Work,
}

/// How a stage ended.
pub(super) struct Report {
    /// The stage.
    pub(super) name: &'static str,
    /// How long it took.
    pub(super) time: Duration,
    /// Why it failed.
    pub(super) failure: Option<Error>,
}

/// Runs stages in their order until one fails, here or in another lane with the same flag.
pub(super) fn run<'a>(
    stages: impl IntoIterator<Item = &'a Stage>,
    failed: &AtomicBool,
    mut run: impl FnMut(&Stage) -> Result<()>,
) -> Vec<Report> {
    let mut reports = Vec::new();
    for stage in stages {
        if failed.load(Ordering::Relaxed) {
            break;
        }
        println!("=== {}", stage.name);
        let clock = Stopwatch::start();
        let failure = run(stage).err().map(|error| error.context(format!("stage `{}`", stage.name)));
        let time = clock.elapsed();
        println!("=== {}: {} after {}", stage.name, outcome(failure.as_ref()), clock::text(time));
        failed.fetch_or(failure.is_some(), Ordering::Relaxed);
        reports.push(Report { name: stage.name, time, failure });
    }
    reports
}

/// The report of a lane whose thread panicked: none of its other reports is left.
pub(super) fn panicked(failed: &AtomicBool) -> Report {
    failed.store(true, Ordering::Relaxed);
    let failure = Some(anyhow!("a check panicked; see above"));
    Report { name: "checks beside the build", time: Duration::ZERO, failure }
}

/// `ok` or `FAILED`.
pub(super) fn outcome(failure: Option<&Error>) -> &'static str {
    if failure.is_none() { "ok" } else { "FAILED" }
}

/// Runs a check with a new log.
pub(super) fn check(name: &str, check: fn(&Paths, &Path) -> Result<()>, paths: &Paths) -> Result<()> {
    let logs = paths.root.join(LOGS);
    fs::create_dir_all(&logs).with_context(|| format!("cannot create {}", logs.display()))?;
    let log = logs.join(format!("{}.log", name.replace([' ', ','], "-")));
    fs::write(&log, "").with_context(|| format!("cannot write {}", log.display()))?;
    let checked = check(paths, &log);
    let output = progress::tail(&log, LOG_LINES);
    if !output.is_empty() {
        println!("{output}");
    }
    checked
}
