//! The stack's OpenSearch process, killed and restarted with the same command line.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use souk_e2e::{Shop, eventually, process};

/// How long it may take to start. The bound is wide.
const START_SECONDS: u64 = 300;

/// The command line and environment of the process.
pub(crate) struct Node {
    shop: &'static Shop,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    log: PathBuf,
    /// The last argument before its settings: where its data is.
    data: PathBuf,
}

impl Node {
    /// The running process.
    pub(crate) fn of(shop: &'static Shop) -> Self {
        let [pid] = pids(shop)[..] else { panic!("the stack has one OpenSearch") };
        let file = |name: &str| PathBuf::from(format!("/proc/{pid}/{name}"));
        let texts = |name: &str| {
            let text = String::from_utf8(fs::read(file(name)).expect("the process runs")).expect("UTF-8");
            text.split_terminator('\0').map(str::to_owned).collect::<Vec<_>>()
        };
        let arguments = texts("cmdline");
        let data = arguments.iter().find(|argument| argument.starts_with(&data_prefix(shop))).expect("its data");
        let variables = texts("environ").into_iter().map(|variable| {
            let (name, value) = variable.split_once('=').expect("a variable");
            (name.to_owned(), value.to_owned())
        });
        Self {
            shop,
            data: PathBuf::from(data),
            environment: variables.collect(),
            folder: fs::read_link(file("cwd")).expect("its folder"),
            log: fs::read_link(file("fd/1")).expect("its log"),
            arguments,
        }
    }

    /// Kills it (SIGKILL) and waits until it is gone.
    pub(crate) fn kill(&self) {
        process::kill(&pids(self.shop));
        eventually(60, "OpenSearch is gone", || pids(self.shop).is_empty().then_some(()));
    }

    /// Restarts it and returns the time until it could search.
    pub(crate) fn restart(&self) -> Duration {
        let started = Instant::now();
        let (program, arguments) = self.arguments.split_first().expect("a command line");
        let log = OpenOptions::new().append(true).open(&self.log).expect("its log");
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(self.environment.iter().cloned()).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("its log")).stderr(log);
        // Stopped by this test, or with the stack.
        let mut child = command.process_group(0).spawn().expect("OpenSearch starts");
        thread::spawn(move || child.wait());
        let health = format!("{}/_cluster/health?wait_for_status=yellow&timeout=1s", self.shop.search_url);
        let answers = || self.shop.fetch(&health).is_some_and(|(status, _)| status == 200);
        eventually(START_SECONDS, "OpenSearch answers", || answers().then_some(()));
        started.elapsed()
    }

    /// Deletes its data, while it does not run.
    pub(crate) fn delete_data(&self) {
        fs::remove_dir_all(&self.data).expect("its data is gone");
    }
}

fn data_prefix(shop: &Shop) -> String {
    format!("{}/search-", shop.home().display())
}

fn pids(shop: &Shop) -> Vec<u32> {
    process::find(|line| line.contains("Launcher.java") && line.contains(&data_prefix(shop)))
}
