//! The synonyms that searches use: the list that staff maintain, read again every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_search::Synonyms;
use souk_store::{StoreError, SynonymList, SynonymLists};

use crate::freshness;

/// Time-out of a read. After it a search uses the last known list.
const READ_TIMEOUT: Duration = Duration::from_millis(200);

/// The list in the memory of this process. Not a `TtlCache`, because the last known list stays in use while it cannot
/// be read.
pub struct CachedSynonyms {
    lists: SynonymLists,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    synonyms: Synonyms,
    version: Option<i64>,
    /// When to read again, in epoch milliseconds.
    until: i64,
}

impl CachedSynonyms {
    /// Without synonyms until the first call of [`current`](Self::current).
    pub fn new(lists: SynonymLists, clock: Arc<dyn Clock>) -> Self {
        Self { lists, clock, known: Mutex::default() }
    }

    /// The list, at most [`freshness::SYNONYMS`] old; an older one while it cannot be read.
    pub async fn current(&self) -> Synonyms {
        let now = self.clock.now().as_millis();
        {
            let mut known = self.lock();
            if now < known.until {
                return known.synonyms.clone();
            }
            // Concurrent callers use the last known list: only one reads.
            known.until = now.saturating_add(i64::try_from(freshness::SYNONYMS.as_millis()).unwrap_or(i64::MAX));
        }
        match self.read().await {
            Ok(list) => self.store(list),
            Err(cause) => {
                tracing::warn!(%cause, "cannot read the synonyms; the last known list stays in use");
                self.lock().synonyms.clone()
            }
        }
    }

    async fn read(&self) -> Result<Option<SynonymList>, StoreError> {
        let late = |_| StoreError::Unavailable(format!("no answer within {} ms", READ_TIMEOUT.as_millis()));
        tokio::time::timeout(READ_TIMEOUT, self.lists.get()).await.map_err(late)?
    }

    fn store(&self, list: Option<SynonymList>) -> Synonyms {
        let mut known = self.lock();
        let version = list.as_ref().map(|list| list.version);
        if known.version != version {
            known.synonyms = list.map_or_else(Synonyms::default, |list| Synonyms::from(&list.groups));
            known.version = version;
        }
        known.synonyms.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use souk_domain::synonyms::SynonymGroups;
    use souk_store::{SynonymsOutcome, Table};
    use souk_testkit::{Database, FixedClock, SeededRandom};

    use super::*;

    fn list(terms: &[&str], version: i64) -> SynonymList {
        SynonymList { groups: SynonymGroups::new(&[terms.to_vec()]).expect("good"), version }
    }

    async fn start() -> (Database, SynonymLists, Arc<FixedClock>) {
        let database = Database::start().await;
        let table = Table::new(database.client.clone(), database.table("synonyms"), Arc::new(SeededRandom::new(7)));
        (database, SynonymLists::new(table), Arc::new(FixedClock::new()))
    }

    /// A list that cannot be read, of version 7.
    async fn damage(database: &Database) {
        let request = database.client.put_item().table_name(database.table("synonyms"));
        let request = request.item("list_id", AttributeValue::S("search".to_owned()));
        request.item("version", AttributeValue::N("7".to_owned())).send().await.expect("damaged");
    }

    #[tokio::test]
    async fn a_changed_list_is_known_after_ten_seconds() {
        let (_database, lists, clock) = start().await;
        let cached = CachedSynonyms::new(lists.clone(), clock.clone());
        assert_eq!(cached.current().await, Synonyms::default());

        let first = list(&["tv", "telly"], 1);
        assert_eq!(lists.put(&first, None).await.expect("written"), SynonymsOutcome::Replaced { before: None });
        assert_eq!(cached.current().await, Synonyms::default());
        clock.advance_seconds(10);
        assert_eq!(cached.current().await, Synonyms::from(&first.groups));
    }

    #[tokio::test]
    async fn while_a_list_cannot_be_read_the_one_known_before_is_used() {
        let (database, lists, clock) = start().await;
        let cached = CachedSynonyms::new(lists.clone(), clock.clone());
        let first = list(&["tv", "telly"], 1);
        assert_eq!(lists.put(&first, None).await.expect("written"), SynonymsOutcome::Replaced { before: None });
        let expected = Synonyms::from(&first.groups);
        assert_eq!(cached.current().await, expected);
        damage(&database).await;
        clock.advance_seconds(11);
        assert_eq!(cached.current().await, expected);
        let replaced = lists.put(&list(&["a", "b"], 2), Some(7)).await.expect("written");
        assert!(matches!(replaced, SynonymsOutcome::Replaced { .. }));
        assert_eq!(cached.current().await, expected); // not read again at once
        clock.advance_seconds(11);
        assert_eq!(cached.current().await, Synonyms::from(&list(&["a", "b"], 2).groups));
    }
}
