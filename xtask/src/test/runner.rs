//! Runs test executables as `cargo test` does.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use super::session::Session;
use crate::clock::Stopwatch;
use crate::executables::Executable;
use crate::process;

/// Runs them all, also after one has failed. `setup` completes the command of each; `take` gets every line of output.
pub(super) fn run(
    executables: &[Executable],
    setup: impl Fn(&mut Command),
    mut take: impl FnMut(String),
) -> Result<()> {
    if executables.is_empty() {
        bail!("there are no tests");
    }
    let mut failed = Vec::new();
    for executable in executables {
        let name = format!("{} of {}", executable.name, folder_name(&executable.package));
        println!("--- {name}");
        let clock = Stopwatch::start();
        let mut command = Command::new(&executable.file);
        command.current_dir(&executable.package).env("CARGO_MANIFEST_DIR", &executable.package);
        setup(&mut command);
        if process::run_lines(&mut command, &mut take).is_err() {
            failed.push(name);
        } else {
            println!("    {}", clock.text());
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join("; ")) }
}

/// Runs the ignored tests of an end-to-end executable. `setup` completes its command.
pub(super) fn run_ignored(name: &str, session: &mut Session, setup: impl Fn(&mut Command)) -> Result<()> {
    let tests: Vec<_> = session.end_to_end_tests().into_iter().filter(|test| test.name == name).collect();
    let mut passed = false;
    run(
        &tests,
        |command| {
            command.arg("--ignored");
            setup(command);
        },
        |line| {
            passed |= line.starts_with("test result: ok.") && !line.contains(" 0 passed");
            session.show(line);
        },
    )?;
    // Without `#[ignore]` a test would run in the stage `end to end`, and disturb what the others use.
    ensure!(passed, "no test of `{name}` ran: all of them need `#[ignore]`");
    Ok(())
}

fn folder_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
