use souk_domain::effects::Clock;
use souk_domain::rate_limit::Rate;
use souk_store::{AttemptOutcome, Limit, TokenOutcome};
use souk_testkit::{Database, FixedClock};

use crate::{Stores, at_once};

const LIMIT: Limit = Limit { max_attempts: 3, window_seconds: 60 };

fn an_hour(tokens: u32) -> Rate {
    Rate::new(tokens, 3_600).expect("a rate")
}

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

/// What counting an order costs a checkout, as DynamoDB reports it: until the bucket of an address is empty, while its
/// tokens come back in the second half of the hour, from a bucket that is full again, and at an address without a rush.
#[tokio::test]
async fn a_token_costs_one_write_unit_in_every_part_of_an_hour() {
    const TOKENS: u32 = 60;
    for database in Database::each().await {
        let (limits, clock) = (Stores::on(&database).limits, FixedClock::new());
        let take = async |key| limits.take_token(key, an_hour(TOKENS), clock.now()).await.expect("answered");
        let takes_one = async |key| {
            let TokenOutcome::Taken { write_units } = take(key).await else { panic!("no token is left") };
            assert!(write_units > 0.0 && write_units <= 1.0, "{}: {write_units}", database.implementation);
        };
        for tokens in [TOKENS, TOKENS / 2, TOKENS] {
            for _ in 0..tokens {
                takes_one("rush").await;
            }
            let empty = TokenOutcome::Empty { retry_after_seconds: 60 };
            assert_eq!(take("rush").await, empty, "{}", database.implementation);
            clock.advance_seconds(if tokens == TOKENS { 1_800 } else { 3_600 });
        }
        for pause in [0, 1, 59, 60, 61, 7_200] {
            clock.advance_seconds(pause);
            takes_one("quiet").await;
        }
    }
}

#[tokio::test]
async fn tokens_are_returned() {
    for database in Database::each().await {
        let (limits, clock) = (Stores::on(&database).limits, FixedClock::new());
        let is_taken = async || {
            let outcome = limits.take_token("a", an_hour(3), clock.now()).await.expect("answered");
            matches!(outcome, TokenOutcome::Taken { .. })
        };
        let give_back = async || limits.return_token("a", an_hour(3)).await.expect("answered");
        give_back().await; // there is no bucket
        for _ in 0..2 {
            for _ in 0..3 {
                assert!(is_taken().await, "{}", database.implementation);
            }
            assert!(!is_taken().await, "{}", database.implementation);
            give_back().await;
            assert!(is_taken().await && !is_taken().await, "{}", database.implementation);
            clock.advance_seconds(3_600);
            give_back().await; // a full bucket takes no fourth token
        }
    }
}

#[tokio::test]
async fn a_burst_takes_no_more_tokens_than_there_are() {
    for database in Database::each().await {
        let (limits, now) = (Stores::on(&database).limits, FixedClock::new().now());
        let outcomes = at_once(12, |_| {
            let limits = limits.clone();
            Box::pin(async move { limits.take_token("a", an_hour(3), now).await.expect("answered") })
        })
        .await;
        let taken = outcomes.iter().filter(|outcome| matches!(outcome, TokenOutcome::Taken { .. })).count();
        assert_eq!(taken, 3, "{}", database.implementation);
    }
}
