//! The staff account of a deployed local shop, and `cargo xtask code`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use souk_accounts::mail;
use souk_accounts::staff::{StaffCredentials, StaffSession};
use souk_accounts::totp::Authenticator;

use crate::api::{Api, Response};
use crate::aws::Aws;
use crate::clock::Stopwatch;
use crate::local::deploy;
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::stack::Stack;
use crate::{interrupt, random};

/// Its first address.
const EMAIL: &str = "staff@souk.example";
/// Its roles.
const ROLES: [&str; 1] = ["administrator"];
/// Addresses that are tried.
const ADDRESSES: u32 = 3;
/// How long the mail of a registration may take: a queue and the start of a function.
const MAIL_WAIT: Duration = Duration::from_mins(2);

/// An account with a verified address, a second factor and all permissions.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Staff {
    /// The address of the account.
    pub(crate) email: String,
    /// Its password.
    pub(crate) password: String,
    /// Its id.
    #[serde(default)]
    pub(crate) user_id: String,
    /// The secret of its second factor, in base32.
    #[serde(default)]
    pub(crate) totp_secret: String,
    /// Each of them replaces a code once. Empty until the second factor is set up.
    #[serde(default)]
    pub(crate) recovery_codes: Vec<String>,
}

impl Staff {
    /// The session that all programs share.
    pub(crate) fn session(&self, api_url: &str, paths: &Paths) -> StaffSession {
        let Self { email, password, totp_secret, .. } = self.clone();
        let credentials = StaffCredentials { email, password, totp_secret };
        StaffSession::new(api_url, credentials, &paths.home, interrupt::sleep)
    }

    fn write(&self, file: &Path) -> Result<()> {
        paths::write_whole(file, &serde_json::to_vec_pretty(self)?, true)
    }
}

/// Returns the staff account of an earlier `up` if it still works, otherwise a new one, and whether it is new.
pub(crate) fn ensure(api: &Api, aws: &Aws, paths: &Paths) -> Result<(Staff, bool)> {
    let mut phase = Phase::start("create a staff account");
    let file = paths.home.join("staff.json");
    let known = fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Staff>(&text).ok());
    let complete = known.as_ref().filter(|staff| !staff.recovery_codes.is_empty());
    if let Some(staff) = complete {
        let session = staff.session(api.url(), paths);
        if session.token().is_ok() || (grant(aws, staff).is_ok() && session.token().is_ok()) {
            phase.done(&format!("{} exists", staff.email));
            return Ok((staff.clone(), false));
        }
        interrupt::check()?;
    }
    let staff = create(known, &file, api, aws, paths, &mut phase)?;
    phase.done(&staff.email);
    Ok((staff, true))
}

/// Continues with an account whose second factor an earlier run did not set up.
fn create(known: Option<Staff>, file: &Path, api: &Api, aws: &Aws, paths: &Paths, phase: &mut Phase) -> Result<Staff> {
    let started = known.filter(|staff| !staff.user_id.is_empty());
    let (mut staff, token) = match started.and_then(|staff| Some((log_in(api, &staff)?, staff))) {
        Some((token, staff)) => (staff, token),
        None => claim_address(api, aws, phase)?,
    };
    staff.write(file)?;

    let body = json!({ "password": staff.password });
    let enrolment = expect(201, &api.post("/account/second-factor", &body, Some(&token))?)?;
    text(&enrolment, "secret")?.clone_into(&mut staff.totp_secret);
    let mut authenticator = Authenticator::new(&staff.totp_secret, 0)?;
    let code = json!({ "code": authenticator.next_code(interrupt::sleep)?.digits });
    let confirmed = expect(200, &api.post("/account/second-factor/confirm", &code, Some(&token))?)?;
    staff.recovery_codes = Vec::deserialize(&confirmed["recovery_codes"]).context("no recovery codes")?;
    staff.write(file)?;

    grant(aws, &staff)?;
    let session = staff.session(api.url(), paths);
    session.start_after(authenticator.last_step())?;
    session.token()?;
    Ok(staff)
}

/// The token of an account without a second factor; none if it cannot log in.
fn log_in(api: &Api, staff: &Staff) -> Option<String> {
    let response = api.login(&staff.email, &staff.password, None).ok()?;
    (response.status == 200).then(|| text(&response.body, "token").map(str::to_owned).ok())?
}

/// Registers an account and verifies its address by the mail. Uses another address if the first is taken, which happens
/// after its password was lost. Also returns a token.
fn claim_address(api: &Api, aws: &Aws, phase: &mut Phase) -> Result<(Staff, String)> {
    let password = random::hex(16)?;
    let mut email = EMAIL.to_owned();
    for _ in 0..ADDRESSES {
        let earlier = mail::to(aws.url(), &email)?.len();
        expect(201, &api.register(&email, &password)?)?;
        if let Some(token) = verification_token(&email, earlier, aws, phase)? {
            let body = json!({ "token": token, "password": password });
            let session = expect(200, &api.post("/auth/verification/confirm", &body, None)?)?;
            let (user_id, token) = (text(&session, "user_id")?.to_owned(), text(&session, "token")?.to_owned());
            let (totp_secret, recovery_codes) = (String::new(), Vec::new());
            return Ok((Staff { email, password, user_id, totp_secret, recovery_codes }, token));
        }
        email = format!("staff-{}@souk.example", random::hex(4)?);
    }
    bail!("no free address for the staff account")
}

/// Waits for a mail after the earlier ones. It has no token if the address has an account.
fn verification_token(email: &str, earlier: usize, aws: &Aws, phase: &mut Phase) -> Result<Option<String>> {
    let waiting = Stopwatch::start();
    loop {
        if let Some(mail) = mail::to(aws.url(), email)?.get(earlier) {
            return Ok(mail.token().map(str::to_owned));
        }
        if waiting.elapsed() > MAIL_WAIT {
            bail!("no mail came to {email} within {}", waiting.text());
        }
        phase.tick("wait for the mail with the link");
        interrupt::sleep_millis(200)?;
    }
}

fn grant(aws: &Aws, staff: &Staff) -> Result<()> {
    let function = format!("{}-grant-roles", deploy::STACK);
    aws.invoke(&function, &json!({ "user_id": staff.user_id, "roles": ROLES })).map(drop)
}

fn expect(status: u16, response: &Response) -> Result<Value> {
    if response.status != status {
        bail!("the staff account cannot be created: {}", response.problem());
    }
    Ok(response.body.clone())
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str> {
    body[name].as_str().with_context(|| format!("the response has no {name}"))
}

/// Prints a code of the staff account's second factor that was not used.
pub(crate) fn print_code(paths: &Paths) -> Result<()> {
    let stack = Stack::read(&paths.home.join("stack.json"))?;
    let code = stack.staff_session(paths).code()?;
    println!("{}", code.digits);
    eprintln!("for one log-in within {} s as {}", code.valid_for().as_secs(), stack.staff_email);
    Ok(())
}
