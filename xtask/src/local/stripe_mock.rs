//! stripe-mock for the contract tests: it checks our requests against Stripe's OpenAPI description.

use std::env;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::clock::Stopwatch;
use crate::interrupt;
use crate::paths::Paths;
use crate::process::{self, answer};
use crate::progress::Phase;

/// Its API description has the version `souk_payment::stripe::API_VERSION`.
const VERSION: &str = "v0.203.0";
/// How long it may take to start. It takes seconds; the limit only ends a wait for a server that never starts.
const START_WAIT: Duration = Duration::from_mins(5);

/// A running server, which is stopped when the value is dropped.
pub(crate) struct StripeMock {
    child: Child,
    port: u16,
}

impl StripeMock {
    /// Starts it, unless it cannot be installed.
    pub(crate) fn start(paths: &Paths) -> Result<Option<Self>> {
        let Some(program) = install(paths)? else { return Ok(None) };
        // Without a port for HTTPS it would use 12112.
        let (http, https) = (free()?, free()?);
        let (port, https_port) = (http.local_addr()?.port(), https.local_addr()?.port());
        drop((http, https));
        let log = paths.log("stripe-mock");
        let output = File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let mut command = Command::new(program);
        command.arg("-http-addr").arg(format!("127.0.0.1:{port}"));
        command.arg("-https-addr").arg(format!("127.0.0.1:{https_port}"));
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        let mock = Self { child: command.spawn().context("cannot start stripe-mock")?, port };
        let waiting = Stopwatch::start();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if waiting.elapsed() > START_WAIT {
                bail!("stripe-mock did not start; its log is {}", log.display());
            }
            interrupt::sleep_millis(50)?;
        }
        Ok(Some(mock))
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for StripeMock {
    fn drop(&mut self) {
        self.child.kill().ok(); // it may have ended already
        self.child.wait().ok();
    }
}

fn free() -> Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").context("no free port")
}

/// Builds the program once with `go install` into `target/local/tools`. Without Go the checks are skipped with a
/// message; in CI that is an error.
pub(crate) fn install(paths: &Paths) -> Result<Option<PathBuf>> {
    if answer("go", &["version"]).is_none() {
        let advice = "missing on this machine: Go, which builds stripe-mock: `apt-get install golang`, `brew install go`, or \
            https://go.dev";
        if env::var("CI").is_ok_and(|ci| ci == "true") {
            bail!(advice);
        }
        println!("{advice}; our requests to Stripe are NOT checked");
        return Ok(None);
    }
    let folder = paths.tools.join("tools/bin");
    let program = folder.join(format!("stripe-mock-{VERSION}"));
    if program.exists() {
        return Ok(Some(program));
    }
    let mut phase = Phase::start("build stripe-mock with go install");
    fs::create_dir_all(&folder).context("cannot create target/local/tools")?;
    let mut go = Command::new("go");
    go.arg("install").arg(format!("github.com/stripe/stripe-mock@{VERSION}")).env("GOBIN", &folder);
    process::run_logged(&mut go, &paths.log("install-stripe-mock"), &mut phase)?;
    fs::rename(folder.join("stripe-mock"), &program).context("go install left no stripe-mock")?;
    phase.done("");
    Ok(Some(program))
}
