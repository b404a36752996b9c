//! The public keys that verify access tokens.

use souk_domain::signing_key::VerificationKey;

use crate::StoreError;
use crate::table::{Table, key, number};

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

    /// Stores a key, or the new times of a key.
    pub async fn put(&self, verification_key: &VerificationKey) -> Result<(), StoreError> {
        let mut item = self.table.write(verification_key)?;
        if let Some(end) = verification_key.not_after {
            item.insert("expires_at".to_owned(), number(end.saturating_add(RETENTION_SECONDS))); // DynamoDB's TTL
        }
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Deletes a key. Idempotent.
    pub async fn delete(&self, kid: &str) -> Result<(), StoreError> {
        self.table.delete(key([("kid", kid)])).send().await?;
        Ok(())
    }
}
