//! Plans the rotation and the revocation of signing keys.
//!
//! A change takes effect 120 s after it is planned. Issuers and verifiers read their keys every 60 s, so by then all of
//! them know it, even if one read fails.
//!
//! | | a planned rotation | an emergency |
//! |---|---|---|
//! | the new key signs | after 120 s | after 120 s |
//! | the old key signs no longer | after 120 s | after 120 s |
//! | the old key is accepted no longer | 960 s after that: its last token has expired | 60 s after that |

use souk_domain::effects::Random;
use souk_domain::signing_key::VerificationKey;
use souk_domain::time::Timestamp;

use crate::access::ACCESS_TOKEN_SECONDS;
use crate::keys::{KeyError, REREAD_SECONDS, SigningKey, SigningKeys};

/// Time from planning a change until it takes effect: two reads of the keys.
const NOTICE_SECONDS: i64 = 2 * REREAD_SECONDS;
/// How long tokens of a replaced key are accepted: until all of them have expired, with a minute for clocks that
/// differ.
const ACCEPT_SECONDS: i64 = ACCESS_TOKEN_SECONDS + 60;
/// The same for a revoked key. Clients whose token is refused refresh it, and the new token has the new key.
const ACCEPT_REVOKED_SECONDS: i64 = 60;
/// Age at which a public key without a private key no longer belongs to a change in progress.
const ORPHAN_SECONDS: i64 = 3600;

/// All keys: the private ones in the secret and the public ones in the table.
pub struct KeyRing {
    stored: SigningKeys,
    signing: SigningKeys,
    verification: Vec<VerificationKey>,
}

/// A planned change. Its parts are written in the order of the fields; a retry continues after a crash at any point.
pub struct KeyChange {
    /// New public keys. They are written first, because verifiers must know a key before tokens are issued with it.
    pub publish: Vec<VerificationKey>,
    /// The new content of the secret; `None` if it does not change.
    pub secret: Option<SigningKeys>,
    /// Public keys that now have an end. They are written last, because issuers must not sign with a key that has
    /// ended.
    pub retire: Vec<VerificationKey>,
}

impl KeyChange {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.publish.is_empty() && self.secret.is_none() && self.retire.is_empty()
    }
}

impl KeyRing {
    /// The keys as they are stored. Both have to be read consistently, and by one process at a time.
    pub fn new(stored: SigningKeys, verification: Vec<VerificationKey>) -> Self {
        let mut signing = stored.clone();
        for key in &mut signing.0 {
            let public = verification.iter().find(|public| public.kid == key.kid);
            // A restored older version of the secret does not restore a key that has ended.
            if let Some(end) = public.and_then(|public| public.signs_until) {
                key.signs_until = Some(key.signs_until.map_or(end, |signs_until| signs_until.min(end)));
            }
        }
        Self { stored, signing, verification }
    }

    /// Makes the first key, which signs at once, unless there is one that signs without an end. Also completes an
    /// earlier change.
    pub fn prepare(&self, now: Timestamp, random: &dyn Random) -> Result<KeyChange, KeyError> {
        let now = now.as_seconds();
        let mut signing = self.signing.clone();
        if self.current().is_none() {
            signing.0.push(SigningKey::generate(random, now)?);
        }
        Ok(self.change(signing, now))
    }

    /// Replaces the current key; idempotent while its successor does not sign yet.
    pub fn rotate(&self, now: Timestamp, random: &dyn Random) -> Result<KeyChange, KeyError> {
        match self.current() {
            Some(current) if current.not_before <= now.as_seconds() => {
                Ok(self.change(self.succeeded(now.as_seconds(), random)?, now.as_seconds()))
            }
            _ => self.prepare(now, random),
        }
    }

    /// Revokes a key that is no longer secret: 180 s after this change no verifier accepts its tokens. If no other key
    /// signs by then, a new one is added.
    pub fn revoke(&self, kid: &str, now: Timestamp, random: &dyn Random) -> Result<KeyChange, KeyError> {
        let now = now.as_seconds();
        let private = self.signing.0.iter().find(|key| key.kid == kid);
        let public = self.verification.iter().find(|key| key.kid == kid);
        if private.is_none() && public.is_none() {
            return Err(KeyError::UnknownKey);
        }
        let takes_effect = now.saturating_add(NOTICE_SECONDS);
        let signs_on = private.is_some_and(|key| key.signs_until.is_none_or(|end| end > takes_effect));
        let signing = if signs_on { self.succeeded(now, random)? } else { self.signing.clone() };
        let signs_until = match signing.0.iter().find(|key| key.kid == kid) {
            Some(key) => key.signs_until.unwrap_or(now),
            None => public.and_then(|key| key.signs_until).unwrap_or(now),
        };
        let not_after = if signs_until <= now { now } else { signs_until.saturating_add(ACCEPT_REVOKED_SECONDS) };
        let mut change = self.change(signing, now);
        self.end(&mut change, kid, signs_until, not_after);
        Ok(change)
    }

    /// The key that signs without an end.
    fn current(&self) -> Option<&SigningKey> {
        self.signing.0.iter().filter(|key| key.signs_until.is_none()).max_by_key(|key| key.not_before)
    }

    /// The private keys with a new one, which replaces the others.
    fn succeeded(&self, now: i64, random: &dyn Random) -> Result<SigningKeys, KeyError> {
        let takes_effect = now.saturating_add(NOTICE_SECONDS);
        let mut signing = self.signing.clone();
        for key in &mut signing.0 {
            key.signs_until = Some(key.signs_until.map_or(takes_effect, |end| end.min(takes_effect)));
        }
        signing.0.push(SigningKey::generate(random, takes_effect)?);
        Ok(signing)
    }

    /// The writes after which the secret has these keys and the table corresponds to it.
    fn change(&self, mut signing: SigningKeys, now: i64) -> KeyChange {
        signing.0.retain(|key| key.signs_until.is_none_or(|end| now < end.saturating_add(ACCEPT_SECONDS)));
        let (mut publish, mut retire) = (Vec::new(), Vec::new());
        for key in &signing.0 {
            match self.verification.iter().find(|public| public.kid == key.kid) {
                None => publish.push(ending(VerificationKey::new(key.x.clone(), key.not_before), key.signs_until)),
                Some(public) => {
                    let wanted = ending(public.clone(), key.signs_until);
                    retire.extend((wanted != *public).then_some(wanted));
                }
            }
        }
        let has_private = |public: &VerificationKey| signing.0.iter().any(|key| key.kid == public.kid);
        let orphans = self.verification.iter().filter(|public| {
            public.signs_until.is_none()
                && public.not_before.saturating_add(ORPHAN_SECONDS) <= now
                && !has_private(public)
        });
        retire.extend(orphans.map(|orphan| ending(orphan.clone(), Some(now))));
        let secret = (signing.to_json() != self.stored.to_json()).then_some(signing);
        KeyChange { publish, secret, retire }
    }

    /// Adds the end of a key to a change.
    fn end(&self, change: &mut KeyChange, kid: &str, signs_until: i64, not_after: i64) {
        let mut changed = change.publish.iter_mut().chain(&mut change.retire);
        if let Some(key) = changed.find(|key| key.kid == kid) {
            key.not_after = Some(key.not_after.map_or(not_after, |end| end.min(not_after)));
            return;
        }
        let Some(stored) = self.verification.iter().find(|key| key.kid == kid) else {
            return;
        };
        let mut ended = ending(stored.clone(), Some(signs_until));
        ended.not_after = Some(ended.not_after.map_or(not_after, |end| end.min(not_after)));
        if ended != *stored {
            change.retire.push(ended);
        }
    }
}

/// The public key of a private one that signs until then. An earlier end stays.
fn ending(mut public: VerificationKey, signs_until: Option<i64>) -> VerificationKey {
    if let Some(end) = signs_until {
        let not_after = end.saturating_add(ACCEPT_SECONDS);
        public.signs_until = Some(public.signs_until.map_or(end, |earlier| earlier.min(end)));
        public.not_after = Some(public.not_after.map_or(not_after, |earlier| earlier.min(not_after)));
    }
    public
}

#[cfg(test)]
mod tests;
