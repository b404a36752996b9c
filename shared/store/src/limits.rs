//! Limits: how often something may be tried within a time.
//!
//! Attempts are counted before they are made and given back when they turn out well. Counting afterwards would let a
//! burst of attempts side by side all pass before the first of them is counted.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::Deserialize;
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::table::{Table, key, number};

/// How often counting is tried again when a window ends and another writer opens the next at the same time.
const TRIES: u32 = 4;

/// The limits table.
#[derive(Clone)]
pub struct Limits {
    table: Table,
}

/// So many attempts in a window that opens with the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Attempts that are allowed.
    pub max_attempts: u32,
    /// How long a window is.
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
        retry_after_seconds: i64,
    },
}

#[derive(Deserialize)]
struct Window {
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    expires_at: i64,
}

impl Limits {
    /// The limits of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Counts an attempt, if it is allowed. `limit_key` says of what; it must not tell whom to a reader of the table.
    pub async fn count(&self, limit_key: &str, limit: Limit, now: Timestamp) -> Result<AttemptOutcome, StoreError> {
        for tries in 0..TRIES {
            let Err(found) = self.count_in_open_window(limit_key, limit, now).await? else {
                return Ok(AttemptOutcome::Counted);
            };
            match found {
                Some(window) if window.expires_at > now.as_seconds() => {
                    return Ok(AttemptOutcome::LimitReached {
                        retry_after_seconds: window.expires_at - now.as_seconds(),
                    });
                }
                _ => {
                    if self.open_window(limit_key, limit, now).await? {
                        return Ok(AttemptOutcome::Counted);
                    }
                }
            }
            self.table.back_off(tries).await;
        }
        Err(StoreError::Conflict)
    }

    /// Gives back one attempt that turned out well.
    pub async fn release(&self, limit_key: &str) -> Result<(), StoreError> {
        let request =
            self.update(limit_key).update_expression("ADD attempts :back").condition_expression("attempts > :zero");
        let request = request.expression_attribute_values(":back", number(-1));
        // Nothing to give back to: the window has ended, or was cleared.
        self.when(request.expression_attribute_values(":zero", number(0))).await?;
        Ok(())
    }

    /// Forgets all attempts.
    pub async fn reset(&self, limit_key: &str) -> Result<(), StoreError> {
        let request = self.update(limit_key).update_expression("SET attempts = :zero");
        let request = request.condition_expression("attribute_exists(limit_key)");
        self.when(request.expression_attribute_values(":zero", number(0))).await?;
        Ok(())
    }

    /// `Err` with the window that was found, if any, when it is full or has ended.
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

    /// Opens a window with its first attempt. `false` when somebody else opened one just now.
    async fn open_window(&self, limit_key: &str, limit: Limit, now: Timestamp) -> Result<bool, StoreError> {
        let request = self
            .update(limit_key)
            .update_expression("SET attempts = :one, expires_at = :end")
            .condition_expression("attribute_not_exists(limit_key) OR expires_at <= :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":end", number(now.plus_seconds(limit.window_seconds).as_seconds()))
            .expression_attribute_values(":now", number(now.as_seconds()));
        self.when(request).await
    }

    fn update(&self, limit_key: &str) -> UpdateItemFluentBuilder {
        let request = self.table.client.update_item().table_name(&self.table.name);
        request.set_key(Some(key([("limit_key", limit_key)])))
    }

    /// Sends an update; `false` when its condition did not hold.
    async fn when(&self, request: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }
}
