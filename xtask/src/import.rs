//! `cargo xtask import`: loads a catalogue of JSON lines through the shop's own API, or by one upload to S3.

mod lines;
mod send;
mod summary;
mod upload;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use anyhow::{Result, bail};

use self::lines::{Lines, add_available};
pub(crate) use self::send::Login;
use self::send::{BadLine, Chunk, Sender};
use self::summary::{Summary, rate};
use crate::api::Api;
use crate::clock::Stopwatch;
use crate::interrupt;
use crate::paths::Paths;
use crate::progress::{Phase, bar};
use crate::stack::Stack;

/// Chunks sent at once: enough to hide the round trip, too few to slow shoppers down.
const IN_FLIGHT: usize = 4;

/// Options of `cargo xtask import`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A file of JSON lines, plain or gzip
    file: PathBuf,
    /// Stock of every product whose line names none
    #[arg(long, value_name = "N")]
    available: Option<u64>,
    /// The shop's API [default: the shop that `up` started]
    #[arg(long, value_name = "URL", requires = "email")]
    api_url: Option<String>,
    /// A staff account [default: the one that `up` made]
    #[arg(long, requires = "password")]
    email: Option<String>,
    /// Its password
    #[arg(long)]
    password: Option<String>,
    /// A code of its second factor
    #[arg(long, requires = "email")]
    code: Option<String>,
    /// Upload the file to the shop's imports bucket, and wait until all of it is imported
    #[arg(long, conflicts_with_all = ["available", "api_url", "email", "password", "code"])]
    s3: bool,
    /// With --s3: the shop of this CloudFormation stack on AWS instead of the one that runs here; needs the aws command
    /// line
    #[arg(long, value_name = "STACK", requires = "s3")]
    aws: Option<String>,
}

/// Loads the file; the exit code is 0 if every line was good.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<ExitCode> {
    let summary =
        if options.s3 { upload::run(&options.file, options.aws.as_deref(), paths)? } else { send(options, paths)? };
    Ok(if summary.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn send(options: &Options, paths: &Paths) -> Result<Summary> {
    let mut lines = lines::from_file(&options.file)?;
    if let Some(available) = options.available {
        lines.lines = Box::new(lines.lines.map(move |line| add_available(line, available)));
    }
    let name = format!("import {}", options.file.file_name().unwrap_or_default().to_string_lossy());
    let stack = || Stack::read(&paths.home.join("stack.json"));
    let api_url = options.api_url.clone().map_or_else(|| stack().map(|stack| stack.api_url), Ok)?;
    let api = Api::new(&api_url)?;
    match (&options.email, &options.password) {
        (Some(email), Some(password)) => {
            let session = api.session(email, password, options.code.as_deref())?;
            load(&name, lines, &api, &Login::new(session))
        }
        _ => load(&name, lines, &api, &Login::Local(&stack()?.staff_session(paths))),
    }
}

/// The generated catalogue as lines to load.
pub(crate) fn sample_lines(products: u64, seed: u64) -> Lines {
    let position = Arc::new(AtomicU64::new(0));
    let done = Arc::clone(&position);
    let lines = (0..products).map(move |index| {
        done.store(index + 1, Ordering::Relaxed);
        lines::Line { number: index + 1, content: Ok(souk_sample::line(seed, index).into_bytes()) }
    });
    Lines { lines: Box::new(lines), position, total: products }
}

/// The result of a chunk.
enum Event {
    Done { imported: u64, bad: Vec<BadLine> },
    Failed(anyhow::Error),
}

/// Imports lines and reports each bad one, until all are sent or the shop no longer answers.
pub(crate) fn load(name: &str, lines: Lines, api: &Api, login: &Login<'_>) -> Result<Summary> {
    let sender = Sender { api, login };
    login.token(api)?; // fails before the first line is read
    let stopped = AtomicBool::new(false);
    let (chunks, queue) = mpsc::sync_channel::<Chunk>(IN_FLIGHT);
    let (events, results) = mpsc::channel();
    let queue = Mutex::new(queue);
    let clock = Stopwatch::start();
    let mut progress = Progress { phase: Phase::start(name), summary: Summary::default(), failure: None };
    thread::scope(|scope| {
        for _ in 0..IN_FLIGHT {
            let (events, queue, sender, stopped) = (events.clone(), &queue, &sender, &stopped);
            scope.spawn(move || work(queue, sender, stopped, &events));
        }
        drop(events); // so that the results end with the last worker
        let result = feed(lines, &chunks, &results, &mut progress);
        if result.is_err() {
            stopped.store(true, Ordering::Relaxed);
        }
        drop(chunks);
        for event in results {
            progress.take(event);
        }
        result
    })?;
    let Progress { phase, summary, failure } = progress;
    let result = format!("{}, {} bad lines", rate(summary.imported, clock.elapsed()), summary.bad);
    if let Some(failure) = failure {
        phase.say(&format!("stopped after {result}; a repeated import changes nothing that is loaded"));
        return Err(failure);
    }
    phase.done(&result);
    Ok(summary)
}

/// The results so far.
struct Progress {
    phase: Phase,
    summary: Summary,
    failure: Option<anyhow::Error>,
}

impl Progress {
    fn take(&mut self, event: Event) {
        match event {
            Event::Done { imported, bad } => {
                self.summary.imported += imported;
                for line in &bad {
                    self.refuse(line);
                }
            }
            Event::Failed(error) => self.failure = Some(self.failure.take().unwrap_or(error)),
        }
    }

    fn refuse(&mut self, line: &BadLine) {
        self.summary.bad += 1;
        self.phase.say(&format!("line {}: {}", line.number, line.reason));
    }
}

/// Reads all lines, packs them into chunks and queues these for the workers. An error ends the whole import.
fn feed(
    lines: Lines,
    chunks: &mpsc::SyncSender<Chunk>,
    results: &mpsc::Receiver<Event>,
    progress: &mut Progress,
) -> Result<()> {
    let (position, total) = (lines.position, lines.total);
    let mut chunk = Chunk::default();
    for line in lines.lines {
        match line.content {
            Ok(content) if chunk.fits(&content) => chunk.push(line.number, &content),
            Ok(content) => {
                interrupt::check()?;
                queue_chunk(std::mem::take(&mut chunk), chunks)?;
                chunk.push(line.number, &content);
            }
            Err(lines::Fault::Bad(reason)) => progress.refuse(&BadLine { number: line.number, reason }),
            Err(lines::Fault::Unreadable(error)) => return Err(error),
        }
        while let Ok(event) = results.try_recv() {
            progress.take(event);
        }
        if progress.failure.is_some() {
            return Ok(()); // the caller reports it
        }
        let bar = bar(position.load(Ordering::Relaxed), total);
        progress.phase.tick(&format!("{bar} {}", progress.summary.imported));
    }
    queue_chunk(chunk, chunks)
}

fn queue_chunk(chunk: Chunk, chunks: &mpsc::SyncSender<Chunk>) -> Result<()> {
    if !chunk.is_empty() && chunks.send(chunk).is_err() {
        bail!("the workers of the import have ended");
    }
    Ok(())
}

fn work(queue: &Mutex<mpsc::Receiver<Chunk>>, sender: &Sender, stopped: &AtomicBool, events: &mpsc::Sender<Event>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        if stopped.load(Ordering::Relaxed) {
            continue; // empties the queue, so that the reader does not wait for room in it
        }
        let event = match sender.send(&chunk) {
            Ok((imported, bad)) => Event::Done { imported, bad },
            Err(error) => {
                stopped.store(true, Ordering::Relaxed);
                Event::Failed(error)
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}
