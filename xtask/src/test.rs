//! `cargo xtask test`: everything that CI runs.
//!
//! Checks that need no compiled code, and the installation of the local stack, run beside the build. The tests run
//! after both, one stage at a time. The first stage that fails ends the command. The `test result:` lines of the
//! end-to-end tests are printed at the very end, because CI reads the end of the log.

mod advisories;
mod build;
mod checks;
mod clients;
mod contract;
mod dependencies;
mod end_to_end;
mod failure_stack;
mod iam;
mod lane;
mod modules;
mod provider;
mod removals;
mod runner;
mod session;

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::thread;

use anyhow::{Result, bail};

use self::lane::{Lane, Report, Stage, Work};
use self::removals::Removals;
use self::session::Session;
use crate::clock::{self, Stopwatch};
use crate::paths::Paths;

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out the stages that need a deployed shop
    #[arg(long)]
    skip_stack: bool,
    /// Run this stage only, such as `chaos`
    #[arg(long, value_name = "NAME", conflicts_with = "skip_stack")]
    stage: Option<String>,
    #[command(flatten)]
    removals: Removals,
}

/// A lane runs its stages in this order.
const STAGES: [Stage; 21] = [
    Stage { name: "format", lane: Lane::Build, work: Work::Check(checks::format) },
    Stage { name: "build and clippy", lane: Lane::Build, work: Work::Tests(build::run) },
    Stage { name: "scripts", lane: Lane::BesideTheBuild, work: Work::Check(checks::scripts) },
    Stage { name: "module cycles", lane: Lane::BesideTheBuild, work: Work::Check(modules::check) },
    Stage { name: "local stack", lane: Lane::BesideTheBuild, work: Work::Check(contract::install) },
    Stage { name: "unused dependencies", lane: Lane::BesideTheBuild, work: Work::Check(dependencies::unused) },
    Stage {
        name: "advisories, licences, bans, sources",
        lane: Lane::BesideTheBuild,
        work: Work::Check(dependencies::permitted),
    },
    Stage { name: "template", lane: Lane::BesideTheBuild, work: Work::Check(checks::template) },
    Stage { name: "document lint", lane: Lane::BesideTheBuild, work: Work::Check(clients::lint_document) },
    Stage { name: "client packages", lane: Lane::BesideTheBuild, work: Work::Check(clients::check) },
    Stage { name: "unit and contract tests", lane: Lane::Tests, work: Work::Tests(contract::run) },
    Stage { name: "end to end", lane: Lane::StackTests, work: Work::Tests(end_to_end::run) },
    Stage { name: "client purchases", lane: Lane::StackTests, work: Work::Tests(end_to_end::clients) },
    Stage { name: "fuzz", lane: Lane::StackTests, work: Work::Tests(end_to_end::fuzz) },
    Stage { name: "abuse", lane: Lane::StackTests, work: Work::Tests(end_to_end::abuse) },
    Stage { name: "edge", lane: Lane::StackTests, work: Work::Tests(end_to_end::edge) },
    Stage { name: "iam", lane: Lane::StackTests, work: Work::Tests(iam::run) },
    Stage { name: "search", lane: Lane::StackTests, work: Work::Tests(failure_stack::search) },
    Stage { name: "chaos", lane: Lane::StackTests, work: Work::Tests(failure_stack::chaos) },
    Stage { name: "rotation", lane: Lane::OnRequest, work: Work::Tests(end_to_end::rotation) },
    Stage { name: "timing", lane: Lane::OnRequest, work: Work::Tests(end_to_end::timing) },
];

/// Runs the stages and prints how long each took.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<ExitCode> {
    let clock = Stopwatch::start();
    let mut session = Session::new(paths);
    session.removals = options.removals.clone();
    let reports = match &options.stage {
        Some(name) => run_lane(|stage| stage.name == name, &AtomicBool::new(false), &mut session),
        None => run_all(options.skip_stack, &mut session),
    };
    if let Some(name) = &options.stage
        && reports.is_empty()
    {
        bail!("there is no stage `{name}`; there are {}", STAGES.map(|stage| stage.name).join("; "));
    }
    let stopped = session.stop_all();
    println!("\n=== stages");
    for report in &reports {
        let outcome = lane::outcome(report.failure.as_ref());
        println!("{:<26} {outcome:<8} {:>12}", report.name, clock::text(report.time));
    }
    let failure = reports.into_iter().find_map(|report| report.failure).or(stopped.err());
    println!("{:<26} {:<8} {:>12}\n", "all", lane::outcome(failure.as_ref()), clock.text());
    for line in session.held_back {
        println!("{line}");
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

fn run_all(skip_stack: bool, session: &mut Session) -> Vec<Report> {
    let failed = AtomicBool::new(false);
    let paths = session.paths.clone();
    let mut reports = thread::scope(|scope| {
        let checks = scope.spawn(|| {
            let mut session = Session::new(&paths);
            run_lane(|stage| stage.lane == Lane::BesideTheBuild, &failed, &mut session)
        });
        let mut reports = run_lane(|stage| stage.lane == Lane::Build, &failed, session);
        reports.extend(checks.join().unwrap_or_else(|_| vec![lane::panicked(&failed)]));
        reports
    });
    reports.extend(run_lane(|stage| stage.lane == Lane::Tests, &failed, session));
    if !skip_stack {
        reports.extend(run_lane(|stage| stage.lane == Lane::StackTests, &failed, session));
    }
    reports
}

fn run_lane(chosen: impl Fn(&&Stage) -> bool, failed: &AtomicBool, session: &mut Session) -> Vec<Report> {
    lane::run(STAGES.iter().filter(chosen), failed, |stage| match stage.work {
        Work::Check(check) => lane::check(stage.name, check, &session.paths),
        Work::Tests(tests) => tests(session),
    })
}
