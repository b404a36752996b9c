use std::collections::BTreeSet;

use souk_store::{CredentialOutcome, CredentialRef};
use souk_testkit::{Database, user};

use crate::accounts::email;
use crate::{Stores, at_once};

const ANN: &str = "ann@example.com";
const SECRET: &str = "JBSWY3DPEHPK3PXP";

fn recovery_codes() -> BTreeSet<String> {
    ["hash-1", "hash-2"].map(str::to_owned).into()
}

impl Stores {
    async fn seen(&self) -> CredentialRef {
        self.credential(ANN).await.reference()
    }

    /// Sets up Ann's second factor with the code of a step.
    async fn second_factor(&self, step: u64) {
        let seen = self.seen().await;
        let pending = self.credentials.set_pending_totp(&seen, SECRET).await.expect("answered");
        assert_eq!(pending, CredentialOutcome::Changed);
        let confirmed = self.credentials.confirm_totp(&seen, SECRET, step, &recovery_codes()).await.expect("answered");
        assert_eq!(confirmed, CredentialOutcome::Changed);
    }
}

#[tokio::test]
async fn a_changed_password_has_the_next_version() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let seen = stores.seen().await;
        let change = async |seen: &CredentialRef, hash| stores.credentials.change_password(seen, hash).await;
        assert_eq!(change(&seen, "new").await.expect("answered"), CredentialOutcome::Changed);
        let credential = stores.credential(ANN).await;
        assert_eq!((credential.password_hash.as_str(), credential.version), ("new", seen.version + 1));
        // The SDK repeats the request like this when a response was lost.
        assert_eq!(change(&seen, "new").await.expect("answered"), CredentialOutcome::Changed);
        assert_eq!(change(&seen, "other").await.expect("answered"), CredentialOutcome::Conflict);
        assert_eq!(stores.seen().await.version, seen.version + 1, "{}", database.implementation);

        let foreign = CredentialRef { user_id: user(2), ..stores.seen().await };
        assert_eq!(change(&foreign, "other").await.expect("answered"), CredentialOutcome::Conflict);
        let nobody = CredentialRef { email: email("bob@example.com"), ..seen };
        assert_eq!(change(&nobody, "other").await.expect("answered"), CredentialOutcome::Conflict);
        assert!(stores.credentials.get(&nobody.email).await.expect("read").is_none(), "nothing is made");
    }
}

#[tokio::test]
async fn an_upgraded_hash_keeps_the_version() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let before = stores.credential(ANN).await;
        let upgrade = async |old: &str, new| stores.credentials.upgrade_hash(&before.email, old, new).await;
        assert!(upgrade(&before.password_hash, "stronger").await.expect("answered"));
        let after = stores.credential(ANN).await;
        assert_eq!((after.password_hash.as_str(), after.version), ("stronger", before.version));
        assert!(!upgrade(&before.password_hash, "late").await.expect("answered"), "the password was changed");
        assert_eq!(stores.credential(ANN).await.password_hash, "stronger", "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_second_factor_counts_once_it_is_confirmed() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let (seen, credentials) = (stores.seen().await, &stores.credentials);
        let confirm = async |secret, step| {
            credentials.confirm_totp(&seen, secret, step, &recovery_codes()).await.expect("answered")
        };
        let pend = async |secret| credentials.set_pending_totp(&seen, secret).await.expect("answered");
        assert_eq!(confirm(SECRET, 7).await, CredentialOutcome::Conflict, "there is nothing to confirm");
        assert_eq!(pend("FORGOTTEN").await, CredentialOutcome::Changed);
        assert_eq!(pend(SECRET).await, CredentialOutcome::Changed, "it replaces one that is not confirmed");
        assert!(stores.credential(ANN).await.second_factor().is_none(), "not confirmed");
        assert!(!credentials.use_totp_step(&seen.email, SECRET, 8).await.expect("answered"), "not confirmed");
        assert_eq!(stores.seen().await, seen, "the version stays");

        assert_eq!(confirm("FORGOTTEN", 7).await, CredentialOutcome::Conflict);
        assert_eq!(confirm(SECRET, 7).await, CredentialOutcome::Changed, "{}", database.implementation);
        assert_eq!(confirm(SECRET, 7).await, CredentialOutcome::Changed, "a repeated request of the SDK");
        let credential = stores.credential(ANN).await;
        assert_eq!(credential.second_factor().map(|totp| (totp.secret.as_str(), totp.last_step)), Some((SECRET, 7)));
        assert_eq!((credential.version, &credential.recovery_codes), (seen.version + 1, &recovery_codes()));
        let again = credentials.set_pending_totp(&credential.reference(), "OTHER").await.expect("answered");
        assert_eq!(again, CredentialOutcome::Conflict, "a confirmed one is not replaced");
        assert_eq!(stores.credential(ANN).await.totp.map(|totp| totp.secret), Some(SECRET.to_owned()));
    }
}

/// What functions read that may not read secrets (`dynamodb:Attributes` in template.yaml).
#[tokio::test]
async fn the_status_follows_the_second_factor_and_has_no_secrets() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (ann, credentials) = (email(ANN), &stores.credentials);
        assert_eq!(credentials.find(&ann).await.expect("read"), None);
        assert_eq!(credentials.status(&ann).await.expect("read"), None);
        stores.ann().await;
        let status = async || {
            let status = credentials.status(&ann).await.expect("read").expect("an account");
            (status.has_second_factor, status.recovery_codes_left())
        };
        assert_eq!(credentials.find(&ann).await.expect("read"), Some(stores.seen().await));
        assert_eq!(status().await, (false, 0), "{}", database.implementation);
        let pending = credentials.set_pending_totp(&stores.seen().await, SECRET).await.expect("answered");
        assert_eq!((pending, status().await), (CredentialOutcome::Changed, (false, 0)), "not confirmed");
        stores.second_factor(7).await;
        assert_eq!(status().await, (true, 2));
        for (code, left) in [("hash-1", 1), ("hash-2", 0)] {
            assert!(credentials.use_recovery_code(&ann, code).await.expect("answered"));
            assert_eq!(status().await, (true, left), "{}", database.implementation);
        }
        let removed = credentials.remove_totp(&stores.seen().await).await.expect("answered");
        assert_eq!((removed, status().await), (CredentialOutcome::Changed, (false, 0)));
        assert_eq!(credentials.find(&ann).await.expect("read"), Some(stores.seen().await));
    }
}

#[tokio::test]
async fn a_code_counts_once_and_no_older_code_after_it() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        stores.second_factor(7).await;
        let version = stores.seen().await.version;
        let attempt = async |secret, step| stores.credentials.use_totp_step(&email(ANN), secret, step).await;
        for (secret, step, accepted) in
            [(SECRET, 7, false), (SECRET, 9, true), (SECRET, 9, false), (SECRET, 8, false), ("OTHER", 10, false)]
        {
            let found = attempt(secret, step).await.expect("answered");
            assert_eq!(found, accepted, "{secret} {step} on {}", database.implementation);
        }
        assert_eq!(stores.seen().await.version, version, "a login is no change");
        let uses = at_once(6, |_| {
            let credentials = stores.credentials.clone();
            Box::pin(async move { credentials.use_totp_step(&email(ANN), SECRET, 20).await.expect("answered") })
        })
        .await;
        assert_eq!(uses.iter().filter(|accepted| **accepted).count(), 1, "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_recovery_code_counts_once() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        stores.second_factor(7).await;
        let uses = at_once(6, |_| {
            let credentials = stores.credentials.clone();
            Box::pin(async move { credentials.use_recovery_code(&email(ANN), "hash-1").await.expect("answered") })
        })
        .await;
        assert_eq!(uses.iter().filter(|accepted| **accepted).count(), 1, "{}", database.implementation);
        let attempt = async |hash| stores.credentials.use_recovery_code(&email(ANN), hash).await.expect("answered");
        assert!(!attempt("hash-1").await && !attempt("hash").await, "used, and a part of a code");
        assert!(attempt("hash-2").await, "the last one");
        assert!(stores.credential(ANN).await.recovery_codes.is_empty());
        assert!(!attempt("hash-2").await);
        let nobody = stores.credentials.use_recovery_code(&email("bob@example.com"), "hash-1").await;
        assert!(!nobody.expect("answered"));
    }
}

#[tokio::test]
async fn a_second_factor_is_removed_with_its_codes() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let old = stores.seen().await;
        stores.second_factor(7).await;
        let (seen, credentials) = (stores.seen().await, &stores.credentials);
        assert_eq!(credentials.remove_totp(&old).await.expect("answered"), CredentialOutcome::Conflict);
        assert_eq!(credentials.remove_totp(&seen).await.expect("answered"), CredentialOutcome::Changed);
        let credential = stores.credential(ANN).await;
        assert!(credential.totp.is_none() && credential.recovery_codes.is_empty(), "{}", database.implementation);
        assert_eq!(credential.version, seen.version + 1);
        assert_eq!(credentials.remove_totp(&seen).await.expect("answered"), CredentialOutcome::Changed, "repeated");
        let removed = credentials.remove_totp(&credential.reference()).await.expect("answered");
        assert_eq!(removed, CredentialOutcome::Conflict, "there is none");
        assert!(!credentials.use_totp_step(&seen.email, SECRET, 50).await.expect("answered"));
    }
}
