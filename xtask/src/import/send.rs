//! Sends chunks of lines to `POST /admin/imports`, with retries.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use souk_accounts::staff::StaffSession;
use souk_rng::SeededRng;

use crate::api::{Api, Response, Session};
use crate::clock::Stopwatch;
use crate::interrupt;

/// Most lines of one call.
const CHUNK_LINES: usize = 200;
/// Most bytes of one call.
const CHUNK_BYTES: usize = 1_000_000;
/// Attempts for a chunk before the import gives up. The waits between them add up to about half a minute.
const ATTEMPTS: u32 = 8;
/// The longest wait between two attempts, even if `Retry-After` asks for more.
const LONGEST_WAIT_MILLIS: u64 = 10_000;
/// A token that expires sooner is replaced before it is used.
const TOKEN_MARGIN: Duration = Duration::from_mins(1);

/// A line that the shop refused.
#[derive(Debug, PartialEq)]
pub(crate) struct BadLine {
    /// Its place in the file, from 1.
    pub(crate) number: u64,
    /// What is wrong with it.
    pub(crate) reason: String,
}

/// Lines of one call.
#[derive(Default)]
pub(crate) struct Chunk {
    numbers: Vec<u64>,
    body: Vec<u8>,
}

impl Chunk {
    /// Whether another line fits. A first one always does, because it is under the limit of a line.
    pub(crate) fn fits(&self, line: &[u8]) -> bool {
        self.is_empty() || (self.numbers.len() < CHUNK_LINES && self.body.len() + line.len() < CHUNK_BYTES)
    }

    /// Adds a line and its place in the file.
    pub(crate) fn push(&mut self, number: u64, line: &[u8]) {
        self.numbers.push(number);
        self.body.extend_from_slice(line);
        self.body.push(b'\n');
    }

    /// Whether there is nothing to send.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Converts a number in the chunk, as the shop counts, to the number in the file.
    fn number_in_file(&self, line: usize) -> Result<u64> {
        let number = line.checked_sub(1).and_then(|index| self.numbers.get(index));
        number.copied().with_context(|| format!("the shop refuses line {line} of {}", self.numbers.len()))
    }
}

#[derive(Deserialize)]
struct Outcome {
    imported: u64,
    #[serde(default)]
    errors: Vec<LineError>,
}

#[derive(Deserialize)]
struct LineError {
    line: usize,
    code: String,
    message: String,
}

/// The session of the staff account that imports.
pub(crate) enum Login<'a> {
    /// Of the local stack.
    Local(&'a StaffSession),
    /// Of any other account: its tokens, and since when.
    Other(Mutex<(Session, Stopwatch)>),
}

impl Login<'_> {
    /// A session that has just begun.
    pub(crate) fn new(session: Session) -> Self {
        Self::Other(Mutex::new((session, Stopwatch::start())))
    }

    /// A valid token. A second factor has no code for a second log-in, so a session is refreshed.
    pub(crate) fn token(&self, api: &Api) -> Result<String> {
        match self {
            Self::Local(session) => session.token(),
            Self::Other(session) => {
                let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                let (current, since) = &*session;
                if since.elapsed() + TOKEN_MARGIN > Duration::from_secs(current.expires_in) {
                    *session = (api.refresh(current).context("the session has ended")?, Stopwatch::start());
                }
                Ok(session.0.token.clone())
            }
        }
    }

    /// Marks this token as expired, unless another worker has replaced it.
    fn forget(&self, token: &str) {
        match self {
            Self::Local(session) => session.forget(token),
            Self::Other(session) => {
                let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                if session.0.token == token {
                    session.0.expires_in = 0;
                }
            }
        }
    }
}

/// Sends as a staff account.
pub(crate) struct Sender<'a> {
    /// The shop.
    pub(crate) api: &'a Api,
    /// The session that sends.
    pub(crate) login: &'a Login<'a>,
}

impl Sender<'_> {
    /// Sends a chunk. Returns the number of imported products and the bad lines. An error ends the import.
    pub(crate) fn send(&self, chunk: &Chunk) -> Result<(u64, Vec<BadLine>)> {
        let mut problem = String::new();
        for attempt in 0..ATTEMPTS {
            let token = self.login.token(self.api)?;
            let retry_after = match self.api.import(&token, &chunk.body) {
                Ok((answer, _)) if answer.status == 401 => {
                    problem = answer.problem();
                    self.login.forget(&token);
                    None
                }
                Ok((answer, retry_after)) if answer.status == 429 || answer.status >= 500 => {
                    problem = answer.problem();
                    retry_after
                }
                Ok((answer, _)) => return outcome(&answer, chunk),
                Err(error) => {
                    problem = format!("{error:#}");
                    None
                }
            };
            if attempt + 1 < ATTEMPTS {
                interrupt::sleep_millis(wait_millis(attempt, retry_after, chunk.numbers[0]))?;
            }
        }
        bail!("POST /admin/imports failed {ATTEMPTS} times, the last time with: {problem}")
    }
}

/// Every line of a refused chunk is bad, except if the shop would refuse every other chunk too.
fn outcome(answer: &Response, chunk: &Chunk) -> Result<(u64, Vec<BadLine>)> {
    match answer.status {
        200 => {
            let outcome =
                Outcome::deserialize(&answer.body).context("POST /admin/imports returned an unexpected response")?;
            let bad = outcome.errors.into_iter().map(|error| {
                let reason = format!("{}: {}", error.code, error.message);
                Ok(BadLine { number: chunk.number_in_file(error.line)?, reason })
            });
            Ok((outcome.imported, bad.collect::<Result<_>>()?))
        }
        403..=405 => bail!("POST /admin/imports: {}", answer.problem()),
        _ => {
            let reason = format!("refused with the lines around it: {}", answer.problem());
            Ok((0, chunk.numbers.iter().map(|&number| BadLine { number, reason: reason.clone() }).collect()))
        }
    }
}

/// Doubles from a quarter of a second, with jitter so that workers spread out. At least as long as `Retry-After`.
fn wait_millis(attempt: u32, retry_after_seconds: Option<u64>, seed: u64) -> u64 {
    let longest = (250 << attempt).min(LONGEST_WAIT_MILLIS);
    let jittered = SeededRng::new(seed, u64::from(attempt)).between(longest / 2, longest);
    jittered.max(retry_after_seconds.unwrap_or(0).saturating_mul(1_000)).min(LONGEST_WAIT_MILLIS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chunk(numbers: &[u64]) -> Chunk {
        let mut chunk = Chunk::default();
        for &number in numbers {
            chunk.push(number, b"{}");
        }
        chunk
    }

    #[test]
    fn a_chunk_has_limits() {
        let full: Vec<u64> = (1..=200).collect();
        assert!(!chunk(&full).fits(b"{}"));
        assert!(chunk(&full[1..]).fits(b"{}"));
        assert!(!chunk(&[1]).fits(&vec![b'x'; CHUNK_BYTES]));
        assert!(chunk(&[]).fits(&vec![b'x'; CHUNK_BYTES]));
    }

    #[test]
    fn errors_have_the_number_in_the_file() {
        let body = json!({ "imported": 1, "errors": [{ "line": 2, "code": "invalid_price", "message": "negative" }] });
        let reported = outcome(&Response { status: 200, body }, &chunk(&[7, 9])).expect("an answer");
        assert_eq!(reported, (1, vec![BadLine { number: 9, reason: "invalid_price: negative".to_owned() }]));
        let body = json!({ "imported": 1, "errors": [{ "line": 3, "code": "c", "message": "m" }] });
        assert!(outcome(&Response { status: 200, body }, &chunk(&[7, 9])).is_err());
    }

    #[test]
    fn a_refused_chunk_is_reported_line_by_line_and_a_refused_caller_ends_the_import() {
        let refused = |status| outcome(&Response { status, body: json!({ "code": "too_large" }) }, &chunk(&[7, 9]));
        let (imported, bad) = refused(413).expect("the next chunk may be good");
        assert_eq!((imported, bad[0].number, bad[1].number), (0, 7, 9));
        assert!(refused(403).is_err());
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        for attempt in 0..ATTEMPTS {
            let wait = wait_millis(attempt, None, 1);
            assert!((125..=LONGEST_WAIT_MILLIS).contains(&wait), "{wait}");
        }
        assert_eq!(wait_millis(0, Some(3), 1), 3_000);
        assert_eq!(wait_millis(0, Some(u64::MAX), 1), LONGEST_WAIT_MILLIS);
    }
}
