use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use souk_domain::account::CallerKind;
use souk_domain::effects::Clock;
use souk_testkit::{FixedClock, SeededRandom, user};

use super::*;
use crate::keys::{KeyFuture, SigningKeySource, VerificationKeySource};
use crate::{AccessTokenIssuer, AccessTokenVerifier, Caller, TokenError};

/// The secret and the table.
#[derive(Clone, Default)]
struct Stored(Arc<Mutex<(SigningKeys, BTreeMap<String, VerificationKey>)>>);

impl Stored {
    fn ring(&self) -> KeyRing {
        let stored = self.0.lock().expect("a lock");
        KeyRing::new(stored.0.clone(), stored.1.values().cloned().collect())
    }

    /// Writes the first parts of a change, in their order. The others are lost in a crash.
    fn apply(&self, change: KeyChange, parts: usize) {
        let mut stored = self.0.lock().expect("a lock");
        let public = change.publish.len();
        for key in change.publish.into_iter().take(parts) {
            stored.1.insert(key.kid.clone(), key);
        }
        if let Some(secret) = change.secret.filter(|_| parts > public) {
            stored.0 = secret;
        }
        for key in change.retire.into_iter().take(parts.saturating_sub(public + 1)) {
            stored.1.insert(key.kid.clone(), key);
        }
    }

    fn apply_all(&self, change: KeyChange) {
        self.apply(change, usize::MAX);
    }

    fn public(&self) -> Vec<VerificationKey> {
        self.0.lock().expect("a lock").1.values().cloned().collect()
    }

    fn key_ids(&self) -> Vec<String> {
        self.0.lock().expect("a lock").0.key_ids().into_iter().map(str::to_owned).collect()
    }

    fn signing_at(&self, now: i64) -> Option<String> {
        self.0.lock().expect("a lock").0.signing_at(now).map(|key| key.kid.clone())
    }
}

impl SigningKeySource for Stored {
    fn read(&self) -> KeyFuture<'_, SigningKeys> {
        Box::pin(async { Ok(self.0.lock().expect("a lock").0.clone()) })
    }
}

impl VerificationKeySource for Stored {
    fn read(&self) -> KeyFuture<'_, Vec<VerificationKey>> {
        Box::pin(async { Ok(self.public()) })
    }
}

/// A shop with its first key.
struct Fixture {
    stored: Stored,
    clock: Arc<FixedClock>,
    random: Arc<SeededRandom>,
}

impl Fixture {
    fn start() -> Self {
        let (clock, random) = (Arc::new(FixedClock::new()), Arc::new(SeededRandom::new(1)));
        let fixture = Self { stored: Stored::default(), clock, random };
        fixture.stored.apply_all(fixture.plan(KeyRing::prepare));
        fixture
    }

    fn plan(&self, operation: impl Fn(&KeyRing, Timestamp, &dyn Random) -> Result<KeyChange, KeyError>) -> KeyChange {
        operation(&self.stored.ring(), self.clock.now(), &*self.random).expect("a plan")
    }

    fn revocation(&self, kid: &str) -> KeyChange {
        self.plan(|ring, now, random| ring.revoke(kid, now, random))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_seconds()
    }

    fn current(&self) -> String {
        self.stored.signing_at(self.now()).expect("some key signs")
    }

    fn public(&self, kid: &str) -> VerificationKey {
        self.stored.public().into_iter().find(|key| key.kid == kid).expect("a public key")
    }
}

#[test]
fn the_first_key_signs_at_once() {
    let f = Fixture::start();
    let first = f.current();
    assert_eq!((f.public(&first).not_before, f.public(&first).not_after), (f.now(), None));
    assert!(f.plan(KeyRing::prepare).is_empty(), "a second deployment makes no other");
    f.clock.advance_seconds(1_000_000);
    assert!(f.plan(KeyRing::prepare).is_empty());
}

#[test]
fn a_rotation_is_announced_and_overlaps() {
    let f = Fixture::start();
    let (first, at) = (f.current(), f.now() + 120);
    let change = f.plan(KeyRing::rotate);
    assert_eq!((change.publish.len(), change.retire.len()), (1, 1));
    assert_eq!((change.publish[0].not_before, change.publish[0].signs_until), (at, None));
    f.stored.apply_all(change);
    assert_eq!((f.public(&first).signs_until, f.public(&first).not_after), (Some(at), Some(at + 960)));
    assert_eq!(f.stored.signing_at(at - 1), Some(first.clone()));
    assert!(f.stored.signing_at(at).is_some_and(|second| second != first));
    f.clock.advance_seconds(119);
    assert!(f.plan(KeyRing::rotate).is_empty(), "an event that is delivered twice rotates once");
}

#[test]
fn an_ended_private_key_leaves_the_secret() {
    let f = Fixture::start();
    for _ in 0..10 {
        f.stored.apply_all(f.plan(KeyRing::rotate));
        assert!(f.stored.key_ids().len() <= 2);
        f.clock.advance_seconds(30 * 24 * 3600);
    }
    assert_eq!(f.stored.public().iter().filter(|key| key.not_after.is_none()).count(), 1);
}

#[test]
fn a_revoked_key_ends_within_180_seconds() {
    let f = Fixture::start();
    let (first, at) = (f.current(), f.now() + 120);
    f.stored.apply_all(f.revocation(&first));
    assert_eq!((f.public(&first).signs_until, f.public(&first).not_after), (Some(at), Some(at + 60)));
    assert_eq!(f.stored.signing_at(at - 1), Some(first.clone()));
    assert!(f.stored.signing_at(at).is_some_and(|second| second != first));
    assert!(f.revocation(&first).is_empty(), "idempotent");
    f.clock.advance_seconds(1000);
    assert!(f.revocation(&first).is_empty());
}

#[test]
fn revoking_a_replaced_key_makes_no_new_one() {
    let f = Fixture::start();
    let first = f.current();
    f.stored.apply_all(f.plan(KeyRing::rotate));
    let announced = f.revocation(&first);
    assert_eq!((announced.publish.len(), announced.secret.is_none()), (0, true));
    assert_eq!(announced.retire[0].not_after, Some(f.now() + 180), "its successor signs in 120 s");

    f.clock.advance_seconds(300);
    let replaced = f.revocation(&first);
    assert_eq!((replaced.publish.len(), replaced.secret.is_none()), (0, true));
    assert_eq!(replaced.retire[0].not_after, Some(f.now()), "nobody signs with it");
    assert_eq!(f.plan(|ring, now, random| ring.revoke(&first, now, random)).retire.len(), 1);
}

#[test]
fn revoking_the_announced_key_announces_another_one() {
    let f = Fixture::start();
    f.stored.apply_all(f.plan(KeyRing::rotate));
    f.clock.advance_seconds(60);
    let second = f.stored.signing_at(f.now() + 60).expect("the second key");
    f.stored.apply_all(f.revocation(&second));
    assert_eq!(
        (f.public(&second).signs_until, f.public(&second).not_after),
        (Some(f.now() + 120), Some(f.now() + 180))
    );
    let third = f.stored.signing_at(f.now() + 120).expect("a third key");
    assert!(third != second && f.public(&third).not_after.is_none());
}

#[test]
fn an_unknown_key_cannot_be_revoked() {
    let f = Fixture::start();
    let outcome = f.stored.ring().revoke("x", f.clock.now(), &*f.random);
    assert_eq!(outcome.err(), Some(KeyError::UnknownKey));
}

#[test]
fn a_lost_table_is_written_again() {
    let f = Fixture::start();
    f.stored.apply_all(f.plan(KeyRing::rotate));
    let before = f.stored.public();
    f.stored.0.lock().expect("a lock").1.clear();
    f.stored.apply_all(f.plan(KeyRing::prepare));
    assert_eq!(f.stored.public(), before);
}

#[test]
fn a_restored_secret_does_not_bring_back_a_revoked_key() {
    let f = Fixture::start();
    let (first, older) = (f.current(), f.stored.0.lock().expect("a lock").0.clone());
    f.stored.apply_all(f.revocation(&first));
    f.clock.advance_seconds(3600);
    f.stored.0.lock().expect("a lock").0 = older;
    f.stored.apply_all(f.plan(KeyRing::prepare));
    assert_ne!(f.current(), first);
    assert!(f.public(&first).has_ended(f.now()));
}

/// A rotation that crashed after the public key was written leaves a public key without a private key.
#[test]
fn a_public_key_without_a_private_one_ends_later() {
    let f = Fixture::start();
    f.stored.apply(f.plan(KeyRing::rotate), 1);
    assert_eq!(f.stored.public().len(), 2);
    assert!(f.plan(KeyRing::prepare).is_empty(), "it may be a rotation that is going on");
    f.clock.advance_seconds(120 + ORPHAN_SECONDS);
    f.stored.apply_all(f.plan(KeyRing::rotate));
    assert_eq!(f.stored.public().iter().filter(|key| key.not_after.is_none()).count(), 1);
}

/// An operation of staff or of the schedule.
#[derive(Debug, Clone)]
enum Operation {
    Prepare,
    Rotate,
    /// Of the n-th public key.
    Revoke(usize),
}

fn operations() -> impl Strategy<Value = Vec<(i64, Operation, Option<usize>)>> {
    let operation = prop_oneof![
        1 => Just(Operation::Prepare),
        3 => Just(Operation::Rotate),
        3 => (0..8_usize).prop_map(Operation::Revoke),
    ];
    let pause = prop_oneof![0..10_i64, 0..200_i64, 0..3000_i64];
    // The last part is the number of writes after which the first attempt crashes.
    proptest::collection::vec((pause, operation, proptest::option::of(0..4_usize)), 1..12)
}

impl Fixture {
    /// Executes an operation, which may crash and is then retried. Returns the revoked key.
    fn execute(&self, operation: &Operation, crash: Option<usize>) -> Option<String> {
        let public = self.stored.public();
        let revoked = match operation {
            Operation::Revoke(n) => Some(public[n % public.len()].kid.clone()),
            _ => None,
        };
        let plan = || match operation {
            Operation::Prepare => self.plan(KeyRing::prepare),
            Operation::Rotate => self.plan(KeyRing::rotate),
            Operation::Revoke(_) => self.revocation(revoked.as_deref().unwrap_or_default()),
        };
        if let Some(parts) = crash {
            self.stored.apply(plan(), parts);
        }
        self.stored.apply_all(plan());
        assert!(plan().is_empty(), "{operation:?} is complete");
        revoked
    }

    /// Some key signs, and verifiers know it.
    fn assert_signs(&self) {
        let key = self.public(&self.current());
        assert!(key.signs_at(self.now()) && !key.has_ended(self.now()), "{key:?} at {}", self.now());
    }
}

proptest! {
    #[test]
    fn at_any_time_some_key_signs(operations in operations()) {
        let f = Fixture::start();
        for (pause, operation, crash) in operations {
            f.clock.advance_seconds(pause);
            f.execute(&operation, crash);
            for seconds in [0, 1, 60, 119, 120, 121, 180, 1000] {
                let at = f.now() + seconds;
                let kid = f.stored.signing_at(at).expect("some key signs");
                let key = f.public(&kid);
                prop_assert!(key.signs_at(at) && !key.has_ended(at), "{key:?} in {seconds} s");
            }
        }
    }
}

/// Functions that started at different times.
struct Functions {
    issuers: Vec<AccessTokenIssuer>,
    verifiers: Vec<AccessTokenVerifier>,
}

impl Functions {
    async fn start(f: &Fixture) -> Self {
        let (mut issuers, mut verifiers) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            f.clock.advance_seconds(19);
            issuers.push(
                AccessTokenIssuer::load(f.stored.clone(), f.clock.clone(), f.random.clone()).await.expect("keys"),
            );
            verifiers.push(AccessTokenVerifier::load(f.stored.clone(), f.clock.clone()).await.expect("keys"));
        }
        Self { issuers, verifiers }
    }

    async fn issue(&self, issuer: usize) -> String {
        let caller = Caller {
            user_id: user(1),
            session_id: "0190a5a0-0000-7000-8000-00000000000a".parse().expect("a session id"),
            kind: CallerKind::Shopper,
        };
        self.issuers[issuer].issue(&caller).await.expect("issued")
    }

    /// Whether each verifier accepts a token.
    async fn outcomes(&self, token: &str) -> Vec<Result<Caller, TokenError>> {
        let mut outcomes = Vec::new();
        for verifier in &self.verifiers {
            outcomes.push(verifier.verify(token).await);
        }
        outcomes
    }
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).expect("a key id")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Issuers and verifiers that use keys of up to 60 s ago. Every token is accepted until it expires.
    #[test]
    fn scheduled_rotations_sign_nobody_out(
        rotations in proptest::collection::vec(1..150_usize, 1..4),
        steps in proptest::collection::vec((1..25_i64, 0..3_usize, any::<prop::sample::Index>()), 150),
    ) {
        block_on(async {
            let f = Fixture::start();
            let functions = Functions::start(&f).await;
            let mut issued: Vec<(i64, String)> = Vec::new();
            for (n, (seconds, issuer, chosen)) in steps.iter().enumerate() {
                f.clock.advance_seconds(*seconds);
                if rotations.contains(&n) {
                    f.execute(&Operation::Rotate, None);
                }
                f.assert_signs();
                issued.push((f.now(), functions.issue(*issuer).await));
                issued.retain(|(at, _)| f.now() < at + ACCESS_TOKEN_SECONDS);
                // The newest, the oldest and any other token.
                for at in [issued.len() - 1, 0, chosen.index(issued.len())] {
                    for outcome in functions.outcomes(&issued[at].1).await {
                        assert!(outcome.is_ok(), "{outcome:?} of a token of {} at {}", issued[at].0, f.now());
                    }
                }
            }
        });
    }

    /// After a revocation, clients are refused only because of expired tokens, which they refresh. After 180 s no
    /// verifier accepts the revoked key.
    #[test]
    fn a_revoked_key_is_accepted_nowhere_after_180_seconds(
        operations in operations(),
        steps in proptest::collection::vec((1..25_i64, 0..3_usize, any::<prop::sample::Index>()), 60),
    ) {
        block_on(async {
            let f = Fixture::start();
            let functions = Functions::start(&f).await;
            let mut operations = operations.into_iter();
            let mut revoked: BTreeMap<String, i64> = BTreeMap::new();
            let mut issued: Vec<String> = Vec::new();
            for (n, (seconds, issuer, chosen)) in steps.iter().enumerate() {
                f.clock.advance_seconds(*seconds);
                if n % 4 == 0
                    && let Some((_, operation, crash)) = operations.next()
                    && let Some(kid) = f.execute(&operation, crash)
                {
                    revoked.entry(kid).or_insert(f.now() + 180);
                }
                f.assert_signs();
                let fresh = functions.issue(*issuer).await;
                for outcome in functions.outcomes(&fresh).await {
                    assert!(outcome.is_ok(), "a fresh token: {outcome:?}");
                }
                issued.push(fresh);
                let token = &issued[chosen.index(issued.len())];
                let is_revoked = revoked.get(&kid(token)).is_some_and(|end| *end <= f.now());
                for outcome in functions.outcomes(token).await {
                    match outcome {
                        Ok(_) => assert!(!is_revoked, "{} at {}", kid(token), f.now()),
                        Err(error) => assert!(matches!(error, TokenError::Expired), "{error:?}"),
                    }
                }
            }
        });
    }
}
