//! MiniStack: the AWS side of the local stack.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::clock::Stopwatch;
use crate::local::part::Part;
use crate::paths::Paths;
use crate::process;
use crate::progress::Phase;
use crate::stack::Ports;
use crate::{aws, interrupt};

/// The longest wait for the state to be saved.
const SAVE_WAIT: Duration = Duration::from_mins(3);

/// How its process is recognised.
pub(crate) fn part(ports: Ports, paths: &Paths) -> Part {
    Part {
        name: "ministack",
        port: ports.aws,
        port_variable: Ports::AWS_VARIABLE,
        marks: [launcher(paths), paths.home.display().to_string()],
        ready_url: format!("{}/_ministack/ready", ports.aws_url()),
    }
}

/// The command that starts it: loopback only, its state in the home, functions as child processes.
pub(crate) fn command(ports: Ports, paths: &Paths) -> Command {
    let mut command = Command::new(paths.python_tool("python"));
    command.arg(launcher(paths)).arg(&paths.home).current_dir(&paths.home);
    process::local_aws(&mut command, &ports.aws_url(), paths);
    command
        .env("GATEWAY_PORT", ports.aws.to_string())
        .env("BIND_HOST", "127.0.0.1")
        .env("MINISTACK_REGION", aws::REGION)
        .env("MINISTACK_OPENSEARCH_ENDPOINT", format!("127.0.0.1:{}", ports.search)) // no scheme
        .env("LAMBDA_EXECUTOR", "local")
        // Functions have the permissions of their roles only; the key `test` may do everything.
        .env("AUTH", "true")
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", paths.state())
        .env("TMPDIR", paths.home.join("tmp"))
        .env("LOG_LEVEL", "WARNING")
        // services with ports of their own that are not used here
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0");
    command
}

/// Whether an earlier run has saved a state.
pub(crate) fn has_state(paths: &Paths) -> bool {
    let files = fs::read_dir(paths.state()).into_iter().flatten().flatten();
    files.into_iter().any(|file| file.path().extension().is_some_and(|extension| extension == "json"))
}

/// Saves the state now, so that a MiniStack that is killed later restarts with the products.
pub(crate) fn save(part: &Part, paths: &Paths) -> Result<()> {
    let mut phase = Phase::start("save the state");
    let saved = paths.state().join("saved");
    let modified = || fs::metadata(&saved).and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let before = modified();
    part.signal(Signal::SIGUSR1)?;
    let waiting = Stopwatch::start();
    while modified() == before {
        if waiting.elapsed() > SAVE_WAIT {
            bail!("MiniStack has not saved its state; see {}", paths.log(part.name).display());
        }
        phase.tick("");
        interrupt::sleep_millis(50)?;
    }
    phase.done("");
    Ok(())
}

/// Ends function processes that a killed MiniStack left behind. Call it only while no MiniStack runs.
pub(crate) fn end_orphans(paths: &Paths) -> Result<()> {
    let code = paths.home.join("tmp/ministack-provided-code-").display().to_string();
    for process in process::table()? {
        if process.arguments.first().is_some_and(|program| program.starts_with(&code)) {
            kill(Pid::from_raw(process.pid), Signal::SIGKILL).ok(); // it may have ended already
        }
    }
    Ok(())
}

fn launcher(paths: &Paths) -> String {
    paths.root.join("local/ministack_local.py").display().to_string()
}
