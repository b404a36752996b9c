//! A Redis for the tests of the shared cache: Debian's package, or any `redis-server` or `valkey-server` on the path.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::clock::Stopwatch;
use crate::interrupt;
use crate::paths::Paths;
use crate::process::{self, answer};
use crate::progress::Phase;

const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];
/// How long it may take to listen. It takes milliseconds; the limit only ends a wait for a server that never starts.
const START_WAIT: Duration = Duration::from_mins(2);

/// A running server, which is stopped when the value is dropped.
pub(crate) struct Redis {
    child: Child,
    port: u16,
}

impl Redis {
    /// Starts a server that stores nothing on disk.
    pub(crate) fn start(paths: &Paths) -> Result<Self> {
        let program = install(paths)?;
        let port = TcpListener::bind("127.0.0.1:0").context("no free port")?.local_addr()?.port();
        let log = paths.log("redis");
        let output = File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.current_dir(&paths.home).stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        let redis = Self { child: command.spawn().with_context(|| format!("cannot start {program}"))?, port };
        let waiting = Stopwatch::start();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if waiting.elapsed() > START_WAIT {
                bail!("{program} did not start; its log is {}", log.display());
            }
            interrupt::sleep_millis(20)?;
        }
        Ok(redis)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().ok(); // it may have ended already
        self.child.wait().ok();
    }
}

/// Finds the program of the server. Installs it with apt-get first if it is missing and the user is root.
pub(crate) fn install(paths: &Paths) -> Result<&'static str> {
    let find = || PROGRAMS.into_iter().find(|program| answer(program, &["--version"]).is_some());
    if let Some(program) = find() {
        return Ok(program);
    }
    let is_root = answer("id", &["-u"]).is_some_and(|id| id == "0");
    if is_root && answer("apt-get", &["--version"]).is_some() {
        let mut phase = Phase::start("install redis-server with apt-get");
        for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends", "redis-server"]] {
            let mut apt = Command::new("apt-get");
            // Otherwise Debian starts a server at once.
            apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
            process::run_logged(&mut apt, &paths.log("install-redis"), &mut phase)?;
        }
        phase.done("");
    }
    find().context(
        "missing on this machine: Redis or Valkey, for the tests of the shared cache: `apt-get install redis-server`, \
         `brew install valkey`, or https://valkey.io",
    )
}
