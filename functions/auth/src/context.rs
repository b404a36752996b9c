//! Shared by the functions that start, refresh and end sessions.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_auth::{
    ACCESS_TOKEN_SECONDS, AccessTokens, Caller, KeyError, REFRESH_TOKEN_SECONDS, RefreshToken, SecretKeys,
};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::FamilyId;
use souk_runtime::http::{Problem, Reply};
use souk_runtime::{Dependencies, Error};
use souk_store::{Session, Sessions};

/// Dependencies of session functions: issues access and refresh tokens.
pub struct SessionContext {
    /// The sessions table.
    pub sessions: Sessions,
    /// Signs access tokens.
    pub tokens: AccessTokens,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and token secrets.
    pub random: Arc<dyn Random>,
}

/// A session: the access token for requests, and the refresh token for the next pair of tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionResponse<'a> {
    /// The access token. Send it as `Authorization: Bearer <token>`.
    token: &'a str,
    /// Always `Bearer`.
    #[schemars(extend("const" = "Bearer"))]
    token_type: &'static str,
    /// The id of the account.
    user_id: &'a str,
    /// Exchange it for the next pair of tokens at `POST /auth/refresh`, once. It expires after 30 days.
    refresh_token: &'a str,
    /// Lifetime of `token`, in seconds.
    #[schemars(range(min = 1))]
    expires_in: i64,
}

/// Reads the signing keys from the environment.
pub async fn access_tokens(deps: &Dependencies) -> Result<AccessTokens, Error> {
    let client = aws_sdk_secretsmanager::Client::new(deps.sdk());
    let keys = SecretKeys::new(client, deps.config().text("SIGNING_KEY_SECRET")?);
    Ok(AccessTokens::load(keys, deps.clock(), deps.random()).await?)
}

impl SessionContext {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let tokens = access_tokens(deps).await?;
        Ok(Self { sessions: deps.sessions()?, tokens, clock: deps.clock(), random: deps.random() })
    }

    /// Opens a session for an authenticated user and returns its first pair of tokens.
    pub(crate) async fn open_session(&self, status: u16, caller: &Caller) -> Result<Reply, Problem> {
        let now = self.clock.now();
        let family_id = FamilyId::new(now, &*self.random);
        let refresh_token = RefreshToken::new(family_id.clone(), &*self.random);
        let session = Session {
            family_id,
            user_id: caller.user_id.clone(),
            token_hash: refresh_token.hash(),
            rotations: 0,
            created_at: now,
            expires_at: now.plus_seconds(REFRESH_TOKEN_SECONDS).as_seconds(),
        };
        self.sessions.create(&session).await?;
        self.session_response(status, caller, &refresh_token)
    }

    /// The response with a pair of tokens.
    pub(crate) fn session_response(
        &self,
        status: u16,
        caller: &Caller,
        refresh: &RefreshToken,
    ) -> Result<Reply, Problem> {
        let token = self.tokens.issue(caller).map_err(|error: KeyError| Problem::internal(error))?;
        let body = SessionResponse {
            token: &token,
            token_type: "Bearer",
            user_id: caller.user_id.as_str(),
            refresh_token: &refresh.expose(),
            expires_in: ACCESS_TOKEN_SECONDS,
        };
        Ok(Reply::json(status, &body))
    }
}
