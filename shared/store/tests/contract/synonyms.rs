use souk_domain::synonyms::SynonymGroups;
use souk_store::{SynonymList, SynonymsOutcome};
use souk_testkit::Database;

use crate::Stores;

fn list(terms: [&str; 2], version: i64) -> SynonymList {
    SynonymList { groups: SynonymGroups::new(&[terms.to_vec()]).expect("good"), version }
}

#[tokio::test]
async fn the_list_reads_back_and_is_replaced_only_by_who_saw_it() {
    for database in Database::each().await {
        let synonyms = Stores::on(&database).synonyms;
        assert_eq!(synonyms.get().await.expect("read"), None);
        let (first, second) = (list(["tv", "television"], 1), list(["laptop", "notebook"], 2));
        assert_eq!(synonyms.put(&second, Some(1)).await.expect("asked"), SynonymsOutcome::VersionConflict);
        let created = SynonymsOutcome::Replaced { before: None };
        assert_eq!(synonyms.put(&first, None).await.expect("written"), created);
        assert_eq!(synonyms.put(&second, None).await.expect("asked"), SynonymsOutcome::VersionConflict);
        let replaced = SynonymsOutcome::Replaced { before: Some(first.clone()) };
        assert_eq!(synonyms.put(&second, Some(1)).await.expect("written"), replaced);
        assert_eq!(synonyms.put(&first, Some(1)).await.expect("asked"), SynonymsOutcome::VersionConflict);
        assert_eq!(synonyms.latest().await.expect("read"), Some(second.clone()));
        assert_eq!(synonyms.get().await.expect("read"), Some(second));
    }
}
