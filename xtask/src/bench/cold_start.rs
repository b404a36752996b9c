//! `cargo xtask bench cold-start`: how long a function's own initialisation takes, from starting the process to its
//! first request for an event, and the size of its binary. With binaries of an earlier build, both are measured in
//! alternation, so that a busy machine slows both.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use crate::interrupt;
use crate::local::functions;
use crate::paths::Paths;

/// The measured functions with their services.
const FUNCTIONS: [(&str, &str); 5] = [
    ("place-order", "orders"),
    ("get-product", "catalog"),
    ("list-products", "catalog"),
    ("login", "auth"),
    ("authorizer", "auth"),
];
/// The variables with the names of their tables.
const TABLES: [&str; 15] = [
    "PRODUCTS_TABLE",
    "CATEGORIES_TABLE",
    "INVENTORY_TABLE",
    "SYNONYMS_TABLE",
    "CARTS_TABLE",
    "ORDERS_TABLE",
    "ACCOUNTS_TABLE",
    "CREDENTIALS_TABLE",
    "REGISTRATIONS_TABLE",
    "SESSIONS_TABLE",
    "ONE_TIME_TOKENS_TABLE",
    "STAFF_GRANTS_TABLE",
    "STORE_CREDIT_TABLE",
    "VERIFICATION_KEYS_TABLE",
    "LIMITS_TABLE",
];
/// How long a function may take to ask for its first event.
const START_WAIT: Duration = Duration::from_secs(30);

/// Options of `cargo xtask bench cold-start`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Release binaries of an earlier build to compare with, one for each function or for each service
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
    /// Starts of each function
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    starts: u32,
}

/// Builds the services for release, starts each function many times, prints a row for each.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let built = functions::build(paths, &["--release"], ["auth", "catalog", "orders"])?;
    let lambda = FakeLambda::start()?;
    println!("{:<14} {:<8} {:>9} {:>10} {:>10}", "function", "build", "size", "median", "slowest");
    for (function, service) in FUNCTIONS {
        let new = built.iter().find(|binary| binary.name == service).context("a service is not built")?;
        let old = options.binaries.as_deref().map(|folder| binary_in(folder, function, service));
        let builds: Vec<(&str, &Path)> =
            [("now", new.file.as_path())].into_iter().chain(old.as_deref().map(|old| ("earlier", old))).collect();
        let mut times = vec![Vec::new(); builds.len()];
        for round in 0..=options.starts {
            for ((_, binary), times) in builds.iter().zip(&mut times) {
                interrupt::check()?;
                let time = lambda.time_start(binary, function)?;
                if round > 0 {
                    times.push(time); // the first start reads the binary from the disk
                }
            }
        }
        for ((build, binary), mut times) in builds.into_iter().zip(times) {
            times.sort_unstable();
            let bytes = fs::metadata(binary).with_context(|| format!("cannot read {}", binary.display()))?.len();
            let size = format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10);
            let (median, slowest) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
            println!("{function:<14} {build:<8} {size:>9} {median:>10} {slowest:>10}");
        }
    }
    Ok(())
}

/// The binary of a function: that of its service, or its own in builds before 2026-11-29.
fn binary_in(folder: &Path, function: &str, service: &str) -> PathBuf {
    let own = folder.join(function);
    if own.exists() { own } else { folder.join(service) }
}

fn ms(time: Duration) -> String {
    format!("{}.{:02} ms", time.as_micros() / 1000, time.as_micros() / 10 % 100)
}

/// A fake of Lambda's runtime API that never returns an event, and of AWS that returns one secret and refuses all other
/// calls.
struct FakeLambda {
    address: SocketAddr,
    asked: Receiver<Instant>,
}

impl FakeLambda {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let address = listener.local_addr()?;
        let (sender, asked) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || answer_all(stream, &sender)); // ends with the function
            }
        });
        Ok(Self { address, asked })
    }

    /// Starts a function, waits for its first request for an event, and ends it.
    fn time_start(&self, binary: &Path, function: &str) -> Result<Duration> {
        while self.asked.try_recv().is_ok() {} // of an earlier start that came too late
        let mut command = Command::new(binary);
        command.env_clear().envs(self.environment(function)).stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let mut child = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        let asked = self.asked.recv_timeout(START_WAIT);
        child.kill().ok(); // it may have ended by itself
        child.wait().ok();
        let asked = asked.with_context(|| format!("{function} of {} does not start", binary.display()))?;
        Ok(asked.duration_since(started))
    }

    fn environment(&self, function: &str) -> BTreeMap<&'static str, String> {
        let url = format!("http://{}", self.address);
        let tables = TABLES.map(|variable| (variable, "bench".to_owned()));
        let others = [
            ("_HANDLER", function),
            ("STAGE", "local"),
            ("AWS_LAMBDA_RUNTIME_API", &url["http://".len()..]),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", function),
            ("AWS_LAMBDA_LOG_STREAM_NAME", function),
            ("AWS_REGION", "us-east-1"),
            ("LIMITS", "off"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL", &url),
            ("SEARCH_DOMAIN", &url),
            ("SEARCH_ENDPOINT", &url),
            ("SIGNING_KEY_SECRET", "bench"),
        ];
        let others = others.map(|(name, value)| (name, value.to_owned()));
        tables.into_iter().chain(others).collect()
    }
}

/// Answers the requests of one connection.
fn answer_all(mut stream: TcpStream, asked: &Sender<Instant>) {
    let Ok(reader) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reader);
    while let Some(request) = read_request(&mut reader) {
        let (status, body) = if request.contains("/runtime/invocation/next") {
            if asked.send(Instant::now()).is_err() {
                return;
            }
            continue; // the event never comes
        } else if request.contains("secretsmanager.GetSecretValue") {
            let secret = json!({ "kid": "bench", "seed": "0".repeat(64) }).to_string();
            ("200 OK", json!({ "Name": "bench", "SecretString": secret }))
        } else {
            ("400 Bad Request", json!({ "__type": "ValidationException" })) // which no client retries
        };
        let body = body.to_string();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}", body.len());
        if write!(stream, "{head}\r\n\r\n{body}").is_err() {
            return;
        }
    }
}

/// The head of the next request; its body is skipped. None at the end of the connection.
fn read_request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = head[start..].trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    Some(head)
}
