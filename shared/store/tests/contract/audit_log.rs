use std::sync::Arc;

use souk_domain::audit::{AuditActor, AuditEntry, AuditEntryId, AuditPhase, AuditSubject, AuditValue};
use souk_domain::time::Timestamp;
use souk_store::{AuditLog, AuditReader, Table};
use souk_testkit::{Database, SeededRandom, user};

struct Log {
    log: AuditLog,
    reader: AuditReader,
    random: Arc<SeededRandom>,
}

impl Log {
    fn on(database: &Database) -> Self {
        let random = Arc::new(SeededRandom::new(1));
        let table = Table::new(database.client.clone(), database.table("audit"), random.clone());
        Self { log: AuditLog::new(table.clone()), reader: AuditReader::new(table), random }
    }

    /// Adds an entry of this second.
    async fn add(&self, subject: &str, staff: u32, second: i64) -> AuditEntry {
        let at = Timestamp::from_millis(1_795_503_420_000).plus_seconds(second);
        let entry = AuditEntry {
            subject: subject.parse().expect("a subject"),
            entry_id: AuditEntryId::new(at, &*self.random),
            actor: AuditActor::User(user(staff)),
            session_id: user(staff).as_str().parse().ok(),
            action: "put-product".to_owned(),
            request_id: format!("r{second}"),
            source_address: "203.0.113.7".to_owned(),
            at,
            phase: AuditPhase::Succeeded,
            status: Some(200),
            code: None,
            before: Some(AuditValue::of(&None::<u8>)),
            after: Some(AuditValue::of(&["12.50"])),
            expires_at: at.plus_seconds(100).as_seconds(),
        };
        self.log.add(&entry).await.expect("added");
        entry
    }
}

#[tokio::test]
async fn entries_are_listed_by_subject_and_by_actor_newest_first() {
    for database in Database::each().await {
        let log = Log::on(&database);
        let mut entries = Vec::new();
        for (second, subject, staff) in
            [(0, "product#a", 1), (1, "product#b", 1), (2, "product#a", 2), (3, "product#a", 1)]
        {
            entries.push(log.add(subject, staff, second).await);
        }
        let [first, other, second, third] = &entries[..] else { panic!("four entries") };
        let about: AuditSubject = "product#a".parse().expect("a subject");
        let page = log.reader.by_subject(&about, None, 2).await.expect("read");
        assert_eq!((page.entries, page.next.as_ref()), (vec![third.clone(), second.clone()], Some(&second.entry_id)));
        let page = log.reader.by_subject(&about, page.next.as_ref(), 2).await.expect("read");
        assert_eq!((page.entries, page.next), (vec![first.clone()], None), "{}", database.implementation);

        let actor = AuditActor::User(user(1));
        let page = log.reader.by_actor(&actor, None, 2).await.expect("read");
        assert_eq!((page.entries, page.next.as_ref()), (vec![third.clone(), other.clone()], Some(&other.entry_id)));
        let page = log.reader.by_actor(&actor, page.next.as_ref(), 2).await.expect("read");
        assert_eq!((page.entries, page.next), (vec![first.clone()], None), "{}", database.implementation);
        assert_eq!(log.reader.by_actor(&AuditActor::Operator, None, 2).await.expect("read").entries, []);
    }
}

#[tokio::test]
async fn an_entry_is_never_replaced() {
    for database in Database::each().await {
        let log = Log::on(&database);
        let entry = log.add("synonyms", 1, 0).await;
        assert!(log.log.add(&entry).await.is_ok(), "the SDK sends it again");
        let forged = AuditEntry { actor: AuditActor::User(user(2)), ..entry.clone() };
        assert!(log.log.add(&forged).await.is_err(), "{}", database.implementation);
        let page = log.reader.by_subject(&entry.subject, None, 9).await.expect("read");
        assert_eq!(page.entries, [entry]);
    }
}
