//! The processes that run the stack's functions.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Kills every process of a function of the stack with this home, as `kill -9` does, and returns how many there were. They
/// are known by their program, which MiniStack lays into the home: no process of another stack has it.
pub(crate) fn kill_all(home: &Path) -> usize {
    let code = home.join("tmp/ministack-provided-code-").display().to_string();
    let processes = fs::read_dir("/proc").expect("a Linux machine").flatten().filter_map(|entry| {
        let pid = entry.file_name().to_string_lossy().into_owned();
        let is_one = pid.bytes().all(|byte| byte.is_ascii_digit())
            && fs::read(entry.path().join("cmdline")).is_ok_and(|line| line.starts_with(code.as_bytes()));
        is_one.then_some(pid)
    });
    let processes: Vec<String> = processes.collect();
    if !processes.is_empty() {
        // Some may have ended by themselves, so how it ends says nothing.
        let _ = Command::new("kill").arg("-9").args(&processes).status().expect("kill can be run");
    }
    processes.len()
}
