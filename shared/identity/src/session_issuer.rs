//! Starts sessions and answers with their tokens.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_auth::{ACCESS_TOKEN_SECONDS, AccessTokenIssuer, Caller, RefreshTokens};
use souk_domain::account::CallerKind;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{SessionId, UserId};
use souk_domain::time::Timestamp;
use souk_runtime::http::{Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{
    CreateSessionOutcome, Credential, Credentials, Registration, Registrations, Session, Sessions, StaffGrant,
    StaffSession,
};

/// How long a session lasts after its last refresh.
const IDLE_SECONDS: i64 = 30 * DAY_SECONDS;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How long a session has the permissions of staff. Afterwards it has those of a shopper.
const STAFF_SECONDS: i64 = 12 * 60 * 60;
/// Longest name of a device in the list of sessions, in characters.
const MAX_DEVICE_CHARS: usize = 120;

/// Starts sessions and answers with their tokens.
pub struct SessionIssuer {
    /// The sessions table.
    pub sessions: Sessions,
    /// Issues access tokens.
    pub access_tokens: AccessTokenIssuer,
    /// Issues refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of ids.
    pub random: Arc<dyn Random>,
    /// After how many days a session ends, however often it is refreshed.
    pub max_days: i64,
}

/// An account that has proved who it is.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// Its credentials as they were checked.
    pub credential: &'a Credential,
    /// Its staff grant, if it has one.
    pub grant: Option<&'a StaffGrant>,
    /// Whether a second factor was checked.
    pub has_second_factor: bool,
    /// The token that makes its device known.
    pub device_token: Option<&'a str>,
}

/// A session: the access token for requests, and the refresh token for the next pair of tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub struct SessionResponse<'a> {
    /// The access token. Send it as `Authorization: Bearer <token>`.
    token: &'a str,
    /// Always `Bearer`.
    #[schemars(extend("const" = "Bearer"))]
    token_type: &'static str,
    /// The id of the account or of the guest.
    user_id: &'a str,
    /// `shopper` for an account whose address is verified, otherwise `guest`.
    #[schemars(extend("enum" = [CallerKind::Guest.as_str(), CallerKind::Shopper.as_str()]))]
    kind: &'static str,
    /// Exchange it for the next pair of tokens at `POST /auth/refresh`. It expires after 30 days without a refresh.
    refresh_token: &'a str,
    /// Lifetime of `token`, in seconds.
    #[schemars(range(min = 1))]
    expires_in: i64,
    /// After a log-in or a verification: send it with the next log-in of this account on this device, also after a
    /// log-out. Then wrong passwords from elsewhere do not count for the device. It is valid for 180 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip_serializing_if = "Option::is_none")]
    device_token: Option<&'a str>,
}

impl SessionIssuer {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            sessions: deps.sessions()?,
            access_tokens: crate::access_token_issuer(deps).await?,
            refresh_tokens: crate::refresh_tokens(deps).await?,
            clock: deps.clock(),
            random: deps.random(),
            max_days: deps.config().parsed("SESSION_MAX_DAYS", 90)?,
        })
    }

    /// Starts a session of a guest.
    pub async fn open_for_guest(&self, status: u16, user_id: UserId, request: &Request) -> Result<Reply, Problem> {
        let session = self.new_session(user_id, CallerKind::Guest, request);
        self.sessions.create(&session).await?;
        self.response(status, &session).await
    }

    /// Starts a session of an account whose address is pending. It ends with the registration. `None`: the registration
    /// has ended since it was read, and nothing was started.
    pub async fn open_for_registration(
        &self,
        status: u16,
        registrations: &Registrations,
        registration: &Registration,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        let session = self.new_session(registration.user_id.clone(), CallerKind::Guest, request);
        let session = Session {
            pending_email: Some(registration.email.clone()),
            expires_at: session.expires_at.min(registration.expires_at),
            ..session
        };
        let (email, now) = (&registration.email, self.clock.now());
        if !registrations.create_session(&self.sessions, &session, email, now).await? {
            return Ok(None);
        }
        self.response(status, &session).await.map(Some)
    }

    /// Starts a session of an account. `None`: its credentials were changed since they were checked, and nothing was
    /// started.
    pub async fn open_for_account(
        &self,
        status: u16,
        credentials: &Credentials,
        account: Account<'_>,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        let now = self.clock.now();
        let staff_until = now.plus_seconds(STAFF_SECONDS);
        let staff = account.grant.filter(|grant| grant.is_active(now)).map(|grant| StaffSession {
            permissions: grant.permissions(now),
            expires_at: Some(grant.expires_at.map_or(staff_until, |end| end.min(staff_until))),
        });
        let session = Session {
            staff,
            second_factor: account.has_second_factor,
            ..self.new_session(account.credential.user_id.clone(), CallerKind::Shopper, request)
        };
        match self.sessions.create_for_account(&session, credentials, &account.credential.reference()).await? {
            CreateSessionOutcome::Created => self.response_with(status, &session, account.device_token).await.map(Some),
            CreateSessionOutcome::CredentialsChanged => Ok(None),
        }
    }

    /// The response with a pair of tokens of a session.
    pub async fn response(&self, status: u16, session: &Session) -> Result<Reply, Problem> {
        self.response_with(status, session, None).await
    }

    async fn response_with(
        &self,
        status: u16,
        session: &Session,
        device_token: Option<&str>,
    ) -> Result<Reply, Problem> {
        let caller =
            Caller { user_id: session.user_id.clone(), session_id: session.session_id.clone(), kind: session.kind };
        let token = self.access_tokens.issue(&caller).await.map_err(Problem::internal)?;
        let refresh = self.refresh_tokens.issue(&session.user_id, &session.session_id, session.rotation);
        let body = SessionResponse {
            token: &token,
            token_type: "Bearer",
            user_id: session.user_id.as_str(),
            kind: session.kind.as_str(),
            refresh_token: &refresh,
            expires_in: ACCESS_TOKEN_SECONDS,
            device_token,
        };
        Ok(Reply::json(status, &body))
    }

    /// The end of a session that began at `created_at` and is refreshed now: after 30 days, or when it is `max_days`
    /// old.
    pub fn expiry(&self, created_at: Timestamp, now: Timestamp) -> Timestamp {
        let oldest = created_at.plus_seconds(self.max_days.saturating_mul(DAY_SECONDS));
        now.plus_seconds(IDLE_SECONDS).min(oldest)
    }

    fn new_session(&self, user_id: UserId, kind: CallerKind, request: &Request) -> Session {
        let now = self.clock.now();
        Session {
            user_id,
            session_id: SessionId::new(now, &*self.random),
            kind,
            created_at: now,
            expires_at: self.expiry(now, now).as_seconds(),
            rotation: 0,
            rotated_at: now,
            device: device(request),
            pending_email: None,
            staff: None,
            second_factor: false,
        }
    }
}

/// The `User-Agent` of a request without control characters, cut to [`MAX_DEVICE_CHARS`].
fn device(request: &Request) -> Option<String> {
    let agent: String =
        request.header("user-agent")?.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARS).collect();
    Some(agent).filter(|agent| !agent.is_empty())
}
