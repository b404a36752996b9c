//! `cargo xtask up`: builds, starts, deploys and fills the shop on this machine.

use std::thread;

use anyhow::{Result, bail};

use crate::api::Api;
use crate::aws::{self, Aws};
use crate::clock::Stopwatch;
use crate::executables::Executable;
use crate::interrupt;
use crate::local::part::Part;
use crate::local::parts::SearchJars;
use crate::local::prerequisites::Prerequisites;
use crate::local::{deploy, down, functions, ministack, opensearch, parts, prerequisites, sam_local, shop};
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::stack::{Ports, SandboxTokens, Stack};
use crate::staff::{self, Staff};

/// Options of `cargo xtask up`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Return once the shop runs; `cargo xtask down` stops it
    #[arg(long)]
    pub(crate) detach: bool,
    /// Delete the data of earlier runs first
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Number of generated products that are loaded into an empty shop
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) products: u64,
    /// Whether callers have limits. Tests and benchmarks that send everything from one address switch them off
    #[arg(long, value_enum, default_value_t = Limits::On)]
    pub(crate) limits: Limits,
}

/// The template's parameter `Limits`.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Limits {
    /// As in production.
    On,
    /// None.
    Off,
}

/// Starts the shop, and in the foreground stops it at Ctrl-C.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let ports = Ports::from_environment()?;
    let clock = Stopwatch::start();
    let started = start(options, ports, paths)?;
    print_welcome(&started.stack, paths, clock);
    if options.detach { Ok(()) } else { stay(&started.parts, paths) }
}

/// A running shop.
pub(crate) struct Started {
    /// Its addresses and credentials.
    pub(crate) stack: Stack,
    /// The parts that this run started; not those that were running already.
    pub(crate) parts: Vec<Part>,
}

/// Makes the parameters of the template, such as `HoldSeconds=60`, that differ from samconfig.toml. Called once
/// MiniStack runs, so that it can create what they refer to.
pub(crate) type Parameters<'a> = &'a dyn Fn(&Aws) -> Result<Vec<String>>;

/// Does everything up to `stack.json`. When a step fails, what this run started is stopped again.
pub(crate) fn start(options: &Options, ports: Ports, paths: &Paths) -> Result<Started> {
    start_with(&|_| Ok(Vec::new()), &[], options, ports, paths)
}

/// Does the same with parameters of the template, and with binaries of the services that are built already, if any.
pub(crate) fn start_with(
    parameters: Parameters<'_>,
    built: &[Executable],
    options: &Options,
    ports: Ports,
    paths: &Paths,
) -> Result<Started> {
    let _lock = paths.lock()?;
    let prerequisites = prerequisites::check()?;
    if options.fresh {
        down::stop_all_and_wipe(paths)?;
    }
    let mut started = Vec::new();
    // Downloads and the start of OpenSearch take long, so they run while cargo compiles.
    let (ministack, functions) = thread::scope(|scope| {
        let starting = scope.spawn(|| install_and_start(&prerequisites, ports, paths, &mut started));
        let python = &prerequisites.python;
        let functions = match built {
            [] => functions::build_and_place(python, paths),
            built => functions::place(built, python, paths),
        };
        (starting.join().unwrap_or_else(|_| bail!("the parts do not start")), functions)
    });
    let filled = ministack.and_then(|ministack| fill(options, parameters, &functions?, &ministack, ports, paths));
    match filled {
        Ok(stack) => Ok(Started { stack, parts: started }),
        Err(error) => {
            stop(&started, paths)?;
            Err(error)
        }
    }
}

/// Deploys a running shop again, with these parameters of the template. `built` are the binaries of the services.
pub(crate) fn update(parameters: &[String], built: &[Executable], ports: Ports, paths: &Paths) -> Result<()> {
    let _lock = paths.lock()?;
    let functions = functions::place(built, &prerequisites::check()?.python, paths)?;
    deploy::run(&functions, parameters, &Aws::new(ports.aws_url()), ports, paths).map(drop)
}

fn install_and_start(
    prerequisites: &Prerequisites,
    ports: Ports,
    paths: &Paths,
    started: &mut Vec<Part>,
) -> Result<Part> {
    parts::install_python(prerequisites, paths)?;
    let jars = parts::install_search(&prerequisites.jdk, paths)?;
    start_parts(&jars, ports, paths, started)
}

/// Starts both parts and waits for both. Adds those that were not running to `started`, also if it fails.
pub(crate) fn start_parts(jars: &SearchJars, ports: Ports, paths: &Paths, started: &mut Vec<Part>) -> Result<Part> {
    let major = opensearch::major(jars);
    let (aws, search) = (ministack::part(ports, paths), opensearch::part(ports, major, paths));
    if aws.find()?.is_none() {
        ministack::end_orphans(paths)?;
        if !ministack::has_state(paths) {
            // The search index belongs to a shop that is gone, for example with a killed MiniStack.
            down::stop(&search)?;
            paths::remove(&opensearch::data(major, paths))?;
        } else if !opensearch::data(major, paths).exists() {
            bail!(
                "the shop in {} was searched by another OpenSearch than {}, the one for this Java: \
                 name the earlier Java with OPENSEARCH_JAVA_HOME, or start again with `cargo xtask up --fresh`",
                paths.home.display(),
                jars.version
            );
        }
    }
    let mut phase = Phase::start(format!("start MiniStack and OpenSearch {}", jars.version));
    let mut was_started = 0;
    for (part, mut command) in
        [(search, opensearch::command(ports, jars, opensearch::HEAP, paths)), (aws, ministack::command(ports, paths))]
    {
        if part.ensure(&mut command, paths)? {
            was_started += 1;
            started.push(part);
        }
    }
    for part in [opensearch::part(ports, major, paths), ministack::part(ports, paths)] {
        part.wait_ready(paths, &mut phase)?;
    }
    phase.done(if was_started == 0 { "both run already" } else { "" });
    Ok(ministack::part(ports, paths))
}

fn fill(
    options: &Options,
    parameters: Parameters<'_>,
    functions: &str,
    ministack: &Part,
    ports: Ports,
    paths: &Paths,
) -> Result<Stack> {
    let aws = Aws::new(ports.aws_url());
    let mut parameters = parameters(&aws)?;
    // Named in both cases: sam keeps the value of the last deployment for a parameter that is not.
    let limits = if options.limits == Limits::On { "on" } else { "off" };
    parameters.push(format!("Limits={limits}"));
    let (api_url, deployed) = deploy::run(functions, &parameters, &aws, ports, paths)?;
    let api = Api::new(&api_url)?;
    let (staff, registered) = staff::ensure(&api, &aws, paths)?;
    let loaded = shop::ensure_products(options.products, &staff.session(&api_url, paths), &api, &aws)?;
    if deployed || registered || loaded {
        ministack::save(ministack, paths)?;
    }
    sam_local::write(&aws, ports, paths)?;
    let stack = describe(api_url, staff, ports);
    stack.write(paths)?;
    Ok(stack)
}

fn describe(api_url: String, staff: Staff, ports: Ports) -> Stack {
    Stack {
        api_url,
        staff_email: staff.email,
        staff_password: staff.password,
        staff_user_id: staff.user_id,
        staff_totp_secret: staff.totp_secret,
        sandbox_tokens: SandboxTokens::default(),
        aws_endpoint_url: ports.aws_url(),
        search_url: ports.search_url(),
        region: aws::REGION.to_owned(),
        stack_name: deploy::STACK.to_owned(),
    }
}

fn print_welcome(stack: &Stack, paths: &Paths, clock: Stopwatch) {
    let api = &stack.api_url;
    println!("\nSouk runs, after {}.\n", clock.text());
    println!("  API    {api}");
    println!("  staff  {} with the password {}", stack.staff_email, stack.staff_password);
    println!("         and a code of its second factor: cargo xtask code");
    println!("  all    {}\n", paths.home.join("stack.json").display());
    println!("A first request:\n\n  curl '{api}/products?search=backpack&limit=3'\n");
}

/// Waits for Ctrl-C, then stops what this run started.
fn stay(parts: &[Part], paths: &Paths) -> Result<()> {
    if parts.is_empty() {
        println!("The shop was running already and keeps running; `cargo xtask down` stops it.");
        return Ok(());
    }
    println!("Ctrl-C stops it and keeps its data.");
    while interrupt::sleep_millis(500).is_ok() {
        for part in parts {
            if part.find()?.is_none() {
                let _lock = paths.lock()?; // `down` in another terminal finishes first
                stop(parts, paths)?;
                bail!("{} has ended; its log is {}", part.name, paths.log(part.name).display());
            }
        }
    }
    stop(parts, paths)
}

fn stop(parts: &[Part], paths: &Paths) -> Result<()> {
    if !parts.is_empty() {
        paths::remove(&paths.home.join("stack.json"))?;
    }
    for part in parts.iter().rev() {
        down::stop(part)?; // MiniStack first: its functions use OpenSearch
    }
    if parts.iter().any(|part| part.name == "ministack") { ministack::end_orphans(paths) } else { Ok(()) }
}
