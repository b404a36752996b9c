//! Starts, finds and stops the servers of the local stack (MiniStack, OpenSearch).
//!
//! A part is found by its command line, which contains the home that it serves, and not by a pid file: a killed part, a
//! reused pid or a lost file can neither hide a running part nor make another program look like one.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::clock::Stopwatch;
use crate::paths::{self, Paths};
use crate::process::{self, Process};
use crate::progress::{self, Phase};
use crate::{api, interrupt};

/// How long a part may take to save its state and end before it is killed.
const STOP_WAIT: Duration = Duration::from_mins(2);
/// How long a killed part may take to disappear.
const KILL_WAIT: Duration = Duration::from_mins(1);
/// How long a port may stay taken before the start is refused.
const PORT_WAIT: Duration = Duration::from_secs(5);
/// How long a part may take to become ready. It takes seconds; machines differ.
const START_WAIT: Duration = Duration::from_mins(6);
/// How long a started process may take to appear in the process table with its command line.
const LISTED_WAIT: Duration = Duration::from_secs(30);
/// Timeout of one readiness check.
const READY_TIMEOUT: Duration = Duration::from_secs(10);

/// A server of the local stack.
pub(crate) struct Part {
    /// Its name, in messages and for its log.
    pub(crate) name: &'static str,
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    /// The environment variable for its port.
    pub(crate) port_variable: &'static str,
    /// Two arguments of its command line that together identify it: the script, and the home that it serves.
    pub(crate) marks: [String; 2],
    /// The address that returns 200 once it is ready.
    pub(crate) ready_url: String,
}

impl Part {
    /// The running process, if there is one.
    pub(crate) fn find(&self) -> Result<Option<i32>> {
        let is_mine = |process: &Process| self.marks.iter().all(|mark| process.arguments.contains(mark));
        Ok(process::table()?.iter().find(|process| is_mine(process)).map(|process| process.pid))
    }

    /// Ensures that it runs with exactly this command. One that was started differently (another port, another version)
    /// is replaced. Returns whether it was started now.
    pub(crate) fn ensure(&self, command: &mut Command, paths: &Paths) -> Result<bool> {
        let setup = self.setup(command);
        let setup_file = paths.home.join(format!("{}.setup", self.name));
        if self.find()?.is_some() {
            if fs::read_to_string(&setup_file).is_ok_and(|old| old == setup) && self.answers() {
                return Ok(false);
            }
            self.stop()?;
        }
        self.refuse_taken_port()?;
        paths::write_whole(&setup_file, setup.as_bytes(), false)?;
        let log = paths.log(self.name);
        let output = File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let errors = output.try_clone().context("cannot share a log")?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        // A process group of its own: Ctrl-C in the terminal must reach only xtask, which then stops the part.
        let child = command.process_group(0).spawn().with_context(|| format!("cannot start {}", self.name))?;
        self.wait_listed(child)?;
        Ok(true)
    }

    /// Waits until the process table shows its command line, or it has ended. A process that is being started has an
    /// empty one for a moment, and would look as if it had ended.
    fn wait_listed(&self, mut child: Child) -> Result<()> {
        let waiting = Stopwatch::start();
        while self.find()?.is_none() && child.try_wait().context("cannot wait for a part")?.is_none() {
            if waiting.elapsed() > LISTED_WAIT {
                bail!("{} (pid {}) is not in the process table", self.name, child.id());
            }
            // Not interruptible: the caller stops only parts that it knows to have started.
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Waits until it is ready.
    pub(crate) fn wait_ready(&self, paths: &Paths, phase: &mut Phase) -> Result<()> {
        let waiting = Stopwatch::start();
        let log = paths.log(self.name);
        while !self.answers() {
            if self.find()?.is_none() || waiting.elapsed() > START_WAIT {
                bail!("{} did not start; from {}:\n{}", self.name, log.display(), progress::tail(&log, 20));
            }
            phase.tick(&format!("waiting for {}", self.name));
            interrupt::sleep_millis(100)?;
        }
        Ok(())
    }

    /// Stops it with SIGTERM, so that it saves its state, and kills it if that takes too long. Not interruptible: a
    /// second Ctrl-C must not lose the state. Returns whether it ran.
    pub(crate) fn stop(&self) -> Result<bool> {
        self.end(&[(Signal::SIGTERM, STOP_WAIT), (Signal::SIGKILL, KILL_WAIT)])
    }

    /// Kills it. Its data may be incomplete afterwards. Returns whether it ran.
    pub(crate) fn kill(&self) -> Result<bool> {
        self.end(&[(Signal::SIGKILL, KILL_WAIT)])
    }

    fn end(&self, signals: &[(Signal, Duration)]) -> Result<bool> {
        let Some(pid) = self.find()? else { return Ok(false) };
        for &(signal, patience) in signals {
            kill(Pid::from_raw(pid), signal).ok(); // it may have ended already
            let waiting = Stopwatch::start();
            while waiting.elapsed() < patience {
                if self.find()?.is_none() {
                    return Ok(true);
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        bail!("{} (pid {pid}) does not end", self.name)
    }

    /// Sends it a signal that does not end it, such as SIGUSR1.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.find()?.with_context(|| format!("{} does not run", self.name))?;
        kill(Pid::from_raw(pid), signal).with_context(|| format!("cannot signal {}", self.name))
    }

    fn answers(&self) -> bool {
        api::agent(READY_TIMEOUT).get(&self.ready_url).call().is_ok_and(|response| response.status() == 200)
    }

    fn refuse_taken_port(&self) -> Result<()> {
        if !is_free_within(self.port, PORT_WAIT) {
            bail!(
                "port {} of 127.0.0.1, which {} needs, is used by another program: stop it, or choose another port with {}",
                self.port,
                self.name,
                self.port_variable
            );
        }
        Ok(())
    }

    /// Everything that determines how it runs, as text.
    fn setup(&self, command: &Command) -> String {
        let mut environment: Vec<String> = command
            .get_envs()
            .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), value?.to_string_lossy())))
            .collect();
        environment.sort();
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let program = command.get_program().to_string_lossy();
        format!("port {}\n{program}\n{}\n{}\n", self.port, arguments.join("\n"), environment.join("\n"))
    }
}

/// A process that was just killed holds its port for a moment after it has left the process table.
fn is_free_within(port: u16, patience: Duration) -> bool {
    let waiting = Stopwatch::start();
    while TcpListener::bind(("127.0.0.1", port)).is_err() {
        if waiting.elapsed() > patience {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
    true
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::killpg;

    use super::*;

    #[test]
    fn a_part_is_found_as_soon_as_it_is_started() {
        let part = Part {
            name: "sleeper",
            port: 0,
            port_variable: "",
            marks: ["souk-part".to_owned(), format!("souk-part-{}", std::process::id())],
            ready_url: String::new(),
        };
        for _ in 0..100 {
            let mut command = Command::new("sh");
            command.args(["-c", "sleep 60; true"]).args(&part.marks);
            let child = command.process_group(0).spawn().expect("started");
            let group = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
            part.wait_listed(child).expect("listed");
            let found = part.find().expect("a process table");
            killpg(group, Signal::SIGKILL).expect("ended");
            assert_eq!(found, Some(group.as_raw()));
            while part.find().expect("a process table").is_some() {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    #[test]
    fn a_port_may_be_held_for_a_moment() {
        let held = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = held.local_addr().expect("an address").port();
        assert!(!is_free_within(port, Duration::ZERO));
        let releasing = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            drop(held);
        });
        assert!(is_free_within(port, Duration::from_mins(1)));
        releasing.join().expect("released");
    }
}
