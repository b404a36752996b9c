//! The audit of changes by staff: an entry before the handler runs, and one with the outcome.
//!
//! A change is refused if its first entry cannot be written. If the entry with the outcome cannot be written, that is
//! logged: the first entry stays, and the response is still sent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use souk_domain::audit::{
    AUDIT_SECONDS, AuditActor, AuditEntry, AuditEntryId, AuditPhase, AuditSubject, AuditedChange,
};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::SessionId;
use souk_store::{AuditLog, StoreError};

use super::{Endpoint, Identity, Problem, Reply, Request};

/// Time for one entry, with the SDK's retries. Two of them and the handler have the 10 s of an API function.
const ENTRY_TIMEOUT: Duration = Duration::from_secs(3);

/// The part of a request that is the subject of its audit entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The product of `product_id` in the path.
    Product,
    /// The category of `category_id` in the path.
    Category,
    /// The collection of `collection_id` in the path.
    Collection,
    /// The order of `order_id` in the path.
    Order,
    /// The account of `user_id` in the path.
    Account,
    /// The order of the refund request of `refund_request_id` in the path, which begins with the order's id.
    RefundRequest,
    /// The only thing of its kind, such as `synonyms`.
    Named(&'static str),
}

impl Subject {
    fn of(self, request: &Request) -> AuditSubject {
        let id = |name: &str| {
            let parameter = request.path_parameters.iter().find(|(known, _)| known == name);
            parameter.map_or("", |(_, value)| value.as_str())
        };
        match self {
            Self::Product => AuditSubject::product(id("product_id")),
            Self::Category => AuditSubject::category(id("category_id")),
            Self::Collection => AuditSubject::collection(id("collection_id")),
            Self::Order => AuditSubject::order(id("order_id")),
            Self::Account => AuditSubject::account(id("user_id")),
            Self::RefundRequest => AuditSubject::order(id("refund_request_id").split('.').next().unwrap_or_default()),
            Self::Named(name) => AuditSubject::named(name),
        }
    }
}

/// Dependencies of an audit.
#[derive(Clone)]
pub struct AuditContext {
    /// The audit table.
    pub log: AuditLog,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// For the ids of entries.
    pub random: Arc<dyn Random>,
}

/// A change that is about to be tried.
#[derive(Debug, Clone)]
pub struct AuditedRequest {
    /// The subject of the change.
    pub subject: AuditSubject,
    /// The actor.
    pub actor: AuditActor,
    /// The actor's session.
    pub session_id: Option<SessionId>,
    /// The name of the function.
    pub action: &'static str,
    /// The id of the request.
    pub request_id: String,
    /// The client's IP address.
    pub source_address: String,
}

/// How a change ended.
#[derive(Debug, Clone, Default)]
pub struct AuditedOutcome {
    /// The HTTP status of the response, if it is one.
    pub status: Option<u16>,
    /// The code of the problem.
    pub code: Option<&'static str>,
    /// The values before and after the change.
    pub change: Option<AuditedChange>,
}

impl AuditedRequest {
    fn by_staff(action: &'static str, subject: Subject, request: &Request, staff: &Identity) -> Self {
        Self {
            subject: subject.of(request),
            actor: AuditActor::User(staff.user_id.clone()),
            session_id: Some(staff.session_id.clone()),
            action,
            request_id: request.request_id.clone(),
            source_address: request.source_address.clone(),
        }
    }
}

impl AuditedOutcome {
    fn of(outcome: &Result<Reply, Problem>) -> Self {
        match outcome {
            Ok(reply) => Self { status: Some(reply.status()), code: None, change: reply.audited().cloned() },
            Err(problem) => Self { status: Some(problem.status()), code: Some(problem.code()), change: None },
        }
    }
}

impl AuditContext {
    /// Adds the entry that a change is about to be tried. If it fails, the change must not be tried.
    pub async fn begin(&self, request: &AuditedRequest) -> Result<AuditEntry, StoreError> {
        let at = self.clock.now();
        let entry = AuditEntry {
            subject: request.subject.clone(),
            entry_id: AuditEntryId::new(at, &*self.random),
            actor: request.actor.clone(),
            session_id: request.session_id.clone(),
            action: request.action.to_owned(),
            request_id: request.request_id.clone(),
            source_address: request.source_address.clone(),
            at,
            phase: AuditPhase::Requested,
            status: None,
            code: None,
            before: None,
            after: None,
            expires_at: at.plus_seconds(AUDIT_SECONDS).as_seconds(),
        };
        self.add(&entry).await?;
        Ok(entry)
    }

    /// Adds the entry with the outcome. A failure is logged with the request's id.
    pub async fn end(&self, begun: AuditEntry, phase: AuditPhase, outcome: AuditedOutcome) {
        let at = self.clock.now();
        let (before, after) = outcome.change.map(|change| (change.before, change.after)).unzip();
        let entry = AuditEntry {
            entry_id: begun.entry_id.outcome(at),
            at,
            phase,
            status: outcome.status,
            code: outcome.code.map(str::to_owned),
            before,
            after,
            expires_at: at.plus_seconds(AUDIT_SECONDS).as_seconds(),
            ..begun
        };
        if let Err(error) = self.add(&entry).await {
            let (function, request_id, phase) = (entry.action, entry.request_id, phase.as_str());
            tracing::error!(function, request_id, phase, %error, "the outcome is missing in the audit log");
        }
    }

    async fn add(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let added = tokio::time::timeout(ENTRY_TIMEOUT, self.log.add(entry)).await;
        added.unwrap_or_else(|_| Err(StoreError::Unavailable("the audit log timed out".to_owned())))
    }
}

/// An endpoint whose changes are audited.
pub struct Audited<E> {
    /// The name of its function.
    pub function: &'static str,
    /// The subject of its changes.
    pub subject: Subject,
    /// The audit log.
    pub context: AuditContext,
    /// The endpoint.
    pub endpoint: E,
}

impl<E: Endpoint> Endpoint for Audited<E> {
    async fn warm_up(&self) {
        self.endpoint.warm_up().await;
    }

    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        // Same response as that of every handler for staff. Callers without any permission add no entries: anybody can
        // get a token, and could fill the log.
        let staff = request.user()?;
        if staff.permissions.is_empty() {
            return Err(Problem::forbidden());
        }
        let audited = AuditedRequest::by_staff(self.function, self.subject, request, staff);
        let begun = self.context.begin(&audited).await;
        let begun = begun.map_err(|error| Problem::unavailable("temporarily_unavailable", error))?;
        // After a panic the change may have been made.
        let outcome = match AssertUnwindSafe(self.endpoint.handle(request)).catch_unwind().await {
            Ok(outcome) => outcome,
            Err(_) => Err(Problem::internal("the handler panicked")),
        };
        let ended = AuditedOutcome::of(&outcome);
        let phase = AuditPhase::of_status(ended.status.unwrap_or_default());
        self.context.end(begun, phase, ended).await;
        outcome
    }
}

#[cfg(test)]
mod tests;
