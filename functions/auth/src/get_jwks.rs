//! `GET /.well-known/jwks.json`: the public keys that verify access tokens, as a JSON Web Key set (RFC 7517).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Clock;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::VerificationKeys;

/// Seconds that a copy may be used. A new key is published two minutes before it signs, so such a copy has every key.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-jwks", "GET /.well-known/jwks.json", Caller::Anyone, Tag::Contract)
        .summary("Publishes the keys that verify access tokens")
        .description(
            "For services of the shop that verify access tokens themselves: `EdDSA`, `iss` is `souk`, `aud` is \
             `souk/api`. Read it again every minute, and when a token has an unknown `kid`. A key that is no longer \
             listed no longer counts.",
        )
        .answers_cacheable::<JwksResponse>("The keys.")
}

/// A JSON Web Key set.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JsonWebKeySet")]
pub struct JwksResponse {
    /// The keys.
    keys: Vec<JwkResponse>,
}

/// A public key.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JsonWebKey")]
pub struct JwkResponse {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// The public key in base64url.
    x: String,
    /// The id of the key: its thumbprint (RFC 7638).
    kid: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    key_use: &'static str,
    /// Always `EdDSA`.
    alg: &'static str,
}

/// Publishes the keys.
pub struct GetJwks {
    /// The table of keys.
    pub keys: VerificationKeys,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl GetJwks {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { keys: deps.verification_keys()?, clock: deps.clock() })
    }
}

impl Endpoint for GetJwks {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        let now = self.clock.now().as_seconds();
        let mut keys = self.keys.list().await?;
        keys.retain(|key| !key.has_ended(now));
        keys.sort_by(|a, b| (a.not_before, &a.kid).cmp(&(b.not_before, &b.kid)));
        let keys = keys.iter().map(|key| {
            let jwk = key.jwk();
            JwkResponse {
                kty: jwk.kty,
                crv: jwk.crv,
                x: jwk.x.to_owned(),
                kid: jwk.kid.to_owned(),
                key_use: jwk.key_use,
                alg: jwk.alg,
            }
        });
        Ok(Reply::ok(&JwksResponse { keys: keys.collect() }).cacheable(CACHE_SECONDS))
    }
}
