//! Runs child processes to their end, and lists running processes.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::clock::Stopwatch;
use crate::progress::{self, Phase};
use crate::{interrupt, paths::Paths};

/// Lines of a failed command's log in the error.
const ERROR_LINES: usize = 20;
/// How long an interrupted command may take to end before it is killed.
const ABANDON_WAIT: Duration = Duration::from_secs(5);

/// A cargo command without the variables that `cargo run` sets for xtask. Build scripts watch some of them, so
/// inheriting them would rebuild half of the workspace.
pub(crate) fn cargo(paths: &Paths) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command.current_dir(&paths.root);
    command
}

/// Removes the user's own AWS account from the environment of a command, and directs it to `endpoint`.
pub(crate) fn local_aws<'a>(command: &'a mut Command, endpoint: &str, paths: &Paths) -> &'a mut Command {
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let settings: [(&str, &OsStr); 12] = [
        ("AWS_ACCESS_KEY_ID", "test".as_ref()),
        ("AWS_SECRET_ACCESS_KEY", "test".as_ref()),
        ("AWS_REGION", crate::aws::REGION.as_ref()),
        ("AWS_DEFAULT_REGION", crate::aws::REGION.as_ref()),
        ("AWS_ENDPOINT_URL", endpoint.as_ref()),
        ("AWS_CONFIG_FILE", "/dev/null".as_ref()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".as_ref()),
        ("AWS_EC2_METADATA_DISABLED", "true".as_ref()),
        ("NO_PROXY", "127.0.0.1,localhost".as_ref()),
        ("no_proxy", "127.0.0.1,localhost".as_ref()),
        ("SAM_CLI_TELEMETRY", "0".as_ref()),
        // the folder for sam's settings, instead of the user's home
        ("__SAM_CLI_APP_DIR", paths.tools.as_os_str()),
    ];
    command.envs(settings)
}

/// Runs a command. Its output goes to the log, the newest line to the progress, the last lines to the error.
pub(crate) fn run_logged(command: &mut Command, log: &Path, phase: &mut Phase) -> Result<()> {
    let output = File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
    let errors = output.try_clone().context("cannot share a log")?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let status = run(command, || phase.tick(&progress::tail(log, 1)))?;
    if !status.success() {
        bail!("{} failed ({status}); from {}:\n{}", name_of(command), log.display(), progress::tail(log, ERROR_LINES));
    }
    Ok(())
}

/// Runs a command whose output the user sees.
pub(crate) fn run_visible(command: &mut Command) -> Result<()> {
    let status = run(command.stdin(Stdio::null()), || ())?;
    if !status.success() {
        bail!("{} failed ({status})", name_of(command));
    }
    Ok(())
}

/// Runs a command and appends its output to the log.
pub(crate) fn run_appending(command: &mut Command, log: &Path) -> Result<()> {
    let open = || File::options().append(true).create(true).open(log);
    let open = || open().with_context(|| format!("cannot open {}", log.display()));
    let status = run(command.stdin(Stdio::null()).stdout(open()?).stderr(open()?), || ())?;
    if !status.success() {
        bail!("{} failed ({status})", name_of(command));
    }
    Ok(())
}

/// The output of a short command; `None` if it fails.
pub(crate) fn answer(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command and passes on each line of its standard output as it comes.
pub(crate) fn run_lines(command: &mut Command, mut take: impl FnMut(String)) -> Result<()> {
    let mut child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let output = child.stdout.take().context("the command has no output")?;
    let (sender, lines) = mpsc::channel();
    // In a thread, because reading cannot be interrupted. It ends with the output.
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let status = wait(&mut child, || lines.try_iter().for_each(&mut take))?;
    lines.iter().for_each(take);
    if !status.success() {
        bail!("{} failed ({status})", name_of(command));
    }
    Ok(())
}

fn run(command: &mut Command, tick: impl FnMut()) -> Result<ExitStatus> {
    wait(&mut start(command)?, tick)
}

/// Starts a command in a process group of its own, so that it can be ended together with its children.
fn start(command: &mut Command) -> Result<Child> {
    interrupt::check()?;
    command.process_group(0).spawn().with_context(|| format!("cannot start {}", name_of(command)))
}

fn wait(child: &mut Child, mut tick: impl FnMut()) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a command")? {
            return Ok(status);
        }
        tick();
        if let Err(interrupted) = interrupt::sleep_millis(50) {
            abandon(child);
            return Err(interrupted);
        }
    }
}

/// Ends an interrupted command with SIGTERM, and after a wait with SIGKILL.
fn abandon(child: &mut Child) {
    let Ok(group) = i32::try_from(child.id()).map(Pid::from_raw) else { return };
    killpg(group, Signal::SIGTERM).ok(); // it may have ended already
    let waiting = Stopwatch::start();
    while waiting.elapsed() < ABANDON_WAIT && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(50));
    }
    killpg(group, Signal::SIGKILL).ok(); // also its children
    child.wait().ok();
}

fn name_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let first = command.get_args().next().map(|argument| format!(" {}", argument.to_string_lossy()));
    program + &first.unwrap_or_default()
}

/// A process of this machine.
pub(crate) struct Process {
    /// Its id.
    pub(crate) pid: i32,
    /// Its program and arguments; empty after it has ended.
    pub(crate) arguments: Vec<String>,
}

/// All running processes.
pub(crate) fn table() -> Result<Vec<Process>> {
    if cfg!(target_os = "linux") { from_proc() } else { from_ps() }
}

fn from_proc() -> Result<Vec<Process>> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc").context("cannot read /proc")?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else { continue };
        // It may have ended, or belong to another user.
        let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
        let arguments = line.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        processes.push(Process { pid, arguments });
    }
    Ok(processes)
}

fn from_ps() -> Result<Vec<Process>> {
    let listing = answer("ps", &["-A", "-o", "pid=,args="]).context("cannot list processes with ps")?;
    let processes = listing.lines().filter_map(|line| {
        let (pid, arguments) = line.trim_start().split_once(' ')?;
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Some(Process { pid: pid.parse().ok()?, arguments })
    });
    Ok(processes.collect())
}
