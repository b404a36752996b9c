//! The processes that run the stack's functions.

use std::path::Path;

use souk_e2e::process;

/// Kills every process of a function of the stack with this home and returns how many there were. They are found by
/// their program, which MiniStack unpacks into the home, so processes of other stacks are not touched.
pub(crate) fn kill_all(home: &Path) -> usize {
    let code = home.join("tmp/ministack-provided-code-").display().to_string();
    let processes = process::find(|line| line.starts_with(&code));
    process::kill(&processes);
    processes.len()
}
