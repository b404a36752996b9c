//! `GET /admin/audit?subject=&cursor=&limit=` and `GET /admin/audit?actor=&cursor=&limit=`: the audit log about a subject
//! or of an actor, newest first.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use souk_domain::audit::{
    AuditActor, AuditEntry, AuditEntryId, AuditPhase, AuditSubject, AuditValue, MAX_SUBJECT_CHARS,
};
use souk_domain::cursor::ListId;
use souk_domain::permission::Permission;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag, cursor, page_limit, text};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_store::AuditReader;

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 50;
/// A user id or `operator`.
const MAX_ACTOR_CHARS: usize = 36;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-audit", "GET /admin/audit", Caller::Staff(Permission::AuditRead), Tag::Administration)
        .summary("Lists the changes that staff made, newest first")
        .description(
            "Send exactly one of `subject` and `actor`. A change has two entries with the same `request_id`: `requested` \
             before it was tried, and its outcome. If the second is missing, the outcome is not known. An entry is kept \
             for two years.",
        )
        .query(
            "subject",
            text(MAX_SUBJECT_CHARS),
            "What was changed: `product#` and the id of a product, `category#` and the id of a category, `collection#` \
             and the id of a collection, `order#` and the id of an order, `account#` and the id of an account, or a word \
             such as `synonyms` or `imports`.",
        )
        .query(
            "actor",
            text(MAX_ACTOR_CHARS),
            "Who changed it: the id of the account, or `operator` for changes from the AWS account. The newest entries \
             are listed a moment after they were written.",
        )
        .query("cursor", cursor(), "`next_cursor` of the page before. Without it: the first page.")
        .query("limit", page_limit(MAX_LIMIT, DEFAULT_LIMIT), "The maximum number of entries on a page.")
        .answers::<ListAuditResponse<'_>>(200, "A page of entries.")
}

/// Lists the audit log.
pub struct ListAudit {
    /// The audit table.
    pub audit: AuditReader,
}

impl ListAudit {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { audit: deps.audit_reader()? })
    }
}

/// A page of the audit log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntryList")]
struct ListAuditResponse<'a> {
    /// Newest first.
    entries: Vec<AuditEntryView<'a>>,
    /// The cursor of the next page; null on the last page.
    next_cursor: Option<String>,
}

/// An entry of the audit log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
struct AuditEntryView<'a> {
    /// Its id. Ids of one subject or actor sort by time.
    entry_id: &'a str,
    /// What was changed, such as `product#1399`.
    subject: &'a str,
    /// Who changed it: the id of an account, or `operator`.
    actor: &'a str,
    /// The session of the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
    /// The name of the function that was called, such as `put-product`.
    action: &'a str,
    /// The id of the request in the shop's log.
    request_id: &'a str,
    /// The IP address of the client. Empty for an operator.
    source_address: &'a str,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// `requested`: it was about to be tried. `succeeded`. `refused`: nothing changed. `failed`: possibly after a part of it
    /// was made.
    #[schemars(extend("enum" = AuditPhase::ALL.map(AuditPhase::as_str)))]
    phase: &'static str,
    /// The HTTP status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The code of the problem with which it was refused or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// What was changed, before: null if there was nothing. Its form depends on the action. A value of more than 16 KB is
    /// replaced by an object with `truncated` (true), `bytes` (its length) and `start` (its beginning, as a text).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    before: Option<Box<RawValue>>,
    /// The same after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    after: Option<Box<RawValue>>,
}

impl<'a> AuditEntryView<'a> {
    fn of(entry: &'a AuditEntry) -> Self {
        let value = |value: &Option<AuditValue>| {
            value.as_ref().and_then(|value| RawValue::from_string(value.json().to_owned()).ok())
        };
        Self {
            entry_id: entry.entry_id.as_str(),
            subject: entry.subject.as_str(),
            actor: entry.actor.as_str(),
            session_id: entry.session_id.as_ref().map(souk_domain::ids::SessionId::as_str),
            action: &entry.action,
            request_id: &entry.request_id,
            source_address: &entry.source_address,
            at: entry.at.to_rfc3339(),
            phase: entry.phase.as_str(),
            status: entry.status,
            code: entry.code.as_deref(),
            before: value(&entry.before),
            after: value(&entry.after),
        }
    }
}

/// The filter of a list.
enum Filter {
    Subject(AuditSubject),
    Actor(AuditActor),
}

impl Filter {
    /// The one filter of a query; `None` if it is not valid, which `fields` then reports.
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let subject = fields.optional_parsed::<AuditSubject>("subject");
        let actor = fields.optional_parsed::<AuditActor>("actor");
        match (subject?, actor?) {
            (Some(subject), None) => Some(Self::Subject(subject)),
            (None, Some(actor)) => Some(Self::Actor(actor)),
            (None, None) => {
                fields.refuse([FieldError::new("subject", "required", "must be sent, or actor")]);
                None
            }
            (Some(_), Some(_)) => {
                fields.refuse([FieldError::new("actor", "unknown_value", "must not be sent with subject")]);
                None
            }
        }
    }

    fn list(&self) -> ListId {
        match self {
            Self::Subject(subject) => ListId::new(["audit", "subject", subject.as_str()]),
            Self::Actor(actor) => ListId::new(["audit", "actor", actor.as_str()]),
        }
    }
}

impl Endpoint for ListAudit {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::AuditRead)?;
        let mut query = request.query();
        let filter = Filter::read(&mut query);
        let after = query.optional_cursor::<AuditEntryId>(filter.as_ref().map(Filter::list));
        let limit = query.optional_integer("limit", 1..=MAX_LIMIT);
        let (filter, after, limit) = query.finish((filter, after, limit))?;

        let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).map_err(Problem::internal)?;
        let page = match &filter {
            Filter::Subject(subject) => self.audit.by_subject(subject, after.as_ref(), limit).await?,
            Filter::Actor(actor) => self.audit.by_actor(actor, after.as_ref(), limit).await?,
        };
        let list = filter.list();
        let next_cursor = page.next.map(|entry_id| list.cursor(&entry_id));
        Ok(Reply::ok(&ListAuditResponse {
            entries: page.entries.iter().map(AuditEntryView::of).collect(),
            next_cursor,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use souk_domain::audit::AuditedChange;
    use souk_fixtures::outcome;
    use souk_runtime::http::audit::{AuditContext, AuditedOutcome, AuditedRequest};
    use souk_runtime::http::raw_number;
    use souk_store::{AuditLog, Table};
    use souk_testkit::{Database, FixedClock, SeededRandom, user};

    use super::*;

    /// An endpoint, and what writes the log that it lists.
    async fn start() -> (ListAudit, AuditContext, Arc<FixedClock>) {
        let database = Database::start().await;
        let (random, clock) = (Arc::new(SeededRandom::new(7)), Arc::new(FixedClock::new()));
        let table = Table::new(database.client.clone(), database.table("audit"), random.clone());
        let context = AuditContext { log: AuditLog::new(table.clone()), clock: clock.clone(), random };
        (ListAudit { audit: AuditReader::new(table) }, context, clock)
    }

    async fn change(context: &AuditContext, clock: &FixedClock, subject: &str, staff: u32) {
        let request = AuditedRequest {
            subject: subject.parse().expect("a subject"),
            actor: AuditActor::User(user(staff)),
            session_id: user(staff).as_str().parse().ok(),
            action: "put-product",
            request_id: "r1".to_owned(),
            source_address: "203.0.113.7".to_owned(),
        };
        let begun = context.begin(&request).await.expect("begun");
        clock.advance_seconds(1);
        let change = AuditedChange::new(&None::<u8>, &[raw_number("12.50")]);
        let outcome = AuditedOutcome { status: Some(201), code: None, change: Some(change) };
        context.end(begun, AuditPhase::Succeeded, outcome).await;
        clock.advance_seconds(1);
    }

    fn get(filter: &str, value: &str) -> Request {
        Request::new("GET", "/admin/audit").with_query(filter, value).from_staff(user(9))
    }

    #[tokio::test]
    async fn a_change_is_listed_by_subject_and_by_actor() {
        let (list, context, clock) = start().await;
        change(&context, &clock, "product#1399", 2).await;
        change(&context, &clock, "synonyms", 2).await;
        let reply = list.handle(&get("subject", "product#1399")).await.expect("listed");
        let body = reply.body_json();
        let phases: Vec<_> = body["entries"].as_array().expect("entries").iter().map(|entry| &entry["phase"]).collect();
        assert_eq!(phases, ["succeeded", "requested"]);
        assert!(reply.body().contains(r#""status":201,"before":null,"after":[12.50]}"#), "{}", reply.body());
        assert!(!body["entries"][1].as_object().expect("an entry").contains_key("before"));
        let expected = [("actor", user(2).as_str().to_owned()), ("source_address", "203.0.113.7".to_owned())];
        for (member, value) in expected {
            assert_eq!(body["entries"][0][member], value);
        }

        let actor = user(2);
        let page =
            list.handle(&get("actor", actor.as_str()).with_query("limit", "3")).await.expect("listed").body_json();
        assert_eq!(page["entries"].as_array().map(Vec::len), Some(3));
        let cursor = page["next_cursor"].as_str().expect("more follow");
        let rest = list.handle(&get("actor", actor.as_str()).with_query("cursor", cursor)).await.expect("listed");
        assert_eq!(rest.body_json()["entries"].as_array().map(Vec::len), Some(1));
        assert!(rest.body_json()["next_cursor"].is_null());
        let other_list = list.handle(&get("subject", "synonyms").with_query("cursor", cursor)).await;
        assert_eq!(outcome(&other_list), (422, "invalid_fields"));
    }

    #[tokio::test]
    async fn it_takes_exactly_one_filter_and_the_permission() {
        let (list, ..) = start().await;
        let errors = async |request: &Request| {
            let problem = list.handle(request).await.expect_err("refused");
            let errors = problem.errors().iter().map(|error| format!("{} {}", error.field, error.code));
            (problem.status(), errors.collect::<Vec<_>>().join(", "))
        };
        let both = get("subject", "synonyms").with_query("actor", "operator");
        assert_eq!(errors(&both).await, (422, "actor unknown_value".to_owned()));
        assert_eq!(errors(&get("limit", "1")).await, (422, "subject required".to_owned()));
        assert_eq!(errors(&get("actor", "ann@example.com")).await, (422, "actor invalid_format".to_owned()));
        assert_eq!(errors(&get("subject", "a b")).await, (422, "subject invalid_format".to_owned()));
        // The number of an order or a product may look like a card number.
        assert_eq!(outcome(&list.handle(&get("subject", "product#4242424242424242")).await), (200, ""));
        assert_eq!(outcome(&list.handle(&get("actor", "operator").from_user(user(1))).await), (403, "forbidden"));
    }
}
