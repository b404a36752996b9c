//! `cargo xtask openapi`: writes docs/openapi.yaml and the tables of docs/api.md from the endpoints' declarations, and
//! the types of clients/typescript from the document.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::local::functions;
use crate::paths::Paths;
use crate::process;
use crate::typescript;

/// End-to-end tests whose responses make good examples.
const RECORDED_TESTS: [&str; 11] = [
    "accounts",
    "catalogue",
    "contract",
    "flow",
    "idempotency",
    "identity",
    "order_lifecycle",
    "search",
    "sessions",
    "staff",
    "stock",
];

/// Options of `cargo xtask openapi`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// First record the examples anew, from the end-to-end tests against the running shop. Record on a shop
    /// that was just started, before `cargo xtask fuzz`
    #[arg(long)]
    record: bool,
}

/// Writes the files.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let built = functions::build_debug(paths, ["openapi"])?;
    let program = built.iter().find(|it| it.name == "openapi").context("the program openapi is not built")?;
    let mut write = Command::new(&program.file);
    if options.record {
        let folder = paths.home.join("examples");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut tests = process::cargo(paths);
        tests.args(["test", "-p", "souk-e2e", "--quiet"]).args(RECORDED_TESTS.iter().flat_map(|test| ["--test", test]));
        tests.env("SOUK_RECORD_EXAMPLES", &folder).env("SOUK_STACK", paths.home.join("stack.json"));
        if !tests.status().context("cannot run cargo")?.success() {
            bail!("the end-to-end tests failed: are the shop and its functions of this version? (cargo xtask up)");
        }
        write.arg(&folder);
    }
    if !write.status().context("cannot run the program openapi")?.success() {
        bail!("the program openapi failed");
    }
    typescript::generate(paths)
}
