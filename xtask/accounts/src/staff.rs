//! The session of the staff account of a local stack.
//!
//! A code of the second factor works once, and many programs work with one stack: `up`, imports, the processes of a test
//! run. So they share one session in a file of the stack's home, and only the first of them logs in. Each change of the
//! file happens under a lock, because a refresh token that is used twice ends the session.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ureq::Agent;

use crate::totp::{Authenticator, Code};
use crate::{Pause, agent, now};

/// The file with the session, beside stack.json.
pub const SESSION_FILE: &str = "staff-session.json";
/// The lock of that file.
const LOCK_FILE: &str = "staff-session.lock";
/// A read that only staff may do.
const STAFF_READ: &str = "/admin/synonyms";
/// The longest time that API Gateway allows for a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Attempts for a call that gets a 503, a second apart: a slow machine may need that long to start functions.
const CALL_ATTEMPTS: u32 = 30;
/// Log-ins until one gets a code that no other program has used.
const LOGIN_ATTEMPTS: u32 = 4;
/// A token that expires sooner is not handed out.
const TOKEN_MARGIN_SECONDS: u64 = 5 * 60;

/// The credentials of the staff account.
#[derive(Clone)]
pub struct StaffCredentials {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of the second factor, in base32.
    pub totp_secret: String,
}

/// The shared session of the staff account.
pub struct StaffSession {
    api_url: String,
    credentials: StaffCredentials,
    folder: PathBuf,
    agent: Agent,
    pause: Pause,
    /// The session that this program has checked.
    checked: Mutex<Option<Tokens>>,
}

/// The content of the file.
#[derive(Default, Serialize, Deserialize)]
struct State {
    /// The step of the latest code of the second factor.
    last_step: u64,
    tokens: Option<Tokens>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Tokens {
    token: String,
    refresh_token: String,
    /// In seconds since 1970.
    expires_at: u64,
}

impl Tokens {
    fn read(body: &Value) -> Result<Self> {
        let text = |name: &str| body[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        let expires_in = body["expires_in"].as_u64().context("no expires_in")?;
        let expires_at = now().as_secs() + expires_in;
        Ok(Self { token: text("token")?, refresh_token: text("refresh_token")?, expires_at })
    }

    fn is_fresh(&self) -> bool {
        self.expires_at > now().as_secs() + TOKEN_MARGIN_SECONDS
    }
}

impl StaffSession {
    /// The session of the staff account of the shop at this address, whose home is `folder`.
    pub fn new(api_url: &str, credentials: StaffCredentials, folder: &Path, pause: Pause) -> Self {
        let (api_url, folder) = (api_url.trim_end_matches('/').to_owned(), folder.to_owned());
        Self { api_url, credentials, folder, agent: agent(CALL_TIMEOUT), pause, checked: Mutex::default() }
    }

    /// A token that is valid for five minutes or longer. The first call of a program checks that staff may use it.
    pub fn token(&self) -> Result<String> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tokens) = checked.as_ref().filter(|tokens| tokens.is_fresh()) {
            return Ok(tokens.token.clone());
        }
        let _lock = self.lock()?;
        let mut state = self.read_state();
        let tokens = self.working_tokens(&mut state)?;
        *checked = Some(tokens.clone());
        Ok(tokens.token)
    }

    /// Forgets a token that the shop has refused.
    pub fn forget(&self, token: &str) {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.take_if(|tokens| tokens.token == token);
    }

    /// A code of the second factor that no program has used. Waits until the shop accepts it.
    pub fn code(&self) -> Result<Code> {
        let _lock = self.lock()?;
        self.next_code(&mut self.read_state())
    }

    /// Stores that codes up to this step were used, and forgets the stored tokens. No session ends.
    pub fn start_after(&self, last_step: u64) -> Result<()> {
        let _lock = self.lock()?;
        self.write(&State { last_step, tokens: None })
    }

    /// The tokens of the file if they work, else those of a refresh, else those of a log-in.
    fn working_tokens(&self, state: &mut State) -> Result<Tokens> {
        if let Some(tokens) = state.tokens.take() {
            if tokens.is_fresh() && self.staff_read(&tokens.token)?.0 == 200 {
                state.tokens = Some(tokens.clone());
                return Ok(tokens);
            }
            let (status, body) = self.post("/auth/refresh", &json!({"refresh_token": tokens.refresh_token}))?;
            if status == 200 {
                let tokens = Tokens::read(&body).context("the response of POST /auth/refresh")?;
                state.tokens = Some(tokens.clone());
                self.write(state)?;
                if self.staff_read(&tokens.token)?.0 == 200 {
                    return Ok(tokens);
                }
            }
        }
        let tokens = self.log_in(state)?;
        let (status, body) = self.staff_read(&tokens.token)?;
        if status != 200 {
            bail!("the staff account {} gets {status} {body} for GET {STAFF_READ}", self.credentials.email);
        }
        state.tokens = Some(tokens.clone());
        self.write(state)?;
        Ok(tokens)
    }

    fn log_in(&self, state: &mut State) -> Result<Tokens> {
        let StaffCredentials { email, password, .. } = &self.credentials;
        let mut refusal = String::new();
        for _ in 0..LOGIN_ATTEMPTS {
            let code = self.next_code(state)?.digits;
            let body = json!({"email": email, "password": password, "code": code});
            let (status, body) = self.post("/auth/login", &body)?;
            if status == 200 {
                return Tokens::read(&body).context("the response of POST /auth/login");
            }
            refusal = format!("{status} {body}");
            if body["code"] != "invalid_code" {
                break;
            }
        }
        bail!("the staff account {email} cannot log in: {refusal}")
    }

    /// The next code. The file is written first, so that no other program uses the code.
    fn next_code(&self, state: &mut State) -> Result<Code> {
        let mut authenticator = Authenticator::new(&self.credentials.totp_secret, state.last_step)?;
        let code = authenticator.next_code(self.pause)?;
        state.last_step = authenticator.last_step();
        self.write(state)?;
        Ok(code)
    }

    fn staff_read(&self, token: &str) -> Result<(u16, Value)> {
        let url = format!("{}{STAFF_READ}", self.api_url);
        self.until_available(|| {
            self.agent.get(&url).header("authorization", format!("Bearer {token}")).call().context("no response")
        })
        .with_context(|| format!("GET {url}"))
    }

    fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.api_url);
        self.until_available(|| {
            self.agent.post(&url).content_type("application/json").send(body.to_string()).context("no response")
        })
        .with_context(|| format!("POST {url}"))
    }

    /// Repeats a call while it gets a 503, up to a limit.
    fn until_available(&self, call: impl Fn() -> Result<ureq::http::Response<ureq::Body>>) -> Result<(u16, Value)> {
        let mut attempts = 0;
        loop {
            let mut response = call()?;
            let text = response.body_mut().read_to_string().context("the response was cut off")?;
            attempts += 1;
            if response.status() != 503 || attempts == CALL_ATTEMPTS {
                return Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()));
            }
            (self.pause)(Duration::from_secs(1))?;
        }
    }

    /// Locks the file until the value is dropped.
    fn lock(&self) -> Result<File> {
        let lock = File::create(self.folder.join(LOCK_FILE)).context("cannot create the lock of the staff session")?;
        lock.lock().context("cannot lock the staff session")?;
        Ok(lock)
    }

    /// A file that is missing or damaged costs one log-in.
    fn read_state(&self) -> State {
        let text = fs::read(self.folder.join(SESSION_FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Replaces the file. Only its owner may read it.
    fn write(&self, state: &State) -> Result<()> {
        let (file, partial) = (self.folder.join(SESSION_FILE), self.folder.join("staff-session.partial"));
        let write = || -> std::io::Result<()> {
            let text = serde_json::to_vec_pretty(state)?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600).open(&partial)?.write_all(&text)?;
            fs::rename(&partial, &file)
        };
        write().with_context(|| format!("cannot write {}", file.display()))
    }
}
