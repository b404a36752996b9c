//! `cargo xtask test`: everything that CI runs, cheap stages first, stopping at the first that fails.
//!
//! The last stages are the end-to-end tests, each against a stack of its own; their `test result:` lines are held back and
//! printed at the very end, because CI reads the end of the log.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::check_tools::{self, Tool};
use crate::clock::{self, Stopwatch};
use crate::part::Part;
use crate::paths::Paths;
use crate::redis::Redis;
use crate::stack::Ports;
use crate::stripe_mock::StripeMock;
use crate::{chaos, down, parts, prerequisites, process, search_tests, up};

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out the stages that need a deployed shop
    #[arg(long)]
    skip_stack: bool,
    /// Run this stage only, such as `chaos`
    #[arg(long, value_name = "NAME", conflicts_with = "skip_stack")]
    stage: Option<String>,
}

/// Where the tests' own shops live; a developer's running one is not disturbed.
const CONTRACT_HOME: &str = "target/local-test/contract";
const STACK_HOME: &str = "target/local-test/stack";

type Stage = (&'static str, fn(&Paths, &mut Vec<String>) -> Result<()>);

const STAGES: [Stage; 10] = [
    ("format", |paths, _| cargo(paths, &["fmt", "--all", "--check"])),
    ("clippy", |paths, _| {
        cargo(
            paths,
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--features",
                "souk-e2e/chaos",
                "--locked",
                "--",
                "-D",
                "warnings",
            ],
        )
    }),
    ("unused dependencies", |paths, _| check_tools::run(Tool::Machete, paths)),
    ("licences, bans, sources", |paths, _| check_tools::run(Tool::Deny, paths)),
    ("scripts", |paths, _| scripts(paths)),
    ("template", |paths, _| template(paths)),
    ("unit and contract tests", |paths, _| contract_tests(paths)),
    ("end to end", end_to_end),
    ("search", search_tests::run),
    ("chaos", chaos::run),
];
/// How many of them, at the end, need a deployed shop.
const ON_A_STACK: usize = 3;

/// Runs the stages and prints how long each took.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<ExitCode> {
    let clock = Stopwatch::start();
    let stages = options.stages()?;
    let mut held_back = Vec::new();
    let mut rows = Vec::new();
    let mut failure = None;
    for (number, (name, stage)) in stages.iter().enumerate() {
        println!("\n=== {}/{} {name}", number + 1, stages.len());
        let stage_clock = Stopwatch::start();
        let result = stage(paths, &mut held_back);
        rows.push((*name, if result.is_ok() { "ok" } else { "FAILED" }, stage_clock.elapsed()));
        if let Err(error) = result {
            failure = Some(error.context(format!("stage `{name}`")));
            break;
        }
    }
    println!("\n=== stages");
    for (name, outcome, time) in &rows {
        println!("{name:<26} {outcome:<8} {:>12}", clock::text(*time));
    }
    println!("{:<26} {:<8} {:>12}\n", "all", if failure.is_none() { "ok" } else { "FAILED" }, clock.text());
    for line in &held_back {
        println!("{line}");
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

impl Options {
    fn stages(&self) -> Result<&'static [Stage]> {
        let Some(wanted) = &self.stage else {
            return Ok(if self.skip_stack { &STAGES[..STAGES.len() - ON_A_STACK] } else { &STAGES });
        };
        let Some(position) = STAGES.iter().position(|(name, _)| name == wanted) else {
            bail!("there is no stage `{wanted}`; there are {}", STAGES.map(|(name, _)| name).join("; "));
        };
        Ok(&STAGES[position..=position])
    }
}

fn cargo(paths: &Paths, arguments: &[&str]) -> Result<()> {
    process::run_visible(process::cargo(paths).args(arguments))
}

/// Scripts parse. What they do is shown by the stages that run them.
fn scripts(paths: &Paths) -> Result<()> {
    process::run_visible(Command::new("bash").args(["-n", ".ci/run"]).current_dir(&paths.root))?;
    let prerequisites = prerequisites::check()?;
    let program =
        "import ast, pathlib; [ast.parse(path.read_text(), str(path)) for path in pathlib.Path('local').rglob('*.py')]";
    process::run_visible(Command::new(prerequisites.python).args(["-c", program]).current_dir(&paths.root))
}

fn template(paths: &Paths) -> Result<()> {
    let test = paths.with_home(CONTRACT_HOME);
    drop(test.lock()?); // makes its folders
    parts::install_python(&prerequisites::check()?, &test)?;
    process::run_visible(Command::new(paths.python_tool("cfn-lint")).arg("template.yaml").current_dir(&paths.root))?;
    let mut sam = Command::new(paths.python_tool("sam"));
    process::local_aws(&mut sam, "http://127.0.0.1:9", paths).current_dir(&paths.root);
    process::run_visible(sam.args(["validate", "--lint", "--template-file", "template.yaml"]))
}

/// The adapters' contract tests run against a MiniStack, an OpenSearch, a Redis and a stripe-mock without a shop in them.
fn contract_tests(paths: &Paths) -> Result<()> {
    let test = paths.with_home(CONTRACT_HOME);
    let _lock = test.lock()?;
    down::stop_all(&test)?;
    test.wipe()?;
    let prerequisites = prerequisites::check()?;
    parts::install_python(&prerequisites, &test)?;
    let jars = parts::install_search(&prerequisites.jdk, &test)?;
    let ports = Ports::free()?;
    let mut started: Vec<Part> = Vec::new();
    let tested = up::start_parts(&jars, ports, &test, &mut started).and_then(|_| {
        let mut cargo = process::cargo(paths);
        cargo.args(["test", "--workspace", "--exclude", "souk-e2e", "--locked"]);
        cargo.env("SOUK_CONTRACT_DYNAMODB", ports.aws_url()).env("SOUK_CONTRACT_OPENSEARCH", ports.search_url());
        let redis = Redis::start(&test)?;
        cargo.env("SOUK_CONTRACT_REDIS", redis.url());
        let stripe_mock = StripeMock::start(&test)?;
        cargo.envs(stripe_mock.as_ref().map(|mock| ("SOUK_CONTRACT_STRIPE_MOCK", mock.url())));
        process::run_visible(&mut cargo)
    });
    down::stop_all(&test)?;
    tested
}

fn end_to_end(paths: &Paths, held_back: &mut Vec<String>) -> Result<()> {
    let test = paths.with_home(STACK_HOME);
    let options = up::Options { detach: true, fresh: true, products: 2000 };
    let tested = up::start(&options, Ports::free()?, &test).and_then(|_| {
        let mut cargo = process::cargo(paths);
        cargo.args(["test", "--package", "souk-e2e", "--locked", "--no-fail-fast"]);
        cargo.env("SOUK_STACK", test.home.join("stack.json"));
        run_tests(&mut cargo, held_back)
    });
    let _lock = test.lock()?;
    down::stop_all(&test)?;
    tested
}

/// Runs a test command; its output goes through at once, except for the summary lines.
pub(crate) fn run_tests(cargo: &mut Command, held_back: &mut Vec<String>) -> Result<()> {
    let before = held_back.len();
    process::run_lines(cargo, |line| {
        if line.starts_with("test result:") {
            held_back.push(line);
        } else {
            println!("{line}");
        }
    })?;
    if held_back.len() == before {
        bail!("no end-to-end test ran");
    }
    Ok(())
}
