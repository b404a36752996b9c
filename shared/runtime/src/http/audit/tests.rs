//! Tests of audited endpoints, on an audit table.

use std::sync::atomic::{AtomicU32, Ordering};

use souk_domain::account::CallerKind;
use souk_domain::audit::AuditValue;
use souk_domain::permission::{Permission, Permissions};
use souk_store::{AuditReader, Table};
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use super::*;

struct Fixture {
    table: Table,
    context: AuditContext,
}

impl Fixture {
    async fn start() -> Self {
        let database = Database::start().await;
        Self::on(&database, database.table("audit"))
    }

    fn on(database: &Database, name: String) -> Self {
        let random = Arc::new(SeededRandom::new(7));
        let table = Table::new(database.client.clone(), name, random.clone());
        let context = AuditContext { log: AuditLog::new(table.clone()), clock: Arc::new(FixedClock::new()), random };
        Self { table, context }
    }

    fn endpoint(&self) -> Audited<Products> {
        let (context, endpoint) = (self.context.clone(), Products::default());
        Audited { function: "put-product", subject: Subject::Product, context, endpoint }
    }

    /// The entries about product `a`, oldest first.
    async fn entries(&self) -> Vec<AuditEntry> {
        let reader = AuditReader::new(self.table.clone());
        let page = reader.by_subject(&AuditSubject::product("a"), None, 20).await.expect("read");
        page.entries.into_iter().rev().collect()
    }
}

/// Sets a price. The header `x-outcome` selects the response.
#[derive(Default)]
struct Products {
    calls: AtomicU32,
    /// An entry that another process adds while the handler runs.
    meanwhile: Option<(AuditLog, AuditEntry)>,
}

impl Endpoint for Products {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        if let Some((log, entry)) = &self.meanwhile {
            log.add(entry).await?;
        }
        match request.header("x-outcome").unwrap_or_default() {
            "refused" => Err(Problem::conflict("price_changed", "moved")),
            "failed" => Err(Problem::unavailable("temporarily_unavailable", "throttled")),
            "panic" => panic!("a bug"),
            _ => Ok(Reply::ok(&"done").audit(&1_250, &Some(999))),
        }
    }
}

fn put(outcome: &str) -> Request {
    let request = Request::new("PUT", "/admin/products/a").with_path("product_id", "a");
    request.with_header("x-outcome", outcome)
}

fn status(outcome: &Result<Reply, Problem>) -> u16 {
    outcome.as_ref().map_or_else(Problem::status, Reply::status)
}

#[tokio::test]
async fn a_change_has_an_entry_before_and_one_after() {
    let fixture = Fixture::start().await;
    let reply = fixture.endpoint().handle(&put("done").from_staff(user(9))).await.expect("done");
    assert_eq!(reply.body(), r#""done""#, "before and after are not sent");
    let entries = fixture.entries().await;
    let [requested, succeeded] = &entries[..] else { panic!("two entries: {entries:?}") };
    assert_eq!((requested.phase, requested.status, &requested.before), (AuditPhase::Requested, None, &None));
    assert_eq!((succeeded.phase, succeeded.status), (AuditPhase::Succeeded, Some(200)));
    let json = |value: &Option<AuditValue>| value.as_ref().map(|value| value.json().to_owned());
    assert_eq!((json(&succeeded.before).as_deref(), json(&succeeded.after).as_deref()), (Some("1250"), Some("999")));
    for entry in &entries {
        assert_eq!((&entry.actor, entry.action.as_str()), (&AuditActor::User(user(9)), "put-product"));
        assert_eq!((entry.request_id.as_str(), entry.source_address.as_str()), ("request-1", "127.0.0.1"));
        assert_eq!(entry.session_id.as_ref().map(SessionId::as_str), Some(user(9).as_str()));
        assert_eq!(entry.expires_at - entry.at.as_seconds(), AUDIT_SECONDS);
    }
}

#[tokio::test]
async fn every_outcome_has_an_entry() {
    for (header, phase, expected, code) in [
        ("refused", AuditPhase::Refused, 409, "price_changed"),
        ("failed", AuditPhase::Failed, 503, "temporarily_unavailable"),
        ("panic", AuditPhase::Failed, 500, "internal_error"),
    ] {
        let fixture = Fixture::start().await;
        assert_eq!(status(&fixture.endpoint().handle(&put(header).from_staff(user(9))).await), expected);
        let entries = fixture.entries().await;
        let outcome = entries.last().expect("an entry");
        assert_eq!((entries.len(), outcome.phase, outcome.code.as_deref()), (2, phase, Some(code)));
        assert_eq!((outcome.status, &outcome.before, &outcome.after), (Some(expected), &None, &None));
    }
}

#[tokio::test]
async fn without_an_entry_nothing_is_changed() {
    let database = Database::start().await;
    let endpoint = Fixture::on(&database, "no-such-table".to_owned()).endpoint();
    let problem = endpoint.handle(&put("done").from_staff(user(9))).await.expect_err("refused");
    assert_eq!((problem.status(), problem.code()), (503, "temporarily_unavailable"));
    assert_eq!(endpoint.endpoint.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_written_does_not_withhold_the_response() {
    let fixture = Fixture::start().await;
    // The key of the second entry is taken. No other process can cause this, because the key is random.
    let first = AuditEntryId::new(fixture.context.clock.now(), &SeededRandom::new(7));
    fixture.endpoint().handle(&put("refused").from_staff(user(9))).await.expect_err("refused");
    let other = fixture.entries().await.pop().expect("an entry");
    assert_eq!(other.entry_id, first.outcome(other.at), "the seed determines the id");

    let fixture = Fixture::start().await;
    let mut endpoint = fixture.endpoint();
    endpoint.endpoint.meanwhile = Some((fixture.context.log.clone(), other.clone()));
    assert_eq!(status(&endpoint.handle(&put("done").from_staff(user(9))).await), 200);
    let entries = fixture.entries().await;
    assert_eq!(
        entries.iter().map(|entry| entry.phase).collect::<Vec<_>>(),
        [AuditPhase::Requested, AuditPhase::Refused]
    );
    assert_eq!(entries.last(), Some(&other), "nothing is overwritten");
}

#[tokio::test]
async fn callers_without_a_permission_add_no_entries() {
    let fixture = Fixture::start().await;
    let endpoint = fixture.endpoint();
    assert_eq!(status(&endpoint.handle(&put("done")).await), 401);
    assert_eq!(status(&endpoint.handle(&put("done").from_guest(user(1))).await), 403);
    assert_eq!(status(&endpoint.handle(&put("done").from_user(user(1))).await), 403);
    assert_eq!((endpoint.endpoint.calls.load(Ordering::Relaxed), fixture.entries().await), (0, Vec::new()));

    // The handler refuses staff with another permission, and the refusal has an entry.
    let other = Permissions::of(&[Permission::StockWrite]);
    let outcome = endpoint.handle(&put("done").from_caller(user(2), CallerKind::Shopper, other)).await;
    let phases: Vec<_> = fixture.entries().await.iter().map(|entry| (entry.phase, entry.status)).collect();
    assert_eq!(status(&outcome), 403);
    assert_eq!(phases, [(AuditPhase::Requested, None), (AuditPhase::Refused, Some(403))]);
}

#[test]
fn the_subject_follows_from_the_path() {
    let request = Request::new("POST", "/")
        .with_path("product_id", "1399")
        .with_path("order_id", "o")
        .with_path("user_id", "u")
        .with_path("refund_request_id", "o.key-1")
        .with_path("category_id", "printing.ink")
        .with_path("collection_id", "sale");
    for (subject, expected) in [
        (Subject::Product, "product#1399"),
        (Subject::Category, "category#printing.ink"),
        (Subject::Collection, "collection#sale"),
        (Subject::Order, "order#o"),
        (Subject::Account, "account#u"),
        (Subject::RefundRequest, "order#o"),
        (Subject::Named("synonyms"), "synonyms"),
    ] {
        assert_eq!(subject.of(&request).as_str(), expected);
    }
}
