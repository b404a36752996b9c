use souk_domain::account::CallerKind;
use souk_domain::ids::{SessionId, UserId};
use souk_domain::permission::{Permission, Permissions, Role};
use souk_store::{
    CreateSessionOutcome, CredentialOutcome, CredentialRef, GrantOutcome, RotationOutcome, Session, StaffGrant,
    StaffSession,
};
use souk_testkit::{Database, SeededRandom, user};

use crate::accounts::email;
use crate::orders::NOW;
use crate::{Stores, at_once};

/// The n-th session of user 1.
fn session(number: u64) -> Session {
    guest_session(user(1), number)
}

/// The n-th session of a user, as that of a guest.
pub(crate) fn guest_session(user_id: UserId, number: u64) -> Session {
    Session {
        user_id,
        session_id: SessionId::new(NOW.plus_seconds(number.cast_signed()), &SeededRandom::new(number)),
        kind: CallerKind::Guest,
        created_at: NOW,
        rotation: 0,
        rotated_at: NOW,
        device: None,
        pending_email: None,
        staff: None,
        second_factor: false,
        expires_at: NOW.plus_seconds(600).as_seconds(),
    }
}

impl Stores {
    async fn session(&self, session: &Session) -> Option<Session> {
        self.sessions.get(&session.user_id, &session.session_id, true).await.expect("read")
    }

    async fn rotate(&self, session: &Session, presented: u32, seconds: i64) -> RotationOutcome {
        let now = NOW.plus_seconds(seconds);
        let end = now.plus_seconds(600).as_seconds();
        self.sessions.rotate(&session.user_id, &session.session_id, presented, now, end).await.expect("answered")
    }

    async fn log_in(&self, session: &Session, seen: &CredentialRef) -> CreateSessionOutcome {
        self.sessions.create_for_account(session, &self.credentials, seen).await.expect("answered")
    }
}

/// The session after a rotation at this time.
fn rotated(session: &Session, rotation: u32, seconds: i64) -> Session {
    let rotated_at = NOW.plus_seconds(seconds);
    Session { rotation, rotated_at, expires_at: rotated_at.plus_seconds(600).as_seconds(), ..session.clone() }
}

#[test]
fn staff_access_ends_with_the_grant() {
    let all = Permissions::of(&Permission::ALL);
    let staff = |expires_at| Session { staff: Some(StaffSession { permissions: all, expires_at }), ..session(1) };
    assert_eq!(session(1).permissions(NOW), Permissions::NONE);
    assert_eq!(staff(None).permissions(NOW), all);
    assert_eq!(staff(Some(NOW.plus_seconds(1))).permissions(NOW), all);
    assert_eq!(staff(Some(NOW)).permissions(NOW), Permissions::NONE);
}

#[tokio::test]
async fn a_session_is_stored_with_everything_that_an_authorizer_needs() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let first = Session {
            kind: CallerKind::Shopper,
            device: Some("a browser".to_owned()),
            pending_email: None,
            staff: Some(StaffSession {
                permissions: Permissions::of_roles(&[Role::Support]),
                expires_at: Some(NOW.plus_seconds(60)),
            }),
            second_factor: true,
            ..session(1)
        };
        assert_eq!(stores.session(&first).await, None);
        stores.sessions.create(&first).await.expect("written");
        assert_eq!(stores.session(&first).await, Some(first.clone()), "{}", database.implementation);
        let of_another = stores.sessions.get(&user(2), &first.session_id, true).await.expect("read");
        assert_eq!(of_another, None, "a session is found with its user only");
    }
}

#[tokio::test]
async fn the_newest_token_rotates() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let first = session(1);
        assert_eq!(stores.rotate(&first, 0, 0).await, RotationOutcome::Ended, "never existed");
        stores.sessions.create(&first).await.expect("written");
        assert_eq!(stores.rotate(&first, 0, 100).await, RotationOutcome::Rotated(rotated(&first, 1, 100)));
        assert_eq!(stores.rotate(&first, 1, 300).await, RotationOutcome::Rotated(rotated(&first, 2, 300)));
        assert_eq!(stores.session(&first).await, Some(rotated(&first, 2, 300)), "{}", database.implementation);
        assert_eq!(stores.rotate(&first, 2, 900).await, RotationOutcome::Ended, "expired, though TTL is late");
        assert_eq!(stores.rotate(&first, 1, 900).await, RotationOutcome::Ended);
    }
}

#[tokio::test]
async fn shortly_after_a_rotation_the_token_before_gets_the_same_answer() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let first = session(1);
        stores.sessions.create(&first).await.expect("written");
        let second = rotated(&first, 1, 100);
        assert_eq!(stores.rotate(&first, 0, 100).await, RotationOutcome::Rotated(second.clone()));
        for seconds in [100, 120] {
            assert_eq!(stores.rotate(&first, 0, seconds).await, RotationOutcome::Repeated(second.clone()));
        }
        assert_eq!(stores.session(&first).await, Some(second), "a repetition does not prolong the grace period");
        assert_eq!(stores.rotate(&first, 0, 121).await, RotationOutcome::Reused, "{}", database.implementation);
        assert_eq!(stores.session(&first).await, None, "the session ended");
        assert_eq!(stores.rotate(&first, 1, 121).await, RotationOutcome::Ended, "for the newest token, too");
        assert_eq!(stores.session(&first).await, None, "an ended session stays ended");
    }
}

#[tokio::test]
async fn a_token_that_is_older_ends_the_session_within_the_grace_period_too() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let first = session(1);
        stores.sessions.create(&first).await.expect("written");
        for presented in [0, 1] {
            let outcome = stores.rotate(&first, presented, 100).await;
            assert_eq!(outcome, RotationOutcome::Rotated(rotated(&first, presented + 1, 100)));
        }
        assert_eq!(stores.rotate(&first, 7, 100).await, RotationOutcome::Ended, "not issued yet");
        assert!(stores.session(&first).await.is_some(), "a number that was not issued ends nothing");
        assert_eq!(stores.rotate(&first, 0, 100).await, RotationOutcome::Reused, "{}", database.implementation);
        assert_eq!(stores.session(&first).await, None);
    }
}

#[tokio::test]
async fn concurrent_rotations_return_the_same_token() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let first = session(1);
        stores.sessions.create(&first).await.expect("written");
        let outcomes = at_once(8, |_| {
            let (sessions, first) = (stores.sessions.clone(), first.clone());
            let end = NOW.plus_seconds(700).as_seconds();
            Box::pin(async move {
                let now = NOW.plus_seconds(100);
                sessions.rotate(&first.user_id, &first.session_id, 0, now, end).await.expect("answered")
            })
        })
        .await;
        let second = rotated(&first, 1, 100);
        let count = |wanted: &RotationOutcome| outcomes.iter().filter(|outcome| *outcome == wanted).count();
        let (won, lost) = (RotationOutcome::Rotated(second.clone()), RotationOutcome::Repeated(second.clone()));
        assert_eq!((count(&won), count(&lost)), (1, 7), "{}", database.implementation);
        assert_eq!(stores.session(&first).await, Some(second));
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        // More than are deleted at a time.
        let all: Vec<_> = (1..=60).map(session).collect();
        let expired = Session { expires_at: NOW.as_seconds(), ..session(61) };
        let other = Session { user_id: user(2), ..session(62) };
        for session in all.iter().chain([&expired, &other]) {
            stores.sessions.create(session).await.expect("written");
        }
        let list = async || stores.sessions.list(&user(1), NOW).await.expect("listed");
        assert_eq!(list().await, all, "{}", database.implementation);
        for _ in 0..2 {
            stores.sessions.end(&user(1), &all[0].session_id).await.expect("ended");
            assert_eq!(list().await, all[1..]);
        }
        stores.sessions.end_all(&user(1), Some(&all[4].session_id)).await.expect("ended");
        assert_eq!(list().await, all[4..5], "{}", database.implementation);
        assert_eq!(stores.session(&expired).await, None);
        for _ in 0..2 {
            stores.sessions.end_all(&user(1), None).await.expect("ended");
            assert_eq!(list().await, []);
        }
        assert!(stores.session(&other).await.is_some(), "another user's");
    }
}

#[tokio::test]
async fn a_login_that_races_with_a_change_of_the_credentials_leaves_no_session() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let ann = stores.ann().await;
        let seen = stores.credential("ann@example.com").await.reference();
        assert_eq!(stores.log_in(&session(1), &seen).await, CreateSessionOutcome::Created);

        let changed = stores.credentials.change_password(&seen, "new").await.expect("answered");
        assert_eq!(changed, CredentialOutcome::Changed);
        assert_eq!(stores.log_in(&session(2), &seen).await, CreateSessionOutcome::CredentialsChanged);
        let seen = stores.credential("ann@example.com").await.reference();
        let grant = StaffGrant {
            user_id: user(1),
            email: email("ann@example.com"),
            roles: vec![Role::Support],
            expires_at: None,
            granted_by: None,
            granted_at: NOW,
        };
        let granted = stores.staff_grants.put(&stores.credentials, &grant, None).await.expect("answered");
        assert_eq!(granted, GrantOutcome::Changed);
        assert_eq!(stores.log_in(&session(2), &seen).await, CreateSessionOutcome::CredentialsChanged);
        let seen = stores.credential("ann@example.com").await.reference();
        let of_another = CredentialRef { user_id: user(2), ..seen.clone() };
        assert_eq!(stores.log_in(&session(2), &of_another).await, CreateSessionOutcome::CredentialsChanged);
        let _ = stores.accounts.delete(&stores.credentials, &stores.staff_grants, &ann, None).await.expect("deleted");
        assert_eq!(stores.log_in(&session(2), &seen).await, CreateSessionOutcome::CredentialsChanged);
        let left = stores.sessions.list(&user(1), NOW).await.expect("listed");
        assert_eq!(left, [session(1)], "{}", database.implementation);
    }
}

/// Changes the password in the way of an endpoint: the change, then the end of all sessions. Logins that read the old
/// password run at the same time.
#[tokio::test]
async fn no_login_with_the_old_password_outlives_its_change() {
    for database in Database::each().await {
        let stores = std::sync::Arc::new(Stores::on(&database));
        stores.ann().await;
        let seen = stores.credential("ann@example.com").await.reference();
        let outcomes = at_once(9, |number| {
            let (stores, seen) = (stores.clone(), seen.clone());
            Box::pin(async move {
                if number != 4 {
                    return Some(stores.log_in(&session(u64::from(number)), &seen).await);
                }
                let changed = stores.credentials.change_password(&seen, "new").await.expect("answered");
                assert_eq!(changed, CredentialOutcome::Changed);
                stores.sessions.end_all(&user(1), None).await.expect("ended");
                None
            })
        })
        .await;
        assert_eq!(outcomes.iter().flatten().count(), 8);
        let left = stores.sessions.list(&user(1), NOW).await.expect("listed");
        assert_eq!(left, [], "{outcomes:?} on {}", database.implementation);
    }
}
