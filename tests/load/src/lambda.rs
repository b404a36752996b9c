//! Lambda's runtime API, as far as functions need it. Each function is a process that requests events and posts its
//! responses, for several events concurrently (`AWS_LAMBDA_MAX_CONCURRENCY`).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use souk_testkit::SeededRandom;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, sleep_until};

use crate::report::Done;
use crate::work::Work;

/// Events that one process handles concurrently: enough that a response from memory does not wait behind others, as on
/// Lambda, where each event has a process of its own.
const CONCURRENCY: &str = "128";
/// The longest wait for responses after the last request.
const LAST_WAIT: Duration = Duration::from_secs(10);
/// How long a function may take to request its first event.
const START_WAIT: Duration = Duration::from_secs(30);

/// How functions are started.
pub(crate) struct Settings {
    /// Variables beside those that Lambda sets.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// The catalog service.
    pub(crate) binary: PathBuf,
}

/// Running functions.
pub(crate) struct Lambda {
    functions: HashMap<&'static str, (Arc<Function>, Child)>,
    board: Arc<Board>,
}

/// The events of one function.
struct Function {
    waiting: mpsc::UnboundedSender<Event>,
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    has_asked: AtomicU64,
    board: Arc<Board>,
}

struct Event {
    id: u64,
    body: Vec<u8>,
}

/// The requests in flight and those that are done.
#[derive(Default)]
struct Board {
    next_id: AtomicU64,
    due: Mutex<HashMap<u64, (Instant, &'static str)>>,
    done: Mutex<Vec<Done>>,
}

impl Lambda {
    /// Starts each function and waits until all have requested an event.
    pub(crate) async fn start(names: &[&'static str], settings: Settings) -> Result<Self> {
        let board = Arc::new(Board::default());
        let mut functions = HashMap::new();
        for &name in names {
            let (waiting, events) = mpsc::unbounded_channel();
            let events = tokio::sync::Mutex::new(events);
            let function = Arc::new(Function { waiting, events, has_asked: AtomicU64::new(0), board: board.clone() });
            let address = serve(function.clone()).await?;
            let mut command = Command::new(&settings.binary);
            command.env_clear().envs(settings.environment.iter().map(|(name, value)| (name, value)));
            command.envs([
                ("_HANDLER", name),
                ("STAGE", "local"),
                ("AWS_LAMBDA_RUNTIME_API", address.to_string().as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", name),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", name),
                ("AWS_LAMBDA_LOG_STREAM_NAME", name),
                ("AWS_LAMBDA_MAX_CONCURRENCY", CONCURRENCY),
            ]);
            // It writes its log, as on Lambda, but the log is discarded.
            command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
            let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
            functions.insert(name, (function, child));
        }
        let lambda = Self { functions, board };
        let waiting = Instant::now();
        while lambda.functions.values().any(|(function, _)| function.has_asked.load(Ordering::Relaxed) == 0) {
            if waiting.elapsed() > START_WAIT {
                bail!("a function does not request events");
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(lambda)
    }

    /// Names and process ids.
    pub(crate) fn processes(&self) -> Vec<(String, u32)> {
        let ids = self.functions.iter().filter_map(|(name, (_, child))| Some(((*name).to_owned(), child.id()?)));
        ids.collect()
    }

    /// Sends `rate` requests a second at even intervals, regardless of their responses (open loop), and waits for the
    /// last responses.
    pub(crate) async fn load(&self, work: &Work, rate: u64, duration: Duration, seed: u64) -> Result<Vec<Done>> {
        let random = SeededRandom::new(seed.wrapping_mul(7_919) + 1);
        let (start, requests) = (Instant::now(), rate * duration.as_secs());
        for number in 0..requests {
            let due = start + Duration::from_nanos(number * (1_000_000_000 / rate.max(1)));
            let call = work.call(&random);
            if due > Instant::now() {
                sleep_until(due.into()).await;
            }
            let (function, _) = self.functions.get(call.function).context("an unknown function")?;
            let id = self.board.next_id.fetch_add(1, Ordering::Relaxed);
            lock(&self.board.due).insert(id, (due, call.kind));
            function.waiting.send(Event { id, body: call.event }).context("a function's queue is closed")?;
        }
        let sent = Instant::now();
        while sent.elapsed() < LAST_WAIT && !lock(&self.board.due).is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
        let mut done = std::mem::take(&mut *lock(&self.board.done));
        let lost = std::mem::take(&mut *lock(&self.board.due));
        done.extend(lost.into_values().map(|(due, kind)| Done { kind, status: 0, latency: due.elapsed() }));
        Ok(done)
    }

    /// Ends the functions.
    pub(crate) async fn stop(&mut self) {
        for (_, child) in self.functions.values_mut() {
            child.kill().await.ok(); // it may have ended by itself
        }
    }
}

impl Function {
    /// The next event. Skips those of an earlier load.
    async fn next_due(&self) -> Option<Event> {
        let mut events = self.events.lock().await;
        loop {
            let event = events.recv().await?;
            if lock(&self.board.due).contains_key(&event.id) {
                return Some(event);
            }
        }
    }
}

async fn serve(function: Arc<Function>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failure))
        .with_state(function);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

async fn next(State(function): State<Arc<Function>>) -> Response<Body> {
    function.has_asked.fetch_add(1, Ordering::Relaxed);
    let Some(Event { id, body }) = function.next_due().await else { return Response::new(Body::empty()) };
    let deadline_ms = i64::from(u32::MAX) * 1_000; // far away
    Response::builder()
        .header("lambda-runtime-aws-request-id", id.to_string())
        .header("lambda-runtime-deadline-ms", deadline_ms.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:bench")
        .body(Body::from(body))
        .unwrap_or_default()
}

async fn response(State(function): State<Arc<Function>>, Path(id): Path<u64>, body: Bytes) -> StatusCode {
    function.board.finish(id, status_of(&body));
    StatusCode::ACCEPTED
}

async fn failure(State(function): State<Arc<Function>>, Path(id): Path<u64>) -> StatusCode {
    function.board.finish(id, 500);
    StatusCode::ACCEPTED
}

/// `{"statusCode":200,…}`, without reading the rest.
fn status_of(body: &[u8]) -> u16 {
    let head = String::from_utf8_lossy(&body[..body.len().min(64)]).into_owned();
    let status = head.split_once("\"statusCode\":").map(|(_, rest)| rest.trim_start());
    status.and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
}

impl Board {
    fn finish(&self, id: u64, status: u16) {
        let now = Instant::now();
        if let Some((due, kind)) = lock(&self.due).remove(&id) {
            lock(&self.done).push(Done { kind, status, latency: now.saturating_duration_since(due) });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_from_the_start_of_an_answer() {
        assert_eq!(status_of(br#"{"statusCode":200,"headers":{}}"#), 200);
        assert_eq!(status_of(br#"{"statusCode": 503}"#), 503);
        assert_eq!((status_of(b""), status_of(b"\xff{}")), (0, 0));
    }
}
