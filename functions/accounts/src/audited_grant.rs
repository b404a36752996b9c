//! Changes of grants outside the endpoints for staff: accepted invitations, and grants by the operator.

use souk_domain::account::Account;
use souk_domain::audit::{AuditActor, AuditPhase, AuditSubject, AuditedChange};
use souk_domain::ids::UserId;
use souk_runtime::http::audit::{AuditContext, AuditedOutcome, AuditedRequest};

use crate::administrators::GrantError;
use crate::grant_view::AuditedGrant;
use crate::staff_context::{GrantChange, Roles, StaffContext};

/// The actor and the request of a change.
pub(crate) struct Origin {
    pub(crate) action: &'static str,
    pub(crate) actor: AuditActor,
    pub(crate) request_id: String,
    pub(crate) source_address: String,
}

/// Grants roles to an account in the name of an administrator, with an audit entry before and after. If the first entry
/// cannot be written, nothing is changed.
pub(crate) async fn change_audited(
    staff: &StaffContext,
    audit: &AuditContext,
    origin: Origin,
    account: &Account,
    roles: &Roles,
    administrator: Option<&UserId>,
) -> Result<GrantChange, GrantError> {
    let request = AuditedRequest {
        subject: AuditSubject::account(account.user_id.as_str()),
        actor: origin.actor,
        session_id: None,
        action: origin.action,
        request_id: origin.request_id,
        source_address: origin.source_address,
    };
    let begun = audit.begin(&request).await.map_err(GrantError::Audit)?;
    let outcome = staff.change(account, Some(roles), administrator).await;
    let (phase, ended) = match &outcome {
        Ok(change) => {
            let (before, after) = (change.before.as_ref(), change.after.as_ref());
            let change = AuditedChange::new(&before.map(AuditedGrant::of), &after.map(AuditedGrant::of));
            (AuditPhase::Succeeded, AuditedOutcome { change: Some(change), ..AuditedOutcome::default() })
        }
        Err(error) => {
            let code = error.refusal();
            let phase = if code.is_some() { AuditPhase::Refused } else { AuditPhase::Failed };
            (phase, AuditedOutcome { code, ..AuditedOutcome::default() })
        }
    };
    audit.end(begun, phase, ended).await;
    outcome
}
