//! The processes that run the stack's functions.

use std::path::Path;

use souk_e2e::process;

/// Kills every process of a function of the stack with this home and returns how many there were. They are known by their
/// program, which MiniStack lays into the home: no process of another stack has it.
pub(crate) fn kill_all(home: &Path) -> usize {
    let code = home.join("tmp/ministack-provided-code-").display().to_string();
    let processes = process::find(|line| line.starts_with(&code));
    process::kill(&processes);
    processes.len()
}
