use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::Jwk;
use proptest::prelude::*;
use serde_json::{Value, json};
use souk_testkit::{FixedClock, SeededRandom, user};

use super::*;
use crate::keys::{KeyFuture, SigningKey};

fn key(n: u64) -> SigningKey {
    SigningKey::generate(&SeededRandom::new(n), 0).expect("a key")
}

/// A source of private and public keys, which tests change.
#[derive(Clone)]
struct Keys(Arc<(Mutex<Option<Vec<SigningKey>>>, AtomicU32)>);

impl Keys {
    fn new(keys: Vec<SigningKey>) -> Self {
        Self(Arc::new((Mutex::new(Some(keys)), AtomicU32::new(0))))
    }

    fn set(&self, keys: Option<Vec<SigningKey>>) {
        *self.0.0.lock().expect("a lock") = keys;
    }

    fn reads(&self) -> u32 {
        self.0.1.load(Ordering::SeqCst)
    }

    fn get(&self) -> Result<Vec<SigningKey>, KeyError> {
        self.0.1.fetch_add(1, Ordering::SeqCst);
        self.0.0.lock().expect("a lock").clone().ok_or_else(|| KeyError::Unavailable("down".to_owned()))
    }
}

impl SigningKeySource for Keys {
    fn read(&self) -> KeyFuture<'_, SigningKeys> {
        Box::pin(async { self.get().map(SigningKeys) })
    }
}

impl VerificationKeySource for Keys {
    fn read(&self) -> KeyFuture<'_, Vec<VerificationKey>> {
        let public = |key: SigningKey| VerificationKey {
            signs_until: key.signs_until,
            ..VerificationKey::new(key.x, key.not_before)
        };
        Box::pin(async move { Ok(self.get()?.into_iter().map(public).collect()) })
    }
}

struct Fixture {
    signing: Keys,
    verification: Keys,
    clock: Arc<FixedClock>,
    issuer: AccessTokenIssuer,
    verifier: AccessTokenVerifier,
}

impl Fixture {
    async fn start() -> Self {
        Self::with_keys(vec![key(1)]).await
    }

    async fn with_keys(keys: Vec<SigningKey>) -> Self {
        let (signing, verification) = (Keys::new(keys.clone()), Keys::new(keys));
        let (clock, random) = (Arc::new(FixedClock::new()), Arc::new(SeededRandom::new(1)));
        let issuer = AccessTokenIssuer::load(signing.clone(), clock.clone(), random).await.expect("keys");
        let verifier = AccessTokenVerifier::load(verification.clone(), clock.clone()).await.expect("keys");
        Self { signing, verification, clock, issuer, verifier }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_seconds()
    }

    fn claims(&self) -> Value {
        let now = self.now();
        json!({
            "iss": "souk", "aud": "souk/api", "sub": user(1), "sid": session(), "kind": "shopper",
            "iat": now, "exp": now + 900, "jti": "1",
        })
    }

    async fn accepted(&self, token: &str) {
        let outcome = self.verifier.verify(token).await;
        assert!(outcome.is_ok(), "{outcome:?} for {token}");
    }

    async fn refused(&self, token: &str) {
        let outcome = self.verifier.verify(token).await;
        assert!(matches!(outcome, Err(TokenError::Invalid)), "{outcome:?} for {token}");
    }

    /// Valid claims, except for one that is missing or has another value.
    async fn refused_with(&self, name: &str, value: Option<Value>) {
        let mut claims = self.claims();
        match value {
            Some(value) => claims[name] = value,
            None => drop(claims.as_object_mut().expect("an object").remove(name)),
        }
        self.refused(&signed(&header(&key(1)), &claims, &key(1).private)).await;
    }
}

fn session() -> SessionId {
    "0190a5a0-0000-7000-8000-00000000000a".parse().expect("a session id")
}

fn shopper() -> Caller {
    Caller { user_id: user(1), session_id: session(), kind: CallerKind::Shopper }
}

fn signed(header: &Header, claims: &Value, private: &EncodingKey) -> String {
    encode(header, claims, private).expect("signed")
}

/// A token whose header and payload may be anything.
fn signed_raw(header: &Value, payload: &str, private: &EncodingKey) -> String {
    let message = [header.to_string().as_str(), payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), private, Algorithm::EdDSA).expect("signed");
    format!("{message}.{signature}")
}

fn header(key: &SigningKey) -> Header {
    Header { typ: Some("at+jwt".to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) }
}

fn raw_header(change: (&str, Value)) -> Value {
    let mut header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": key(1).kid});
    header[change.0] = change.1;
    header
}

#[tokio::test]
async fn a_token_identifies_its_caller_until_it_expires() {
    let f = Fixture::start().await;
    let guest = Caller { kind: CallerKind::Guest, ..shopper() };
    for caller in [shopper(), guest] {
        let token = f.issuer.issue(&caller).await.expect("issued");
        assert_eq!(f.verifier.verify(&token).await.expect("valid"), caller);
    }
    let token = f.issuer.issue(&shopper()).await.expect("issued");
    assert_ne!(token, f.issuer.issue(&shopper()).await.expect("issued"), "every token has an id of its own");
    f.clock.advance_seconds(ACCESS_TOKEN_SECONDS + LEEWAY_SECONDS - 1);
    f.accepted(&token).await;
    f.clock.advance_seconds(1);
    assert!(matches!(f.verifier.verify(&token).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_token_has_the_documented_form() {
    let f = Fixture::start().await;
    let token = f.issuer.issue(&shopper()).await.expect("issued");
    let parts: Vec<&str> = token.split('.').collect();
    let part = |n: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[n]).expect("base64url")).expect("JSON")
    };
    assert_eq!(part(0), json!({"typ": "at+jwt", "alg": "EdDSA", "kid": key(1).kid}));
    let (mut claims, mut expected) = (part(1), f.claims());
    let jti = claims.as_object_mut().and_then(|claims| claims.remove("jti"));
    assert_eq!(jti.and_then(|jti| jti.as_str().map(str::len)), Some(22));
    expected.as_object_mut().expect("an object").remove("jti");
    assert_eq!(claims, expected);
    assert!(token.len() < 600, "{}", token.len());
}

#[tokio::test]
async fn a_foreign_key_is_rejected() {
    let f = Fixture::start().await;
    let claims = f.claims();
    f.accepted(&signed(&header(&key(1)), &claims, &key(1).private)).await;
    f.refused(&signed(&header(&key(1)), &claims, &key(2).private)).await;
    f.refused(&signed(&header(&key(2)), &claims, &key(2).private)).await;
    f.refused(&signed(&Header { kid: None, ..header(&key(1)) }, &claims, &key(1).private)).await;
}

#[tokio::test]
async fn a_key_in_the_header_is_ignored() {
    let f = Fixture::start().await;
    let payload = f.claims().to_string();
    let jwk = Jwk::from_encoding_key(&key(2).private, Algorithm::EdDSA).expect("a JWK");
    let changes = [
        ("jwk", json!(jwk)),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/key.pem")),
        ("x5c", json!(["QUJD"])),
    ];
    for (name, value) in changes {
        let mut header = raw_header((name, value));
        f.refused(&signed_raw(&header, &payload, &key(2).private)).await;
        f.accepted(&signed_raw(&header, &payload, &key(1).private)).await;
        header["kid"] = json!(key(2).kid);
        f.refused(&signed_raw(&header, &payload, &key(2).private)).await;
    }
}

#[tokio::test]
async fn the_algorithm_in_the_token_is_ignored() {
    let f = Fixture::start().await;
    let claims = f.claims();
    // A known attack: the public key, which is not secret, as the secret of an HMAC.
    let public = URL_SAFE_NO_PAD.decode(key(1).x).expect("base64url");
    for secret in [public.as_slice(), key(1).x.as_bytes()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { alg: algorithm, ..header(&key(1)) };
            f.refused(&signed(&header, &claims, &EncodingKey::from_secret(secret))).await;
        }
    }
    let good = signed(&header(&key(1)), &claims, &key(1).private);
    let (_, rest) = good.split_once('.').expect("three parts");
    let (payload, signature) = rest.split_once('.').expect("three parts");
    for algorithm in ["none", "None", "NONE", "HS256", "ES256", "RS256", "Ed25519", ""] {
        let header = URL_SAFE_NO_PAD.encode(raw_header(("alg", json!(algorithm))).to_string());
        f.refused(&format!("{header}.{payload}.{signature}")).await;
        f.refused(&format!("{header}.{payload}.")).await;
    }
}

#[tokio::test]
async fn only_the_header_of_an_access_token_is_accepted() {
    let f = Fixture::start().await;
    let payload = f.claims().to_string();
    f.accepted(&signed_raw(&raw_header(("typ", json!("at+jwt"))), &payload, &key(1).private)).await;
    let wrong = [
        ("typ", json!("JWT")),
        ("typ", json!("at+JWT ")),
        ("typ", json!("")),
        ("typ", Value::Null),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("kid", json!("")),
        ("kid", json!(1)),
        ("kid", Value::Null),
        ("alg", Value::Null),
    ];
    for change in wrong {
        f.refused(&signed_raw(&raw_header(change), &payload, &key(1).private)).await;
    }
}

#[tokio::test]
async fn a_changed_token_is_rejected() {
    let f = Fixture::start().await;
    let good = f.issuer.issue(&shopper()).await.expect("issued");
    let parts: Vec<&str> = good.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(f.claims().to_string());
    f.refused(&format!("{}.{other}.{}", parts[0], parts[2])).await;
    f.refused(&format!("{}.{}.{}", parts[0], parts[1], &parts[2][..parts[2].len() - 4])).await;
    f.refused(&format!("{}.{}.", parts[0], parts[1])).await;
    f.refused(&format!("{}.{}", parts[0], parts[1])).await;
    f.refused(&format!("{good}.x")).await;
    f.refused(&format!("{good}=")).await;
    f.refused(&format!(" {good}")).await;
    for nonsense in ["", ".", "..", "...", "a.b.c", "Bearer", "\u{0}.\u{0}.\u{0}"] {
        f.refused(nonsense).await;
    }
}

#[tokio::test]
async fn an_oversized_token_is_rejected_although_its_signature_is_right() {
    let f = Fixture::start().await;
    let with_padding = |length: usize| {
        let mut claims = f.claims();
        claims["jti"] = json!("x".repeat(length));
        signed(&header(&key(1)), &claims, &key(1).private)
    };
    f.accepted(&with_padding(1000)).await;
    let oversized = with_padding(1500);
    assert!(oversized.len() > MAX_TOKEN_BYTES);
    f.refused(&oversized).await;
}

#[tokio::test]
async fn every_claim_is_required_and_checked() {
    let f = Fixture::start().await;
    for name in ["iss", "aud", "sub", "sid", "kind", "iat", "exp", "jti"] {
        f.refused_with(name, None).await;
        f.refused_with(name, Some(Value::Null)).await;
    }
    let wrong = [
        ("iss", json!("else")),
        ("iss", json!(["souk"])),
        ("aud", json!("another-api")),
        ("aud", json!(["souk/api", "another-api"])),
        ("sub", json!("nobody")),
        ("sid", json!("nothing")),
        ("kind", json!("staff")),
        ("exp", json!("soon")),
        ("iat", json!("now")),
        ("iat", json!(1.5)),
    ];
    for (name, value) in wrong {
        f.refused_with(name, Some(value)).await;
    }
    let twice = f.claims().to_string().replacen('{', r#"{"sub":"0190a5a0-0000-7000-8000-000000000002","#, 1);
    f.refused(&signed_raw(&raw_header(("typ", json!("at+jwt"))), &twice, &key(1).private)).await;
}

#[tokio::test]
async fn no_token_is_from_the_future_or_outlives_the_others() {
    let f = Fixture::start().await;
    let token = |iat: i64, exp: i64| {
        let mut claims = f.claims();
        (claims["iat"], claims["exp"]) = (json!(iat), json!(exp));
        signed(&header(&key(1)), &claims, &key(1).private)
    };
    let now = f.now();
    f.accepted(&token(now + LEEWAY_SECONDS, now + 900)).await;
    f.refused(&token(now + LEEWAY_SECONDS + 1, now + 900)).await;
    f.accepted(&token(now, now + ACCESS_TOKEN_SECONDS)).await;
    f.refused(&token(now, now + ACCESS_TOKEN_SECONDS + 1)).await;
    f.refused(&token(now, now)).await;
    f.refused(&token(now, now - 1)).await;
    for (iat, exp) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (now, i64::MAX), (i64::MIN, now + 1), (0, now + 1)] {
        f.refused(&token(iat, exp)).await;
    }
    assert!(matches!(f.verifier.verify(&token(now - 905, now - 5)).await, Err(TokenError::Expired)));
    f.accepted(&token(now - 904, now - 4)).await;
}

#[tokio::test]
async fn a_key_counts_between_its_times_only() {
    let now = FixedClock::new().now().as_seconds();
    let mut limited = key(1);
    (limited.not_before, limited.signs_until) = (now - 100, Some(now - 50));
    let f = Fixture::with_keys(vec![limited.clone(), key(2)]).await;
    let token = |iat: i64| {
        let mut claims = f.claims();
        (claims["iat"], claims["exp"]) = (json!(iat), json!(iat + 900));
        signed(&header(&limited), &claims, &limited.private)
    };
    // A stolen key mints tokens of any time.
    for iat in [now - 101, now - 49, now] {
        f.refused(&token(iat)).await;
    }
    for iat in [now - 100, now - 50] {
        f.accepted(&token(iat)).await;
    }
    let issued = f.issuer.issue(&shopper()).await.expect("issued");
    assert_eq!(decode_header(&issued).expect("a header").kid, Some(key(2).kid));
}

/// A source whose only key ends.
struct EndingKey(i64);

impl VerificationKeySource for EndingKey {
    fn read(&self) -> KeyFuture<'_, Vec<VerificationKey>> {
        let ended = VerificationKey { not_after: Some(self.0), ..VerificationKey::new(key(1).x, 0) };
        let damaged = VerificationKey::new("!".to_owned(), 0);
        Box::pin(async { Ok(vec![damaged, ended]) })
    }
}

#[tokio::test]
async fn an_ended_key_is_ended_by_the_clock() {
    let f = Fixture::start().await;
    let verifier = AccessTokenVerifier::load(EndingKey(f.now() + 30), f.clock.clone()).await.expect("keys");
    let token = f.issuer.issue(&shopper()).await.expect("issued");
    f.clock.advance_seconds(29);
    assert!(verifier.verify(&token).await.is_ok(), "although another key is damaged");
    f.clock.advance_seconds(1);
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::Expired)), "an honest client refreshes it");
}

#[tokio::test]
async fn issuers_and_verifiers_read_their_keys_every_minute() {
    let f = Fixture::start().await;
    let mut next = key(2);
    next.not_before = f.now();
    f.signing.set(Some(vec![key(1), next.clone()]));
    f.verification.set(Some(vec![next]));
    let old = f.issuer.issue(&shopper()).await.expect("issued");
    f.accepted(&old).await;
    f.clock.advance_seconds(REREAD_SECONDS - 1);
    f.issuer.issue(&shopper()).await.expect("issued");
    f.accepted(&old).await;
    assert_eq!((f.signing.reads(), f.verification.reads()), (1, 1));
    f.clock.advance_seconds(1);
    let new = f.issuer.issue(&shopper()).await.expect("issued");
    assert_eq!(decode_header(&new).expect("a header").kid, Some(key(2).kid));
    f.accepted(&new).await;
    f.refused(&old).await;
}

#[tokio::test]
async fn a_new_key_is_learned_at_once() {
    let f = Fixture::start().await;
    f.clock.advance_seconds(MISSING_KEY_SECONDS);
    f.verification.set(Some(vec![key(1), key(2)]));
    f.accepted(&signed(&header(&key(2)), &f.claims(), &key(2).private)).await;
    assert_eq!(f.verification.reads(), 2);
}

#[tokio::test]
async fn known_keys_stay_good_while_the_sources_are_down() {
    let f = Fixture::start().await;
    f.signing.set(None);
    f.verification.set(None);
    for _ in 0..10 {
        f.clock.advance_seconds(20);
        let token = f.issuer.issue(&shopper()).await.expect("issued");
        f.accepted(&token).await;
    }
    assert_eq!((f.signing.reads(), f.verification.reads()), (4, 4), "a failed read is retried after a minute");
}

#[tokio::test]
async fn invented_key_ids_do_not_flood_the_source() {
    let f = Fixture::start().await;
    let nonsense = signed(&header(&key(9)), &f.claims(), &key(9).private);
    f.clock.advance_seconds(MISSING_KEY_SECONDS);
    for _ in 0..10 {
        f.refused(&nonsense).await;
    }
    assert_eq!(f.verification.reads(), 2);

    let good = f.issuer.issue(&shopper()).await.expect("issued");
    f.clock.advance_seconds(MISSING_KEY_SECONDS);
    f.verification.set(None);
    for _ in 0..10 {
        let outcome = f.verifier.verify(&nonsense).await;
        assert!(matches!(outcome, Err(TokenError::UnknownKey(_))), "it may be a new key: {outcome:?}");
    }
    assert_eq!(f.verification.reads(), 3, "also while the source is down");
    f.accepted(&good).await;
}

#[tokio::test]
async fn the_first_key_is_used_as_soon_as_it_is_there() {
    let f = Fixture::with_keys(Vec::new()).await;
    assert_eq!(f.issuer.issue(&shopper()).await.err(), Some(KeyError::NoSigningKey));
    f.signing.set(None);
    f.clock.advance_seconds(MISSING_KEY_SECONDS);
    assert!(matches!(f.issuer.issue(&shopper()).await, Err(KeyError::Unavailable(_))));
    f.signing.set(Some(vec![key(1)]));
    f.verification.set(Some(vec![key(1)]));
    f.clock.advance_seconds(MISSING_KEY_SECONDS);
    f.accepted(&f.issuer.issue(&shopper()).await.expect("issued")).await;
}

#[tokio::test]
async fn without_keys_nothing_starts() {
    let (keys, clock) = (Keys::new(Vec::new()), Arc::new(FixedClock::new()));
    keys.set(None);
    assert!(AccessTokenVerifier::load(keys.clone(), clock.clone()).await.is_err());
    assert!(AccessTokenIssuer::load(keys, clock, Arc::new(SeededRandom::new(1))).await.is_err());
}

/// Neither the text of a token nor its claims can make `verify` panic.
#[test]
fn any_token_is_verified_or_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let f = runtime.block_on(Fixture::start());
    let good = runtime.block_on(f.issuer.issue(&shopper())).expect("issued");
    let text = (".{0,80}", ".{0,60}", ".{0,60}");
    let change = (0..good.len(), "[A-Za-z0-9_.-]", any::<(i64, i64)>(), ".{0,40}");
    let config = ProptestConfig::with_cases(256);
    proptest!(config, |((text, head, payload) in text, (at, letter, (iat, exp), sub) in change)| {
        let encoded = [head.as_str(), &payload, &text].map(|part| URL_SAFE_NO_PAD.encode(part));
        let mut changed = good.clone();
        changed.replace_range(at..=at, &letter);
        for token in [text, encoded.join("."), changed] {
            let outcome = runtime.block_on(f.verifier.verify(&token));
            prop_assert!(token == good || matches!(outcome, Err(TokenError::Invalid)), "{token}: {outcome:?}");
        }
        let mut claims = f.claims();
        claims["exp"] = json!(exp);
        let token = signed(&header(&key(1)), &claims, &key(1).private);
        let outcome = runtime.block_on(f.verifier.verify(&token));
        prop_assert!(matches!(outcome, Err(TokenError::Invalid)), "{exp}: {outcome:?}");
        claims["iat"] = json!(iat);
        claims["exp"] = json!(iat.saturating_add(900));
        let token = signed(&header(&key(1)), &claims, &key(1).private);
        let outcome = runtime.block_on(f.verifier.verify(&token));
        prop_assert!(matches!(outcome, Err(TokenError::Invalid | TokenError::Expired)), "{iat}: {outcome:?}");
        claims = f.claims();
        claims["sub"] = json!(sub);
        let outcome = runtime.block_on(f.verifier.verify(&signed(&header(&key(1)), &claims, &key(1).private)));
        prop_assert!(matches!(outcome, Err(TokenError::Invalid)), "{sub}: {outcome:?}");
    });
}
