//! Access tokens: JWTs (RFC 7519, in the profile of RFC 9068) signed with Ed25519 (`EdDSA`, RFC 8037).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use souk_domain::account::CallerKind;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{SessionId, UserId};
use souk_domain::signing_key::VerificationKey;

use crate::cached::Cached;
use crate::keys::{
    KeyError, MISSING_KEY_SECONDS, REREAD_SECONDS, SigningKeySource, SigningKeys, VerificationKeySource,
};

/// How long an access token is valid.
pub const ACCESS_TOKEN_SECONDS: i64 = 15 * 60;

const ISSUER: &str = "souk";
const AUDIENCE: &str = "souk/api";
/// The type of an access token (RFC 9068, section 2.1). No other signed document has it.
const TOKEN_TYPE: &str = "at+jwt";
/// Maximum length of a token that is parsed. The shop's own tokens have less than 600 bytes.
const MAX_TOKEN_BYTES: usize = 2048;
/// Allowed difference between the clocks of two machines.
const LEEWAY_SECONDS: i64 = 5;

/// The identity in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account, or the guest.
    pub user_id: UserId,
    /// The session that the token belongs to.
    pub session_id: SessionId,
    /// Whether it is an account.
    pub kind: CallerKind,
}

/// Why a token is rejected.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It has expired, or its key has ended: the client has to refresh it.
    #[error("the token has expired")]
    Expired,
    /// It was not issued here, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// Its key is unknown, and the keys could not be read again.
    #[error("the token's key is not known: {0}")]
    UnknownKey(#[source] KeyError),
}

/// The claims of a token; all are required.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    kind: CallerKind,
    /// In seconds, as `exp`.
    iat: i64,
    exp: i64,
    jti: String,
}

/// Issues access tokens. It holds private keys.
pub struct AccessTokenIssuer {
    source: Box<dyn SigningKeySource>,
    keys: Cached<SigningKeys>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl AccessTokenIssuer {
    /// Reads the keys; later they are read again every minute.
    pub async fn load(
        source: impl SigningKeySource + 'static,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyError> {
        let read_at = clock.now();
        let keys = Cached::new(source.read().await?, read_at);
        Ok(Self { source: Box::new(source), keys, clock, random })
    }

    /// Issues a token that is valid for [`ACCESS_TOKEN_SECONDS`].
    pub async fn issue(&self, caller: &Caller) -> Result<String, KeyError> {
        // If the keys cannot be read, the known ones are used: a change is planned two reads ahead.
        let _ = self.refresh_keys(REREAD_SECONDS).await;
        if self.keys.get().signing_at(self.clock.now().as_seconds()).is_none() {
            self.refresh_keys(MISSING_KEY_SECONDS).await?;
        }
        // One time for both: verifiers check that the key signed at the time of issue.
        let issued_at = self.clock.now().as_seconds();
        let keys = self.keys.get();
        let key = keys.signing_at(issued_at).ok_or(KeyError::NoSigningKey)?;
        let header =
            Header { typ: Some(TOKEN_TYPE.to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = self.claims(caller, issued_at);
        encode(&header, &claims, &key.private).map_err(|_| KeyError::Malformed("the key cannot sign"))
    }

    fn claims(&self, caller: &Caller, issued_at: i64) -> Claims {
        let mut token_id = [0; 16];
        self.random.fill(&mut token_id);
        Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: caller.user_id.clone(),
            sid: caller.session_id.clone(),
            kind: caller.kind,
            iat: issued_at,
            exp: issued_at + ACCESS_TOKEN_SECONDS,
            jti: URL_SAFE_NO_PAD.encode(token_id),
        }
    }

    async fn refresh_keys(&self, interval_seconds: i64) -> Result<(), KeyError> {
        self.keys.refresh(&*self.clock, interval_seconds, || self.source.read()).await
    }
}

/// Verifies access tokens. It holds public keys only.
pub struct AccessTokenVerifier {
    source: Box<dyn VerificationKeySource>,
    keys: Cached<VerificationKeys>,
    clock: Arc<dyn Clock>,
}

struct VerificationKeys(HashMap<String, (VerificationKey, DecodingKey)>);

impl VerificationKeys {
    async fn read(source: &dyn VerificationKeySource) -> Result<Self, KeyError> {
        let keys = source.read().await?.into_iter().filter_map(|key| {
            // A damaged key is left out, and the others stay in use.
            let decoding = DecodingKey::from_ed_components(&key.x).ok()?;
            Some((key.kid.clone(), (key, decoding)))
        });
        Ok(Self(keys.collect()))
    }
}

impl AccessTokenVerifier {
    /// Reads the keys; later they are read again every minute, and sooner for an unknown `kid`.
    pub async fn load(source: impl VerificationKeySource + 'static, clock: Arc<dyn Clock>) -> Result<Self, KeyError> {
        let read_at = clock.now();
        let keys = Cached::new(VerificationKeys::read(&source).await?, read_at);
        Ok(Self { source: Box::new(source), keys, clock })
    }

    /// Verifies a token and returns its identity.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        let kid = key_id(token)?;
        // If the keys cannot be read, the known ones are used.
        let _ = self.refresh_keys(REREAD_SECONDS).await;
        let mut keys = self.keys.get();
        if !keys.0.contains_key(&kid) {
            // Most likely the token is invalid, but it may also be signed with a new key.
            self.refresh_keys(MISSING_KEY_SECONDS).await.map_err(TokenError::UnknownKey)?;
            keys = self.keys.get();
        }
        let (key, decoding) = keys.0.get(&kid).ok_or(TokenError::Invalid)?;
        let claims = verified(token, decoding)?;
        check_times(&claims, key, self.clock.now().as_seconds())?;
        Ok(Caller { user_id: claims.sub, session_id: claims.sid, kind: claims.kind })
    }

    async fn refresh_keys(&self, interval_seconds: i64) -> Result<(), KeyError> {
        let read = || Box::pin(VerificationKeys::read(&*self.source)) as _;
        self.keys.refresh(&*self.clock, interval_seconds, read).await
    }
}

/// The key id of a token with the header of an access token. Keys in the header (`jwk`, `jku`, `x5c`, …) are ignored.
fn key_id(token: &str) -> Result<String, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::Invalid);
    }
    let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
    // `crit` names extensions that must be understood (RFC 7515, section 4.1.11); none is.
    let is_access_token =
        header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TOKEN_TYPE) && header.crit.is_none();
    header.kid.filter(|_| is_access_token).ok_or(TokenError::Invalid)
}

/// The claims of a token that this key signed.
fn verified(token: &str, key: &DecodingKey) -> Result<Claims, TokenError> {
    // The algorithm is fixed, whatever the token names.
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
    // Checked later, because the library uses the system clock.
    validation.validate_exp = false;
    decode::<Claims>(token, key, &validation).map(|token| token.claims).map_err(|_| TokenError::Invalid)
}

fn check_times(claims: &Claims, key: &VerificationKey, now: i64) -> Result<(), TokenError> {
    let lifetime = claims.exp.checked_sub(claims.iat);
    let is_plausible = lifetime.is_some_and(|seconds| (1..=ACCESS_TOKEN_SECONDS).contains(&seconds))
        && claims.iat <= now + LEEWAY_SECONDS
        && key.signs_at(claims.iat);
    if !is_plausible {
        return Err(TokenError::Invalid);
    }
    if claims.exp <= now - LEEWAY_SECONDS || key.has_ended(now) {
        return Err(TokenError::Expired);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
