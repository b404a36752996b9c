//! `cargo xtask fuzz`: schemathesis against the running shop, with docs/openapi.yaml, once for each role.
//!
//! tests/fuzz has the configuration and the hooks that put real data into the requests.

mod report;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::report::Report;
use crate::clock::Stopwatch;
use crate::paths::{self, Paths};
use crate::process;
use crate::progress::{self, Phase};
use crate::stack::Stack;

/// The report of the hooks.
const REACHED: &str = "reached.json";
/// The report of schemathesis.
const CHECKED: &str = "checked.json";
/// Lines of a failed run's log that are printed.
const LOG_LINES: usize = 400;

/// Options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Continue for so many minutes in all, instead of a fixed number of cases
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=24 * 60))]
    minutes: Option<u64>,
    /// Make other requests; the same number makes the same requests
    #[arg(long, value_name = "N", default_value_t = Self::CI.seed)]
    seed: u64,
    /// Call the shop in this role only
    #[arg(long, value_enum)]
    role: Option<Role>,
}

impl Options {
    /// What CI runs.
    pub(crate) const CI: Self = Self { minutes: None, seed: 1, role: None };
}

/// Who calls.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    /// Without a token.
    Nobody,
    /// A guest.
    Guest,
    /// An account that the run registers.
    Shopper,
    /// The staff account of the shop, in a session of its own.
    Staff,
}

impl Role {
    const ALL: [Self; 4] = [Self::Nobody, Self::Guest, Self::Shopper, Self::Staff];

    const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Guest => "guest",
            Self::Shopper => "shopper",
            Self::Staff => "staff",
        }
    }

    /// Generated cases of each operation in each phase: more for a role that gets further.
    const fn examples(self) -> u32 {
        match self {
            Self::Nobody | Self::Guest => 4,
            Self::Shopper => 5,
            Self::Staff => 6,
        }
    }

    /// Sevenths of the time that the role gets.
    const fn sevenths(self) -> u64 {
        match self {
            Self::Nobody | Self::Guest => 1,
            Self::Shopper => 2,
            Self::Staff => 3,
        }
    }
}

/// Fuzzes the local shop.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    fuzz(options, paths, |line| println!("{line}"))
}

/// Fuzzes the local shop of a home and passes on the lines of the report. Fails if a check of schemathesis fails in any
/// role, or if a role reaches too few operations.
pub(crate) fn fuzz(options: &Options, paths: &Paths, mut show: impl FnMut(String)) -> Result<()> {
    let stack = Stack::read(&paths.home.join("stack.json"))?;
    let program = paths.python_tool("st");
    if !program.exists() {
        bail!("{} is missing: `cargo xtask up` installs it", program.display());
    }
    let mut failed = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| options.role.is_none_or(|only| only == *role)) {
        let folder = paths.home.join("fuzz").join(role.name());
        let report = in_role(role, options, &stack.api_url, &folder, paths)?;
        report.lines().into_iter().for_each(&mut show);
        if !report.is_good() {
            println!("{}", progress::tail(&folder.join("log"), LOG_LINES));
            show(format!("  the whole output: {}", folder.join("log").display()));
            failed.push(role.name());
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("the shop does not keep the contract towards {}", failed.join(", ")) }
}

fn in_role(role: Role, options: &Options, api_url: &str, folder: &Path, paths: &Paths) -> Result<Report> {
    let clock = Stopwatch::start();
    let mut phase = Phase::start(format!("fuzz as {}", role.name()));
    paths::remove(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let files = [REACHED, CHECKED].map(|name| folder.join(name));
    let config = folder.join("schemathesis.toml");
    fs::write(&config, configuration(role, paths)?).with_context(|| format!("cannot write {}", config.display()))?;
    let mut command = schemathesis(role, options, api_url, folder, paths);
    // It fails when a check fails; then both reports exist.
    let ended = process::run_logged(&mut command, &folder.join("log"), &mut phase);
    if !files.iter().all(|file| file.exists()) {
        return Err(ended.err().unwrap_or_else(|| anyhow::anyhow!("schemathesis wrote no report")));
    }
    phase.done("");
    let report = Report::read(role.name(), &files, clock.elapsed())?;
    if report.is_good() {
        ended?; // it failed, and no check says why
    }
    Ok(report)
}

/// The configuration of all roles, and what a role adds to it.
fn configuration(role: Role, paths: &Paths) -> Result<String> {
    let read = |name: &str| {
        let file = paths.root.join("tests/fuzz").join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let own = if role == Role::Staff { String::new() } else { read(&format!("{}.toml", role.name()))? };
    Ok(read("schemathesis.toml")? + &own)
}

fn schemathesis(role: Role, options: &Options, api_url: &str, folder: &Path, paths: &Paths) -> Command {
    let mut command = Command::new(paths.python_tool("st"));
    command.current_dir(&paths.root).arg("--config-file").arg(folder.join("schemathesis.toml"));
    command.args(["--no-color", "run", "docs/openapi.yaml", "--url", api_url]);
    command.args(["--seed", &options.seed.to_string(), "--max-examples", &role.examples().to_string()]);
    if let Some(minutes) = options.minutes {
        let seconds = match options.role {
            Some(_) => minutes * 60,
            None => minutes * 60 * role.sevenths() / 7,
        };
        command.args(["--max-time", &seconds.to_string()]);
    }
    command.args(["--report", "json", "--report-json-path"]).arg(folder.join(CHECKED));
    // As a module: a file may be loaded twice.
    command.env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", paths.root.join("tests/fuzz"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SOUK_FUZZ_ROLE", role.name()).env("SOUK_FUZZ_SEED", options.seed.to_string());
    command.env("SOUK_FUZZ_REPORT", folder.join(REACHED)).env("SOUK_STACK", paths.home.join("stack.json"));
    command.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost");
    command
}
