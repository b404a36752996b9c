//! Runs test executables as `cargo test` does.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

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

fn folder_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
