//! Access tokens: JWTs (RFC 7519) signed with Ed25519 (`EdDSA`, RFC 8037).

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use souk_domain::account::Role;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::keys::{KeyError, KeySet, KeySource, SigningKey};

/// How long an access token is valid.
pub const ACCESS_TOKEN_SECONDS: i64 = 15 * 60;

const ISSUER: &str = "souk";
/// Allowed difference between the clocks of two machines.
const LEEWAY_SECONDS: i64 = 5;
/// Minimum interval between two reads of the keys because of an unknown `kid`: anyone can send an invented `kid`.
const RELOAD_INTERVAL_SECONDS: i64 = 60;

/// The identity in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
    /// Role when the token was issued.
    pub role: Role,
}

/// Why a token is rejected.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It has expired: the client has to refresh it.
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
    sub: UserId,
    role: Role,
    /// In seconds, as `exp`.
    iat: i64,
    exp: i64,
    iss: String,
    jti: String,
}

/// Issues and verifies access tokens.
pub struct AccessTokens {
    source: Box<dyn KeySource>,
    keys: RwLock<Keys>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

struct Keys {
    set: Arc<KeySet>,
    read_at: Timestamp,
}

impl AccessTokens {
    /// Reads the keys once; later they are read again only for an unknown `kid`.
    pub async fn load(
        source: impl KeySource + 'static,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyError> {
        let set = Arc::new(source.read().await?);
        let keys = RwLock::new(Keys { set, read_at: clock.now() });
        Ok(Self { source: Box::new(source), keys, clock, random })
    }

    /// Issues a token that is valid for [`ACCESS_TOKEN_SECONDS`].
    pub fn issue(&self, caller: &Caller) -> Result<String, KeyError> {
        let issued_at = self.clock.now().as_seconds();
        let mut token_id = [0; 16];
        self.random.fill(&mut token_id);
        let claims = Claims {
            sub: caller.user_id.clone(),
            role: caller.role,
            iat: issued_at,
            exp: issued_at + ACCESS_TOKEN_SECONDS,
            iss: ISSUER.to_owned(),
            jti: URL_SAFE_NO_PAD.encode(token_id),
        };
        let key = &self.keys().current;
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &key.private).map_err(|_| KeyError::Malformed("the key cannot sign"))
    }

    /// Verifies a token and returns its identity.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        let kid = decode_header(token).ok().and_then(|header| header.kid).ok_or(TokenError::Invalid)?;
        let mut keys = self.keys();
        if keys.find(&kid).is_none() {
            // Most likely an invalid token, but a new key after a rotation looks the same.
            self.reload().await.map_err(TokenError::UnknownKey)?;
            keys = self.keys();
        }
        let claims = verified(token, keys.find(&kid).ok_or(TokenError::Invalid)?)?;
        // Checked here, because the library uses the system clock.
        if claims.exp <= self.clock.now().as_seconds() - LEEWAY_SECONDS {
            return Err(TokenError::Expired);
        }
        Ok(Caller { user_id: claims.sub, role: claims.role })
    }

    fn keys(&self) -> Arc<KeySet> {
        // No holder of the lock can panic in the middle of a change.
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner).set)
    }

    /// Reads the keys again, unless they were read recently.
    async fn reload(&self) -> Result<(), KeyError> {
        let now = self.clock.now();
        {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            if now < keys.read_at.plus_seconds(RELOAD_INTERVAL_SECONDS) {
                return Ok(());
            }
            // Set before the read, so that the interval also applies after a failed read.
            keys.read_at = now;
        }
        let set = Arc::new(self.source.read().await?);
        self.keys.write().unwrap_or_else(PoisonError::into_inner).set = set;
        Ok(())
    }
}

/// The claims of a token that this key signed.
fn verified(token: &str, key: &SigningKey) -> Result<Claims, TokenError> {
    // One fixed algorithm: the algorithm in the token is ignored.
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    validation.validate_exp = false;
    match decode::<Claims>(token, &key.public, &validation) {
        Ok(token) => Ok(token.claims),
        Err(error) => match error.kind() {
            ErrorKind::ExpiredSignature => Err(TokenError::Expired),
            _ => Err(TokenError::Invalid),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use jsonwebtoken::EncodingKey;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use souk_testkit::{FixedClock, SeededRandom, user};

    use super::*;
    use crate::keys::KeyFuture;

    fn key(kid: &str) -> SigningKey {
        SigningKey::from_secret(&format!(r#"{{"kid":"{kid}","seed":"{}"}}"#, kid.repeat(64))).expect("a key")
    }

    /// A secret that tests rotate.
    #[derive(Clone)]
    struct Secret(Arc<(Mutex<Option<KeySet>>, AtomicU32)>);

    impl Secret {
        fn new() -> Self {
            let first = KeySet { current: key("a"), previous: None };
            Self(Arc::new((Mutex::new(Some(first)), AtomicU32::new(0))))
        }

        fn rotate(&self, kid: &str) {
            let mut keys = self.0.0.lock().expect("a lock");
            let previous = keys.take().map(|keys| keys.current);
            *keys = Some(KeySet { current: key(kid), previous });
        }

        fn make_unavailable(&self) {
            *self.0.0.lock().expect("a lock") = None;
        }

        fn reads(&self) -> u32 {
            self.0.1.load(Ordering::SeqCst)
        }
    }

    impl KeySource for Secret {
        fn read(&self) -> KeyFuture<'_> {
            Box::pin(async {
                self.0.1.fetch_add(1, Ordering::SeqCst);
                let keys = self.0.0.lock().expect("a lock").clone();
                keys.ok_or_else(|| KeyError::Unavailable("down".to_owned()))
            })
        }
    }

    struct Fixture {
        secret: Secret,
        clock: Arc<FixedClock>,
        tokens: AccessTokens,
    }

    impl Fixture {
        async fn start() -> Self {
            let (secret, clock) = (Secret::new(), Arc::new(FixedClock::new()));
            let tokens = Self::tokens(&secret, &clock).await;
            Self { secret, clock, tokens }
        }

        /// The tokens of another function that starts now.
        async fn tokens(secret: &Secret, clock: &Arc<FixedClock>) -> AccessTokens {
            let random = Arc::new(SeededRandom::new(1));
            AccessTokens::load(secret.clone(), clock.clone(), random).await.expect("keys")
        }

        fn claims(&self) -> Value {
            let now = self.clock.now().as_seconds();
            json!({"sub": user(1), "role": "staff", "iat": now, "exp": now + 900, "iss": "souk", "jti": "1"})
        }

        async fn refused(&self, token: &str) {
            let outcome = self.tokens.verify(token).await;
            assert!(matches!(outcome, Err(TokenError::Invalid)), "{outcome:?} for {token}");
        }
    }

    fn shopper() -> Caller {
        Caller { user_id: user(1), role: Role::Shopper }
    }

    fn signed(header: &Header, claims: &Value, private: &EncodingKey) -> String {
        encode(header, claims, private).expect("signed")
    }

    fn header(kid: &str) -> Header {
        Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) }
    }

    #[tokio::test]
    async fn a_token_identifies_its_caller_until_it_expires() {
        let f = Fixture::start().await;
        let token = f.tokens.issue(&shopper()).expect("issued");
        assert_ne!(token, f.tokens.issue(&shopper()).expect("issued"), "every token has an id of its own");
        assert_eq!(f.tokens.verify(&token).await.expect("valid"), shopper());
        f.clock.advance_seconds(ACCESS_TOKEN_SECONDS + LEEWAY_SECONDS - 1);
        assert!(f.tokens.verify(&token).await.is_ok());
        f.clock.advance_seconds(1);
        assert!(matches!(f.tokens.verify(&token).await, Err(TokenError::Expired)));
    }

    #[tokio::test]
    async fn a_token_has_the_documented_form() {
        let f = Fixture::start().await;
        let token = f.tokens.issue(&shopper()).expect("issued");
        let parts: Vec<&str> = token.split('.').collect();
        let part = |n: usize| -> Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[n]).expect("base64url")).expect("JSON")
        };
        assert_eq!(part(0), json!({"typ": "JWT", "alg": "EdDSA", "kid": "a"}));
        let mut claims = part(1);
        let jti = claims.as_object_mut().and_then(|claims| claims.remove("jti"));
        assert_eq!(jti.and_then(|jti| jti.as_str().map(str::len)), Some(22));
        let now = f.clock.now().as_seconds();
        assert_eq!(claims, json!({"sub": user(1), "role": "shopper", "iat": now, "exp": now + 900, "iss": "souk"}));
    }

    #[tokio::test]
    async fn a_foreign_key_is_rejected() {
        let f = Fixture::start().await;
        let claims = f.claims();
        assert!(f.tokens.verify(&signed(&header("a"), &claims, &key("a").private)).await.is_ok());
        f.refused(&signed(&header("a"), &claims, &key("b").private)).await;
        f.refused(&signed(&header("b"), &claims, &key("b").private)).await;
        f.refused(&signed(&Header::new(Algorithm::EdDSA), &claims, &key("a").private)).await;
    }

    #[tokio::test]
    async fn the_algorithm_in_the_token_is_ignored() {
        let f = Fixture::start().await;
        let claims = f.claims();
        // A known attack: the public key, which is not secret, as the secret of an HMAC.
        let public = key("a").public;
        let secret = EncodingKey::from_secret(public.try_get_as_bytes().expect("bytes"));
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let header = Header { kid: Some("a".to_owned()), ..Header::new(algorithm) };
            f.refused(&signed(&header, &claims, &secret)).await;
        }
        let good = signed(&header("a"), &claims, &key("a").private);
        let (_, rest) = good.split_once('.').expect("three parts");
        let (payload, signature) = rest.split_once('.').expect("three parts");
        for algorithm in ["none", "None", "HS256", "ES256", ""] {
            let header = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "typ": "JWT", "kid": "a"}).to_string());
            f.refused(&format!("{header}.{payload}.{signature}")).await;
            f.refused(&format!("{header}.{payload}.")).await;
        }
    }

    #[tokio::test]
    async fn a_changed_token_is_rejected() {
        let f = Fixture::start().await;
        let good = f.tokens.issue(&shopper()).expect("issued");
        let parts: Vec<&str> = good.split('.').collect();
        let staff = URL_SAFE_NO_PAD.encode(f.claims().to_string());
        f.refused(&format!("{}.{staff}.{}", parts[0], parts[2])).await;
        f.refused(&format!("{}.{}.{}", parts[0], parts[1], &parts[2][..parts[2].len() - 4])).await;
        f.refused(&format!("{}.{}.", parts[0], parts[1])).await;
        f.refused(&format!("{}.{}", parts[0], parts[1])).await;
        f.refused(&format!("{good}.x")).await;
        for nonsense in ["", ".", "..", "...", "a.b.c", "Bearer", "\u{0}.\u{0}.\u{0}"] {
            f.refused(nonsense).await;
        }
    }

    #[tokio::test]
    async fn every_claim_is_required_and_checked() {
        let f = Fixture::start().await;
        for name in ["sub", "role", "iat", "exp", "iss", "jti"] {
            let mut claims = f.claims();
            claims.as_object_mut().expect("an object").remove(name);
            f.refused(&signed(&header("a"), &claims, &key("a").private)).await;
        }
        let wrong =
            [("sub", json!("nobody")), ("role", json!("owner")), ("iss", json!("else")), ("exp", json!("soon"))];
        for (name, value) in wrong {
            let mut claims = f.claims();
            claims[name] = value;
            f.refused(&signed(&header("a"), &claims, &key("a").private)).await;
        }
        let mut forever = f.claims();
        forever["exp"] = json!(i64::MAX);
        let token = signed(&header("a"), &forever, &key("a").private);
        assert!(f.tokens.verify(&token).await.is_ok(), "no overflow");
    }

    #[tokio::test]
    async fn rotation_overlaps() {
        let f = Fixture::start().await;
        let before = f.tokens.issue(&shopper()).expect("issued");
        f.clock.advance_seconds(RELOAD_INTERVAL_SECONDS);
        f.secret.rotate("b");
        let started_after = Fixture::tokens(&f.secret, &f.clock).await;
        let after = started_after.issue(&shopper()).expect("issued");
        assert!(f.tokens.verify(&after).await.is_ok(), "an older function learns the new key");
        assert!(f.tokens.verify(&before).await.is_ok(), "and still takes the older one");
        assert!(started_after.verify(&before).await.is_ok());
        assert_eq!(
            decode_header(f.tokens.issue(&shopper()).expect("issued")).expect("a header").kid.as_deref(),
            Some("b")
        );
        f.secret.rotate("c");
        let started_last = Fixture::tokens(&f.secret, &f.clock).await;
        assert!(matches!(started_last.verify(&before).await, Err(TokenError::Invalid)), "two rotations end it");
    }

    #[tokio::test]
    async fn invented_key_ids_do_not_flood_the_source() {
        let f = Fixture::start().await;
        let nonsense = signed(&header("x"), &f.claims(), &key("x").private);
        f.clock.advance_seconds(RELOAD_INTERVAL_SECONDS);
        for _ in 0..10 {
            f.refused(&nonsense).await;
        }
        assert_eq!(f.secret.reads(), 2);

        let good = f.tokens.issue(&shopper()).expect("issued");
        f.clock.advance_seconds(RELOAD_INTERVAL_SECONDS);
        f.secret.make_unavailable();
        assert!(matches!(f.tokens.verify(&nonsense).await, Err(TokenError::UnknownKey(_))));
        f.refused(&nonsense).await;
        assert_eq!(f.secret.reads(), 3, "also while the source is down");
        assert!(f.tokens.verify(&good).await.is_ok(), "known keys stay good");
    }

    /// Neither the text of a token nor its claims can make `verify` panic.
    #[test]
    fn any_token_is_verified_or_refused() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let f = runtime.block_on(Fixture::start());
        let good = f.tokens.issue(&shopper()).expect("issued");
        let text = (".{0,80}", ".{0,60}", ".{0,60}");
        let change = (0..good.len(), "[A-Za-z0-9_.-]", 0..=i64::MAX, ".{0,40}");
        let config = ProptestConfig::with_cases(256);
        proptest!(config, |((text, head, payload) in text, (at, letter, exp, sub) in change)| {
            let encoded = [head.as_str(), &payload, &text].map(|part| URL_SAFE_NO_PAD.encode(part));
            let mut changed = good.clone();
            changed.replace_range(at..=at, &letter);
            for token in [text, encoded.join("."), changed] {
                let outcome = runtime.block_on(f.tokens.verify(&token));
                prop_assert!(token == good || matches!(outcome, Err(TokenError::Invalid)), "{token}: {outcome:?}");
            }
            let mut claims = f.claims();
            claims["exp"] = json!(exp);
            let outcome = runtime.block_on(f.tokens.verify(&signed(&header("a"), &claims, &key("a").private)));
            prop_assert!(matches!(outcome, Ok(_) | Err(TokenError::Expired)), "{exp}: {outcome:?}");
            claims["sub"] = json!(sub);
            let outcome = runtime.block_on(f.tokens.verify(&signed(&header("a"), &claims, &key("a").private)));
            prop_assert!(matches!(outcome, Err(TokenError::Invalid)), "{sub}: {outcome:?}");
        });
    }
}
