//! Store credit, by account. In a table of its own, so that functions that move money cannot write credentials.

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::Deserialize;
use souk_domain::ids::UserId;

use crate::StoreError;
use crate::table::{Table, key, number};

/// The store credit table.
#[derive(Clone)]
pub struct StoreCredit {
    pub(crate) table: Table,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(default)]
    store_credit_minor: i64,
}

impl StoreCredit {
    /// The store credit of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The store credit of an account in minor units, strongly consistent. 0 if it never had any.
    pub async fn balance_minor(&self, user_id: &UserId) -> Result<i64, StoreError> {
        let balance: Option<Balance> = self.table.get(key([("user_id", user_id.as_str())]), true).await?;
        Ok(balance.map_or(0, |balance| balance.store_credit_minor))
    }

    /// Changes the store credit of an account, never below zero. An action of a step's transaction.
    pub(crate) fn change_action(&self, user_id: &UserId, delta_minor: i64) -> Result<TransactWriteItem, StoreError> {
        self.table.update_action(key([("user_id", user_id.as_str())]), |update| {
            let update = update
                .update_expression("ADD store_credit_minor :delta")
                .expression_attribute_values(":delta", number(delta_minor));
            if delta_minor < 0 {
                update
                    .condition_expression("store_credit_minor >= :taken")
                    .expression_attribute_values(":taken", number(delta_minor.unsigned_abs()))
            } else {
                update
            }
        })
    }
}
