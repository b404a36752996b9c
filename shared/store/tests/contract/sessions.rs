use souk_domain::effects::Clock;
use souk_domain::ids::FamilyId;
use souk_store::{RefreshTokenStatus, RotationOutcome, Session, Sessions};
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use crate::Stores;

fn session(hash: &str) -> Session {
    let now = FixedClock::new().now();
    Session {
        family_id: FamilyId::new(now, &SeededRandom::new(9)),
        user_id: user(1),
        token_hash: hash.to_owned(),
        rotations: 0,
        created_at: now,
        expires_at: now.plus_seconds(60).as_seconds(),
    }
}

async fn present(sessions: &Sessions, hash: &str, clock: &FixedClock) -> RefreshTokenStatus {
    sessions.check(&session("").family_id, hash, clock.now()).await.expect("answered")
}

#[tokio::test]
async fn the_newest_token_counts_and_rotates() {
    for database in Database::each().await {
        let (sessions, clock) = (Stores::on(&database).sessions, FixedClock::new());
        assert_eq!(present(&sessions, "a", &clock).await, RefreshTokenStatus::Unknown);
        let first = session("a");
        sessions.create(&first).await.expect("written");
        assert_eq!(present(&sessions, "a", &clock).await, RefreshTokenStatus::Current(first.clone()));

        let later = clock.now().plus_seconds(120);
        assert_eq!(sessions.rotate(&first, "b", later).await.expect("rotated"), RotationOutcome::Rotated);
        let second =
            Session { token_hash: "b".to_owned(), rotations: 1, expires_at: later.as_seconds(), ..first.clone() };
        assert_eq!(present(&sessions, "b", &clock).await, RefreshTokenStatus::Current(second));
        // The SDK repeats the request like this when a response was lost.
        assert_eq!(sessions.rotate(&first, "b", later).await.expect("repeated"), RotationOutcome::Rotated);

        clock.advance_seconds(120);
        assert_eq!(present(&sessions, "b", &clock).await, RefreshTokenStatus::Unknown, "expired, though TTL is late");
    }
}

#[tokio::test]
async fn an_older_token_ends_the_family() {
    for database in Database::each().await {
        let (sessions, clock) = (Stores::on(&database).sessions, FixedClock::new());
        let first = session("a");
        sessions.create(&first).await.expect("written");
        assert_eq!(
            sessions.rotate(&first, "b", clock.now().plus_seconds(60)).await.expect("rotated"),
            RotationOutcome::Rotated
        );
        assert_eq!(present(&sessions, "a", &clock).await, RefreshTokenStatus::Reused);
        assert_eq!(present(&sessions, "b", &clock).await, RefreshTokenStatus::Unknown, "{}", database.implementation);
    }
}

#[tokio::test]
async fn of_two_rotations_at_once_one_ends_the_family() {
    for database in Database::each().await {
        let (sessions, clock) = (Stores::on(&database).sessions, FixedClock::new());
        let first = session("a");
        sessions.create(&first).await.expect("written");
        let later = clock.now().plus_seconds(60);
        assert_eq!(sessions.rotate(&first, "b", later).await.expect("rotated"), RotationOutcome::Rotated);
        assert_eq!(sessions.rotate(&first, "c", later).await.expect("refused"), RotationOutcome::Reused);
        assert_eq!(present(&sessions, "b", &clock).await, RefreshTokenStatus::Unknown);
        assert_eq!(sessions.rotate(&first, "d", later).await.expect("refused"), RotationOutcome::SessionEnded);
        assert_eq!(present(&sessions, "d", &clock).await, RefreshTokenStatus::Unknown, "an ended family stays ended");
    }
}

#[tokio::test]
async fn ending_twice_is_no_error() {
    for database in Database::each().await {
        let (sessions, clock) = (Stores::on(&database).sessions, FixedClock::new());
        let first = session("a");
        sessions.create(&first).await.expect("written");
        for _ in 0..2 {
            sessions.end(&first.family_id).await.expect("ended");
            assert_eq!(present(&sessions, "a", &clock).await, RefreshTokenStatus::Unknown);
        }
    }
}
