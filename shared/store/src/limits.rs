//! Token buckets for rates ([`souk_domain::rate_limit`]): of requests and of orders. Windows for numbers of failures, such
//! as guesses of a password.
//!
//! An attempt is counted before it is made and released if it succeeds. If failures were counted afterwards, a burst of
//! concurrent attempts would pass before the first is counted.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::Deserialize;
use souk_domain::rate_limit::{Grant, Rate};
use souk_domain::time::{MICROS_PER_SECOND, Timestamp};

use crate::StoreError;
use crate::table::{Table, key, number};

/// Maximum attempts to count while a window ends and another writer opens the next one.
const MAX_ATTEMPTS: u32 = 4;
/// How long a full bucket stays in the table: longer than clocks differ.
const FULL_BUCKET_SECONDS: i64 = 60;
const MICROS_PER_MILLISECOND: i64 = 1_000;

/// The limits table.
#[derive(Clone)]
pub struct Limits {
    table: Table,
}

/// A maximum number of attempts in a window that begins with the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Maximum attempts in a window.
    pub max_attempts: u32,
    /// Length of a window.
    pub window_seconds: i64,
}

/// Whether an attempt is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum AttemptOutcome {
    /// The attempt is counted and allowed.
    Counted,
    /// The limit of the window is reached.
    LimitReached {
        /// Seconds until the window ends, at least 1.
        retry_after_seconds: u64,
    },
}

/// Whether a bucket had a token.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub enum TokenOutcome {
    /// A token was taken.
    Taken {
        /// Write units that DynamoDB consumed.
        write_units: f64,
    },
    /// The bucket is empty.
    Empty {
        /// Seconds until it has a token, at least 1.
        retry_after_seconds: u64,
    },
}

/// Tokens that were taken, and the write units that this consumed.
struct Taken {
    grant: Grant,
    write_units: f64,
}

#[derive(Deserialize)]
struct Window {
    /// Counted attempts.
    attempts: i64,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    expires_at: i64,
}

impl Window {
    /// Seconds until it ends, at least 1. `None` if it has ended.
    fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        u64::try_from(self.expires_at - now.as_seconds()).ok().filter(|seconds| *seconds > 0)
    }
}

#[derive(Deserialize)]
struct Bucket {
    /// In microseconds since the Unix epoch.
    full_at: i64,
}

impl Limits {
    /// The limits of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Counts an attempt if it is allowed. `limit_key` identifies what is limited. It must not reveal a person, because
    /// it is stored.
    pub async fn count(&self, limit_key: &str, limit: Limit, now: Timestamp) -> Result<AttemptOutcome, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let Err(window) = self.count_in_open_window(limit_key, limit, now).await? else {
                return Ok(AttemptOutcome::Counted);
            };
            if let Some(retry_after_seconds) = window.and_then(|window| window.seconds_left(now)) {
                return Ok(AttemptOutcome::LimitReached { retry_after_seconds });
            }
            if self.open_window(limit_key, limit, now).await? {
                return Ok(AttemptOutcome::Counted);
            }
            self.table.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Seconds until an attempt is allowed; `None` if one is now. Counts nothing, and may miss attempts of the last second:
    /// a read costs a tenth of a count.
    pub async fn seconds_to_wait(
        &self,
        limit_key: &str,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let window: Option<Window> = self.table.get(key([("limit_key", limit_key)]), false).await?;
        let full = window.filter(|window| window.attempts >= i64::from(limit.max_attempts));
        Ok(full.and_then(|window| window.seconds_left(now)))
    }

    /// Releases one attempt that succeeded.
    pub async fn release(&self, limit_key: &str) -> Result<(), StoreError> {
        let request =
            self.update(limit_key).update_expression("ADD attempts :back").condition_expression("attempts > :zero");
        let request = request.expression_attribute_values(":back", number(-1));
        // Without an effect if the window has ended or was reset.
        self.update_if(request.expression_attribute_values(":zero", number(0))).await?;
        Ok(())
    }

    /// Resets the number of attempts to zero.
    pub async fn reset(&self, limit_key: &str) -> Result<(), StoreError> {
        let request = self.update(limit_key).update_expression("SET attempts = :zero");
        let request = request.condition_expression("attribute_exists(limit_key)");
        self.update_if(request.expression_attribute_values(":zero", number(0))).await?;
        Ok(())
    }

    /// Takes a token of a bucket that this process does not know. It is read first, because DynamoDB charges a write for a
    /// wrong guess, too. So a token costs one write unit, and an empty bucket none. Two callers that take the first tokens
    /// of a full bucket at the same moment are the exception: the later one pays for two writes.
    pub async fn take_token(&self, limit_key: &str, rate: Rate, now: Timestamp) -> Result<TokenOutcome, StoreError> {
        let now = now.as_millis().saturating_mul(MICROS_PER_MILLISECOND);
        let bucket: Option<Bucket> = self.table.get(key([("limit_key", limit_key)]), true).await?;
        let full_at = bucket.map_or(0, |bucket| bucket.full_at);
        let taken = if rate.available(full_at, now) == 0 {
            Taken { grant: Grant { tokens: 0, full_at }, write_units: 0.0 }
        } else {
            self.take_counted(limit_key, rate, 1, full_at, now).await?
        };
        if taken.grant.tokens > 0 {
            return Ok(TokenOutcome::Taken { write_units: taken.write_units });
        }
        let wait = u64::try_from(rate.wait_micros(taken.grant.full_at, now)).unwrap_or(0);
        Ok(TokenOutcome::Empty { retry_after_seconds: wait.div_ceil(MICROS_PER_SECOND.unsigned_abs()).max(1) })
    }

    /// Returns a token of a bucket, for an action that was not taken. Without an effect if the bucket was deleted
    /// meanwhile, because it was full.
    pub async fn return_token(&self, limit_key: &str, rate: Rate) -> Result<(), StoreError> {
        let request = self.update(limit_key).update_expression("SET full_at = full_at - :cost");
        let request = request.condition_expression("attribute_exists(full_at)");
        self.update_if(request.expression_attribute_values(":cost", number(rate.interval_micros()))).await?;
        Ok(())
    }

    /// Takes the wanted tokens of a bucket, or as many as are available. `known_full_at` is what the caller knows of the
    /// bucket from its last call, or 0: if it is right, one write is enough. `now` is in microseconds.
    pub async fn take(
        &self,
        limit_key: &str,
        rate: Rate,
        wanted: u32,
        known_full_at: i64,
        now: i64,
    ) -> Result<Grant, StoreError> {
        Ok(self.take_counted(limit_key, rate, wanted, known_full_at, now).await?.grant)
    }

    async fn take_counted(
        &self,
        limit_key: &str,
        rate: Rate,
        wanted: u32,
        known_full_at: i64,
        now: i64,
    ) -> Result<Taken, StoreError> {
        let (mut full_at, mut refused_writes) = (known_full_at, 0_u32);
        for attempt in 0..MAX_ATTEMPTS {
            let wanted = wanted.min(rate.available(full_at, now)).max(1);
            match self.take_from(limit_key, rate, wanted, full_at, now).await? {
                Ok(Taken { grant, write_units }) => {
                    // DynamoDB charges a refused write of so small an item one unit, and does not report it.
                    let write_units = [write_units, f64::from(refused_writes)].into_iter().sum();
                    return Ok(Taken { grant, write_units });
                }
                Err(bucket) => full_at = bucket.map_or(0, |bucket| bucket.full_at),
            }
            refused_writes += 1;
            if rate.available(full_at, now) == 0 {
                break;
            }
            if attempt > 0 {
                self.table.back_off(attempt).await;
            }
        }
        // None is left, or so many others take from it that none is left for this process.
        Ok(Taken { grant: Grant { tokens: 0, full_at }, write_units: f64::from(refused_writes) })
    }

    /// `Err` with the stored bucket, if there is one: it is full and `full_at` says otherwise, or the reverse, or it has too
    /// few tokens.
    async fn take_from(
        &self,
        limit_key: &str,
        rate: Rate,
        wanted: u32,
        full_at: i64,
        now: i64,
    ) -> Result<Result<Taken, Option<Bucket>>, StoreError> {
        let cost = rate.interval_micros() * i64::from(wanted);
        let expires_at = (now + rate.capacity_micros()) / MICROS_PER_SECOND + FULL_BUCKET_SECONDS;
        let request = self
            .update(limit_key)
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":end", number(expires_at))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let request = if full_at > now {
            request
                .update_expression("SET full_at = full_at + :cost, expires_at = :end")
                .condition_expression("full_at > :now AND full_at <= :most")
                .expression_attribute_values(":cost", number(cost))
                .expression_attribute_values(":most", number(now + rate.capacity_micros() - cost))
                .return_values(ReturnValue::UpdatedNew)
        } else {
            request
                .update_expression("SET full_at = :full_at, expires_at = :end")
                .condition_expression("attribute_not_exists(full_at) OR full_at <= :now")
                .expression_attribute_values(":full_at", number(now + cost))
                .return_values(ReturnValue::UpdatedNew)
        };
        match request.send().await {
            Ok(answer) => {
                let write_units = answer.consumed_capacity.and_then(|consumed| consumed.capacity_units);
                let bucket: Bucket = self.table.read(answer.attributes.unwrap_or_default())?;
                let grant = Grant { tokens: wanted, full_at: bucket.full_at };
                Ok(Ok(Taken { grant, write_units: write_units.unwrap_or_default() }))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item.clone().filter(|item| !item.is_empty());
                    Ok(Err(found.map(|item| self.table.read(item)).transpose()?))
                }
                _ => Err(error.into()),
            },
        }
    }

    /// `Err` with the stored window, if there is one, when it is full or has ended.
    async fn count_in_open_window(
        &self,
        limit_key: &str,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Result<(), Option<Window>>, StoreError> {
        let request = self
            .update(limit_key)
            .update_expression("ADD attempts :one")
            .condition_expression("expires_at > :now AND attempts < :max")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.as_seconds()))
            .expression_attribute_values(":max", number(limit.max_attempts))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let found = match request.send().await {
            Ok(_) => return Ok(Ok(())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
                _ => return Err(error.into()),
            },
        };
        let found = found.filter(|item| !item.is_empty());
        Ok(Err(found.map(|item| self.table.read(item)).transpose()?))
    }

    /// Opens a window with its first attempt. `false` if another writer has just opened one.
    async fn open_window(&self, limit_key: &str, limit: Limit, now: Timestamp) -> Result<bool, StoreError> {
        let request = self
            .update(limit_key)
            .update_expression("SET attempts = :one, expires_at = :end")
            .condition_expression("attribute_not_exists(limit_key) OR expires_at <= :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":end", number(now.plus_seconds(limit.window_seconds).as_seconds()))
            .expression_attribute_values(":now", number(now.as_seconds()));
        self.update_if(request).await
    }

    fn update(&self, limit_key: &str) -> UpdateItemFluentBuilder {
        let request = self.table.client.update_item().table_name(&self.table.name);
        request.set_key(Some(key([("limit_key", limit_key)])))
    }

    /// Sends an update; `false` if its condition failed.
    async fn update_if(&self, request: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}
