//! The audit log: entries are only added. Functions that add entries may only put items, and [`AuditReader`] is the only
//! reader.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use souk_domain::audit::{AuditActor, AuditEntry, AuditEntryId, AuditSubject};

use crate::StoreError;
use crate::table::{Table, text};

/// The index through which the entries of an actor are found.
const BY_ACTOR: &str = "by_actor";

/// The audit table, to add entries.
#[derive(Clone)]
pub struct AuditLog {
    table: Table,
}

/// The audit table, to read entries.
#[derive(Clone)]
pub struct AuditReader {
    table: Table,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// The entry after which the next page continues, if there is one.
    pub next: Option<AuditEntryId>,
}

impl AuditLog {
    /// The log in a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Adds an entry. An existing one is never replaced.
    pub async fn add(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let item = self.table.write(entry)?;
        let request = self.table.client.put_item().table_name(&self.table.name);
        let request = request
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(entry_id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // The SDK sent the request again after a response of DynamoDB was lost: the first one added this entry.
                Some(PutItemError::ConditionalCheckFailedException(failed)) if failed.item.as_ref() == Some(&item) => {
                    Ok(())
                }
                _ => Err(error.into()),
            },
        }
    }
}

impl AuditReader {
    /// The log in a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The entries about a subject that are older than `after`, newest first.
    pub async fn by_subject(
        &self,
        subject: &AuditSubject,
        after: Option<&AuditEntryId>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        self.page(None, ("subject", subject.as_str()), after, limit).await
    }

    /// The entries of an actor that are older than `after`, newest first. Eventually consistent: an entry is found
    /// shortly after it was added.
    pub async fn by_actor(
        &self,
        actor: &AuditActor,
        after: Option<&AuditEntryId>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        self.page(Some(BY_ACTOR), ("actor", actor.as_str()), after, limit).await
    }

    async fn page(
        &self,
        index: Option<&str>,
        (attribute, value): (&str, &str),
        after: Option<&AuditEntryId>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        // One more entry shows whether another page follows.
        let wanted = i32::try_from(limit + 1).map_err(|e| StoreError::Rejected(e.to_string()))?;
        let mut condition = "#attribute = :value".to_owned();
        let mut request =
            self.table.client.query().table_name(&self.table.name).set_index_name(index.map(str::to_owned));
        if let Some(after) = after {
            condition.push_str(" AND entry_id < :after");
            request = request.expression_attribute_values(":after", text(after));
        }
        let answer = request
            .key_condition_expression(condition)
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", text(value))
            // A strongly consistent read of an index is not possible.
            .consistent_read(index.is_none())
            .scan_index_forward(false)
            .limit(wanted)
            .send()
            .await?;
        // Long entries: a page also ends after 1 MB.
        let is_cut = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let items = answer.items.unwrap_or_default().into_iter();
        let mut entries: Vec<AuditEntry> = items.map(|item| self.table.read(item)).collect::<Result<_, _>>()?;
        let more = is_cut || entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|entry| entry.entry_id.clone());
        Ok(AuditPage { entries, next })
    }
}
