//! Processes of the local stack, found by their command lines.

use std::fs;
use std::process::Command;

/// The ids of the processes whose command line matches.
pub fn find(matches: impl Fn(&str) -> bool) -> Vec<u32> {
    let numbered = fs::read_dir("/proc").expect("a Linux machine").flatten().filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?; // it may have ended meanwhile
        Some((pid, String::from_utf8_lossy(&line).into_owned()))
    });
    numbered.filter(|(_, line)| matches(line)).map(|(pid, _)| pid).collect()
}

/// Kills processes with SIGKILL.
pub fn kill(pids: &[u32]) {
    if !pids.is_empty() {
        let pids = pids.iter().map(ToString::to_string);
        // Some may have ended already, so the exit status is ignored.
        let _ = Command::new("kill").arg("-9").args(pids).status().expect("kill can be run");
    }
}
