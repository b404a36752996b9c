//! The synonyms that searches use: staff's list, looked at again every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_search::Synonyms;
use souk_store::{StoreError, SynonymList, SynonymLists};

/// How old the list may be: staff see what they changed within so many seconds.
const KEPT_MILLIS: i64 = 10_000;
/// The longest that a search waits for the list. It goes on with the one it knows.
const READ_TIMEOUT: Duration = Duration::from_millis(200);

/// The list, kept in this process.
pub struct KnownSynonyms {
    lists: SynonymLists,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    synonyms: Synonyms,
    version: Option<i64>,
    /// When to look again, in epoch milliseconds.
    until: i64,
}

impl KnownSynonyms {
    /// Knows the first list only, until it is asked.
    pub fn new(lists: SynonymLists, clock: Arc<dyn Clock>) -> Self {
        Self { lists, clock, known: Mutex::default() }
    }

    /// The list as it was at most ten seconds ago; an older one while it cannot be read.
    pub async fn current(&self) -> Synonyms {
        let now = self.clock.now().as_millis();
        {
            let mut known = self.lock();
            if now < known.until {
                return known.synonyms.clone();
            }
            // Whoever comes meanwhile takes what is known: one of many looks.
            known.until = now + KEPT_MILLIS;
        }
        match self.read().await {
            Ok(list) => self.learn(list),
            Err(cause) => {
                tracing::warn!(%cause, "synonyms cannot be read; those known before are used");
                self.lock().synonyms.clone()
            }
        }
    }

    async fn read(&self) -> Result<Option<SynonymList>, StoreError> {
        let late = |_| StoreError::Unavailable(format!("no answer within {} ms", READ_TIMEOUT.as_millis()));
        tokio::time::timeout(READ_TIMEOUT, self.lists.get()).await.map_err(late)?
    }

    fn learn(&self, list: Option<SynonymList>) -> Synonyms {
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
    use souk_domain::synonyms::SynonymGroups;
    use souk_store::SaveOutcome;

    use super::*;
    use crate::fixture::Fixture;

    fn list(terms: &[&str], version: i64) -> SynonymList {
        SynonymList { groups: SynonymGroups::new(&[terms.to_vec()]).expect("good"), version }
    }

    #[tokio::test]
    async fn a_changed_list_is_known_after_ten_seconds() {
        let shop = Fixture::start().await;
        let known = KnownSynonyms::new(shop.synonyms.clone(), shop.clock.clone());
        assert_eq!(known.current().await, Synonyms::default());

        let first = list(&["tv", "telly"], 1);
        assert_eq!(shop.synonyms.put(&first, None).await.expect("written"), SaveOutcome::Saved);
        assert_eq!(known.current().await, Synonyms::default());
        shop.clock.advance_seconds(10);
        assert_eq!(known.current().await, Synonyms::from(&first.groups));
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_leaves_the_one_known_before() {
        let shop = Fixture::start().await;
        let known = KnownSynonyms::new(shop.synonyms.clone(), shop.clock.clone());
        let first = list(&["tv", "telly"], 1);
        assert_eq!(shop.synonyms.put(&first, None).await.expect("written"), SaveOutcome::Saved);
        let expected = Synonyms::from(&first.groups);
        assert_eq!(known.current().await, expected);
        shop.damage_synonyms().await;
        shop.clock.advance_seconds(11);
        assert_eq!(known.current().await, expected);
        assert_eq!(shop.synonyms.put(&list(&["a", "b"], 2), Some(7)).await.expect("written"), SaveOutcome::Saved);
        assert_eq!(known.current().await, expected); // not looked at again at once
        shop.clock.advance_seconds(11);
        assert_eq!(known.current().await, Synonyms::from(&list(&["a", "b"], 2).groups));
    }
}
