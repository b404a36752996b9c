//! The public keys that verify access tokens.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use souk_domain::signing_key::VerificationKey;

use crate::StoreError;
use crate::table::{Table, number};

/// How long a key stays stored after no token of it is accepted any more, in seconds.
const RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// The table of verification keys.
#[derive(Clone)]
pub struct VerificationKeys {
    table: Table,
}

impl VerificationKeys {
    /// The keys of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// All keys, in any order, strongly consistent. Some may have ended: their times decide, not their presence.
    pub async fn list(&self) -> Result<Vec<VerificationKey>, StoreError> {
        self.table.read_all().await
    }

    /// Stores a key, or the new times of a key. An earlier end that is already stored stays, so a rotation that runs at
    /// the same time as a revocation does not prolong a revoked key.
    pub async fn put(&self, verification_key: &VerificationKey) -> Result<(), StoreError> {
        let mut item = self.table.write(verification_key)?;
        let mut request = self.table.client.put_item().table_name(&self.table.name);
        request = match verification_key.not_after {
            None => request.condition_expression("attribute_not_exists(not_after)"),
            Some(end) => {
                item.insert("expires_at".to_owned(), number(end.saturating_add(RETENTION_SECONDS))); // DynamoDB's TTL
                request
                    .condition_expression("attribute_not_exists(not_after) OR not_after >= :end")
                    .expression_attribute_values(":end", number(end))
            }
        };
        match request.set_item(Some(item)).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
