//! The clients that are made from docs/openapi.yaml: clients/typescript, and a Python client by a public generator.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::session::Session;
use crate::clock::Stopwatch;
use crate::local::python;
use crate::paths::Paths;
use crate::process;
use crate::stack::Stack;
use crate::typescript::TypeScript;

/// Where the Python client is made.
const PYTHON: &str = "target/clients/python";

/// docs/openapi.yaml keeps the rules of clients/typescript/redocly.yaml.
pub(super) fn lint_document(paths: &Paths, log: &Path) -> Result<()> {
    let run = |command: &mut Command| process::run_appending(command, log);
    let typescript = TypeScript::install(paths, run)?;
    run(&mut typescript.script("lint:document")?)
}

/// The generated files of the TypeScript client are current, it is built, and its unit tests pass. The Python client
/// can be made.
pub(super) fn check(paths: &Paths, log: &Path) -> Result<()> {
    let run = |command: &mut Command| process::run_appending(command, log);
    let typescript = TypeScript::install(paths, run)?;
    for script in ["generate:check", "build", "check", "test"] {
        run(&mut typescript.script(script)?)?;
    }
    generate_python(paths, run)
}

/// Buys something in a running shop with each client.
pub(super) fn buy(session: &mut Session, shop: &Paths) -> Result<()> {
    let api_url = Stack::read(&shop.home.join("stack.json"))?.api_url;
    let typescript = TypeScript::install(&session.paths, process::run_visible)?;
    process::run_visible(&mut typescript.script("build")?)?;
    generate_python(&session.paths, process::run_visible)?;

    let mut python = python::tool("python", &session.paths)?;
    python.args(["-m", "unittest", "--verbose", "clients/python/test_purchase.py"]);
    python.env("PYTHONPATH", session.paths.root.join(PYTHON));
    for (client, mut purchase) in [("TypeScript", typescript.script("test:shop")?), ("Python", python)] {
        println!("--- purchase with the {client} client");
        let clock = Stopwatch::start();
        purchase.env("SOUK_API_URL", &api_url).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        process::run_visible(&mut purchase).with_context(|| format!("the {client} client did not buy"))?;
        println!("    {}", clock.text());
        session.held_back.push(format!("purchase with the {client} client: ok, {}", clock.text()));
    }
    Ok(())
}

fn generate_python(paths: &Paths, run: impl Fn(&mut Command) -> Result<()>) -> Result<()> {
    let mut generator = python::tool("openapi-python-client", paths)?;
    generator.args(["generate", "--path", "docs/openapi.yaml", "--config", "clients/python/generator.yaml"]);
    generator.args(["--output-path", PYTHON, "--overwrite", "--fail-on-warning"]);
    fs::create_dir_all(paths.root.join("target/clients")).context("cannot create target/clients")?;
    run(&mut generator)
}
