use std::sync::Arc;

use souk_domain::ids::UserId;
use souk_store::{
    AccountDeletionOutcome, GuestLinkOutcome, GuestSession, REGISTRATION_SECONDS, Registration, RegistrationKey,
    RegistrationOutcome, Session,
};
use souk_testkit::{Database, SeededRandom, user};

use crate::accounts::email;
use crate::orders::NOW;
use crate::sessions::guest_session;
use crate::{Stores, at_once};

const KEY_SECONDS: i64 = 600;

/// A registration of Ann's address this long after the first.
fn registration(seconds: i64) -> Registration {
    let now = NOW.plus_seconds(seconds);
    let random = SeededRandom::new(seconds.unsigned_abs());
    Registration {
        email: email("ann@example.com"),
        user_id: UserId::new(now, &random),
        password_hash: format!("$argon2id${seconds}"),
        created_at: now,
        guest_ids: Vec::new(),
        expires_at: now.plus_seconds(REGISTRATION_SECONDS).as_seconds(),
    }
}

impl Stores {
    async fn register(&self, registration: &Registration, key: &RegistrationKey<'_>) -> RegistrationOutcome {
        self.registrations.create(registration, Some(key), None).await.expect("answered")
    }

    /// Starts a session of a registration, if it has not ended.
    async fn start_pending_session(&self, registration: &Registration, seconds: i64) -> Option<Session> {
        let now = NOW.plus_seconds(seconds);
        let session = Session {
            created_at: now,
            rotated_at: now,
            pending_email: Some(registration.email.clone()),
            expires_at: registration.expires_at,
            ..guest_session(registration.user_id.clone(), seconds.unsigned_abs())
        };
        let (registrations, email) = (&self.registrations, &registration.email);
        let created = registrations.create_session(&self.sessions, &session, email, now).await;
        created.expect("answered").then_some(session)
    }

    async fn registered(&self) -> Vec<Registration> {
        self.registrations.list(&email("ann@example.com")).await.expect("listed")
    }
}

#[tokio::test]
async fn an_address_has_several_registrations_and_the_newest_is_found() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (first, second, stranger) = (registration(0), registration(60), user(9));
        let newest = async |now| stores.registrations.newest(&first.email, now).await.expect("read");
        assert!(newest(NOW).await.is_none());
        for registration in [&second, &first] {
            stores.registrations.put(registration).await.expect("written");
        }
        assert!(newest(NOW).await == Some(second.clone()), "{}", database.implementation);
        assert!(stores.registered().await == [first.clone(), second.clone()], "oldest first");
        let get = async |id, now| stores.registrations.get(&first.email, id, now).await.expect("read");
        assert!(get(&first.user_id, NOW).await == Some(first.clone()));
        assert!(get(&stranger, NOW).await.is_none());
        assert!(stores.registrations.newest(&email("bob@example.com"), NOW).await.expect("read").is_none());

        let (late, too_late) = (NOW.plus_seconds(REGISTRATION_SECONDS), NOW.plus_seconds(REGISTRATION_SECONDS + 60));
        assert!(get(&first.user_id, late).await.is_none(), "expired, though TTL is late");
        assert!(newest(late).await == Some(second.clone()) && newest(too_late).await.is_none());

        for _ in 0..2 {
            stores.registrations.delete(&second.email, &second.user_id).await.expect("deleted");
            assert!(newest(NOW).await == Some(first.clone()), "{}", database.implementation);
        }
    }
}

#[tokio::test]
async fn strangers_who_register_an_address_often_take_no_registration_away() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        for seconds in 0..25 {
            stores.registrations.put(&registration(seconds)).await.expect("written");
        }
        let kept: Vec<_> = stores.registered().await.into_iter().map(|kept| kept.created_at).collect();
        assert_eq!(kept, (0..25).map(|n| NOW.plus_seconds(n)).collect::<Vec<_>>(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn guests_are_added_to_a_registration() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let pending = registration(0);
        let add = async |guest| {
            stores.registrations.add_guest(&pending.email, &pending.user_id, &guest).await.expect("answered")
        };
        assert_eq!(add(user(101)).await, GuestLinkOutcome::NotFound);
        assert!(stores.registered().await.is_empty(), "nothing is made");
        stores.registrations.put(&pending).await.expect("written");
        for guest in [101, 102, 101] {
            assert_eq!(add(user(guest)).await, GuestLinkOutcome::Linked);
        }
        let expected = Registration { guest_ids: vec![user(101), user(102)], ..pending };
        assert!(stores.registered().await == [expected], "{}", database.implementation);
    }
}

/// The key `k`.
fn key(seconds: i64, ended: Option<&UserId>) -> RegistrationKey<'_> {
    RegistrationKey { key: "k", ended, expires_at: NOW.plus_seconds(seconds + KEY_SECONDS) }
}

#[tokio::test]
async fn a_key_registers_once_until_it_lapses_or_its_registration_has_ended() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (first, second, late) = (registration(0), registration(60), registration(KEY_SECONDS));
        let used = async |seconds| {
            let now = NOW.plus_seconds(seconds);
            stores.registrations.registered_with(&first.email, "k", now).await.expect("read")
        };
        assert_eq!(used(0).await, None);
        assert_eq!(stores.register(&first, &key(0, None)).await, RegistrationOutcome::Created);
        assert_eq!(used(KEY_SECONDS - 1).await, Some(first.user_id.clone()), "{}", database.implementation);
        assert_eq!(stores.register(&second, &key(60, None)).await, RegistrationOutcome::KeyUsed);
        assert_eq!(stores.register(&second, &key(60, Some(&user(9)))).await, RegistrationOutcome::KeyUsed);
        assert!(stores.registered().await == [first.clone()], "neither the key nor what else was to be written");

        let of_another = Registration { email: email("bob@example.com"), ..registration(61) };
        assert_eq!(stores.register(&of_another, &key(61, None)).await, RegistrationOutcome::Created);
        assert_eq!(stores.register(&second, &key(60, Some(&first.user_id))).await, RegistrationOutcome::Created);
        assert_eq!(used(60).await, Some(second.user_id.clone()));
        assert_eq!(used(60 + KEY_SECONDS).await, None);
        let later = Registration { created_at: NOW.plus_seconds(60 + KEY_SECONDS), ..late };
        assert_eq!(stores.register(&later, &key(60 + KEY_SECONDS, None)).await, RegistrationOutcome::Created);
    }
}

#[tokio::test]
async fn of_many_registrations_at_once_with_a_key_one_is_stored() {
    for database in Database::each().await {
        let stores = Arc::new(Stores::on(&database));
        let outcomes = at_once(8, |number| {
            let stores = stores.clone();
            Box::pin(async move { stores.register(&registration(number.into()), &key(0, None)).await })
        })
        .await;
        let created = outcomes.iter().filter(|outcome| **outcome == RegistrationOutcome::Created).count();
        let used = outcomes.iter().filter(|outcome| **outcome == RegistrationOutcome::KeyUsed).count();
        assert_eq!((created, used, stores.registered().await.len()), (1, 7, 1), "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_guest_is_merged_into_one_account() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let session = guest_session(user(7), 7);
        let guest = GuestSession { user_id: user(7), session_id: session.session_id.clone() };
        let (first, second) = (registration(0), registration(60));
        let register = async |registration: &Registration| {
            let guest = Some((&stores.sessions, &guest));
            stores.registrations.create(registration, None, guest).await.expect("answered")
        };
        assert_eq!(register(&first).await, RegistrationOutcome::GuestTaken, "it has no session");
        stores.sessions.create(&session).await.expect("written");
        assert_eq!(register(&first).await, RegistrationOutcome::Created);
        assert_eq!(register(&second).await, RegistrationOutcome::GuestTaken, "{}", database.implementation);
        assert!(stores.registered().await == [first.clone()], "nothing of the second was written");
        let begin = async |account| stores.sessions.begin_merge(&guest, account).await.expect("answered");
        assert_eq!((begin(&first.user_id).await, begin(&second.user_id).await), (true, false), "a retry continues");
        let kept = stores.sessions.get(&user(7), &guest.session_id, true).await.expect("read");
        assert_eq!(kept, Some(session), "the guest goes on until it is merged");
        assert_eq!(stores.sessions.merging_account(&guest).await.expect("read"), Some(first.user_id.clone()));

        // A retry of the first request, whose registration has ended meanwhile.
        stores.registrations.end(&first.email, &first.user_id, NOW).await.expect("ended");
        let (third, ended) = (registration(120), key(0, Some(&first.user_id)));
        let retried = stores.registrations.create(&third, Some(&ended), Some((&stores.sessions, &guest))).await;
        assert_eq!(retried.expect("answered"), RegistrationOutcome::Created);
        assert!(begin(&third.user_id).await, "the guest follows the new registration");
    }
}

#[tokio::test]
async fn a_registration_becomes_an_account_once() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let pending = registration(0);
        let claim = async |registration: &Registration| {
            let (credentials, registrations) = (&stores.credentials, &stores.registrations);
            let claimed = stores.accounts.claim_registration(credentials, registrations, registration, NOW).await;
            claimed.expect("answered").is_some()
        };
        assert!(!claim(&pending).await, "there is none");
        stores.registrations.put(&pending).await.expect("written");
        let linked = stores.registrations.add_guest(&pending.email, &pending.user_id, &user(7)).await;
        assert_eq!(linked.expect("answered"), GuestLinkOutcome::Linked);
        assert!(!claim(&pending).await, "a guest that was added meanwhile is not lost: {}", database.implementation);
        let read = stores.registered().await.remove(0);
        assert!(claim(&read).await);
        let account = stores.accounts.get(&pending.user_id).await.expect("read").expect("an account");
        assert_eq!((&account.email, &account.guest_ids), (&pending.email, &vec![user(7)]));
        assert_eq!(stores.credential("ann@example.com").await.user_id, pending.user_id);
        assert!(stores.registered().await.is_empty());

        let deleted = stores.accounts.delete(&stores.credentials, &stores.staff_grants, &account, None).await;
        assert_eq!(deleted.expect("answered"), AccountDeletionOutcome::Deleted);
        assert!(!claim(&read).await, "{}", database.implementation);
        assert!(stores.credentials.get(&pending.email).await.expect("read").is_none());
    }
}

#[tokio::test]
async fn a_registration_of_a_taken_address_claims_nothing() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let pending = registration(0);
        stores.registrations.put(&pending).await.expect("written");
        let (credentials, registrations) = (&stores.credentials, &stores.registrations);
        let claimed = stores.accounts.claim_registration(credentials, registrations, &pending, NOW).await;
        assert!(claimed.expect("answered").is_none(), "{}", database.implementation);
        assert!(stores.registered().await == [pending]);
    }
}

#[tokio::test]
async fn a_session_of_a_pending_account_ends_with_its_registration() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let pending = registration(0);
        assert!(stores.start_pending_session(&pending, 0).await.is_none(), "there is no registration");
        stores.registrations.put(&pending).await.expect("written");
        let session = stores.start_pending_session(&pending, 0).await.expect("a session");
        let (day, far) = (NOW.plus_seconds(86_400), NOW.plus_seconds(100 * 86_400));
        let rotated = stores
            .sessions
            .rotate(&session.user_id, &session.session_id, 0, day, far.as_seconds())
            .await
            .expect("answered");
        let expected = Session { rotation: 1, rotated_at: day, ..session };
        assert_eq!(rotated, souk_store::RotationOutcome::Rotated(expected), "{}", database.implementation);

        assert!(stores.start_pending_session(&pending, REGISTRATION_SECONDS).await.is_none(), "it has expired");
        for _ in 0..2 {
            stores.registrations.end(&pending.email, &pending.user_id, NOW).await.expect("ended");
            assert!(stores.start_pending_session(&pending, 1).await.is_none(), "{}", database.implementation);
            assert!(stores.registrations.newest(&pending.email, NOW).await.expect("read").is_none());
        }
        assert_eq!(stores.registered().await.len(), 1, "whoever ends it finds it again");
        stores.registrations.end(&pending.email, &user(9), NOW).await.expect("nothing to end");
        assert_eq!(stores.registered().await.len(), 1, "nothing is made");
    }
}
