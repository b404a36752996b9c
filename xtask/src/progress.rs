//! The progress of long commands: one line for each phase, updated on a terminal, with its duration.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use crate::clock::Stopwatch;

/// Interval of progress lines without a terminal (CI).
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Terminals are at least this wide; a longer line would not be overwritten by the next.
const WIDTH: usize = 78;

/// One step of a command.
pub(crate) struct Phase {
    name: String,
    clock: Stopwatch,
    terminal: bool,
    since_output: Stopwatch,
}

impl Phase {
    /// Prints the start of the phase.
    pub(crate) fn start(name: impl Into<String>) -> Self {
        let phase = Self {
            name: name.into(),
            clock: Stopwatch::start(),
            // Only one thread may redraw a line.
            terminal: io::stderr().is_terminal() && thread::current().name() == Some("main"),
            since_output: Stopwatch::start(),
        };
        if !phase.terminal {
            eprintln!("- {}", phase.name);
        }
        phase.draw("");
        phase
    }

    /// Prints that it still runs, with its latest `detail`.
    pub(crate) fn tick(&mut self, detail: &str) {
        if self.terminal {
            self.draw(detail);
        } else if self.since_output.elapsed() >= HEARTBEAT {
            self.since_output = Stopwatch::start();
            eprintln!("  {} {}", self.clock.text(), detail);
        }
    }

    /// Prints a separate line during the phase.
    pub(crate) fn say(&self, line: &str) {
        self.erase();
        eprintln!("{line}");
        self.draw("");
    }

    /// Clears the line for a helper that draws its own progress.
    pub(crate) fn yield_line(&self) {
        self.erase();
        if self.terminal {
            eprintln!("- {}", self.name);
        }
    }

    /// Prints that it is done, with its result.
    pub(crate) fn done(self, result: &str) {
        self.erase();
        let gap = if result.is_empty() { "" } else { ": " };
        eprintln!("✓ {}{gap}{result} ({})", self.name, self.clock.text());
    }

    fn draw(&self, detail: &str) {
        if self.terminal {
            let line = format!("- {} {} {detail}", self.name, self.clock.text());
            let line: String = line.chars().filter(|c| !c.is_control()).take(WIDTH).collect();
            eprint!("\r\x1b[K{line}");
            io::stderr().flush().ok(); // a closed terminal is no error
        }
    }

    fn erase(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// `#####-----  50 %  12/24`
pub(crate) fn bar(done: u64, total: u64) -> String {
    let percent = (done.min(total) * 100).checked_div(total).unwrap_or(100);
    let filled = usize::try_from(percent / 5).unwrap_or(20);
    format!("[{}{}] {percent:3} %", "#".repeat(filled), "-".repeat(20 - filled))
}

/// The last lines of a log, for an error message or a progress line.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    const LAST_BYTES: usize = 8_192;
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(LAST_BYTES)..]).into_owned();
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    kept[kept.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_with_the_work() {
        assert_eq!(bar(0, 10), "[--------------------]   0 %");
        assert_eq!(bar(5, 10), "[##########----------]  50 %");
        assert_eq!(bar(11, 10), "[####################] 100 %");
        assert_eq!(bar(0, 0), "[####################] 100 %");
    }
}
