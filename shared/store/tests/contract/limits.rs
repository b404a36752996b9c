use souk_domain::effects::Clock;
use souk_store::{AttemptOutcome, Limit};
use souk_testkit::{Database, FixedClock};

use crate::Stores;

const LIMIT: Limit = Limit { max_attempts: 3, window_seconds: 60 };

#[tokio::test]
async fn a_window_fills_and_ends() {
    for database in Database::each().await {
        let (limits, clock) = (Stores::on(&database).limits, FixedClock::new());
        let count = async |key| limits.count(key, LIMIT, clock.now()).await.expect("answered");
        for _ in 0..3 {
            assert_eq!(count("a").await, AttemptOutcome::Counted, "{}", database.implementation);
        }
        assert_eq!(count("a").await, AttemptOutcome::LimitReached { retry_after_seconds: 60 });
        clock.advance_seconds(59);
        assert_eq!(count("a").await, AttemptOutcome::LimitReached { retry_after_seconds: 1 });
        assert_eq!(count("b").await, AttemptOutcome::Counted, "keys do not touch each other");
        clock.advance_seconds(1);
        for _ in 0..3 {
            assert_eq!(count("a").await, AttemptOutcome::Counted, "a new window");
        }
        assert_eq!(count("a").await, AttemptOutcome::LimitReached { retry_after_seconds: 60 });
    }
}

#[tokio::test]
async fn attempts_are_given_back_and_forgotten() {
    for database in Database::each().await {
        let (limits, clock) = (Stores::on(&database).limits, FixedClock::new());
        let count = async || limits.count("a", LIMIT, clock.now()).await.expect("answered");
        limits.release("a").await.expect("nothing to give back to");
        limits.reset("a").await.expect("nothing to forget");
        for _ in 0..3 {
            assert_eq!(count().await, AttemptOutcome::Counted);
        }
        limits.release("a").await.expect("given back");
        assert_eq!(count().await, AttemptOutcome::Counted);
        assert!(matches!(count().await, AttemptOutcome::LimitReached { .. }));

        limits.reset("a").await.expect("forgotten");
        limits.release("a").await.expect("never below zero");
        for _ in 0..3 {
            assert_eq!(count().await, AttemptOutcome::Counted);
        }
        assert!(matches!(count().await, AttemptOutcome::LimitReached { .. }));
    }
}

#[tokio::test]
async fn a_burst_gets_no_more_than_the_limit() {
    for database in Database::each().await {
        let (limits, now) = (Stores::on(&database).limits, FixedClock::new().now());
        let attempts: Vec<_> = (0..12)
            .map(|_| {
                let limits = limits.clone();
                tokio::spawn(async move { limits.count("a", LIMIT, now).await })
            })
            .collect();
        let mut counted = 0;
        for attempt in attempts {
            if attempt.await.expect("ran").expect("answered") == AttemptOutcome::Counted {
                counted += 1;
            }
        }
        assert_eq!(counted, LIMIT.max_attempts, "{}", database.implementation);
    }
}
