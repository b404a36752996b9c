//! `POST /admin/invitations`: invites a person to the staff of the shop. The person may have no account yet.
//!
//! The mail has the token; no endpoint ever returns it. Nothing is granted before the invitation is accepted.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::account::Email;
use souk_domain::effects::Clock;
use souk_domain::mail::{MailRequest, is_deliverable};
use souk_domain::permission::Permission;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;

use crate::grant_view::{AuditedGrant, read_roles, roles_schema};
use crate::mail_request::enqueue;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "POST /admin/invitations";
    Operation::new("invite-staff", route, Caller::Staff(Permission::StaffManage), Tag::Administration)
        .summary("Invites a person to the staff of the shop")
        .description(
            "A mail is sent with a link that works once, within 72 hours (`POST /auth/invitations/accept`). The link is \
             void when the inviting account loses the permission `staff:manage`, and when the password, the second \
             factor or the roles of the invited account change. Accepting it replaces the roles that the account has. \
             An address gets at most five invitations in an hour; further ones are dropped. If the shop has no sender \
             for mails, none is sent.",
        )
        .repeated("Sends one more mail with another link. After one of them is accepted, the others grant nothing else.")
        .body::<InviteStaffRequest>(r#"{"email": "bob@example.com", "roles": ["catalogue", "stock"]}"#)
        .answers_empty(202, "The mail is sent.")
}

/// The request of `POST /admin/invitations`.
#[derive(JsonSchema)]
pub struct InviteStaffRequest {
    /// The e-mail address, which mail must reach: its part before the `@` is of ASCII letters, digits and
    /// ``.!#$%&'*+-/=?^_`{|}~``.
    #[schemars(email, length(max = 318))]
    pub email: String,
    /// The roles, each a set of permissions, which the account gets when the invitation is accepted.
    #[schemars(schema_with = "roles_schema")]
    pub roles: Vec<String>,
    /// From this time on the account has no role any more. Without it, the roles do not end.
    #[schemars(extend("format" = "date-time"))]
    pub expires_at: Option<String>,
}

/// Invites staff.
pub struct InviteStaff {
    /// Sends the mail.
    pub mails: MailQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl InviteStaff {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { mails: deps.mail_queue()?, clock: deps.clock() })
    }
}

impl Endpoint for InviteStaff {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::StaffManage)?;
        let mut fields = request.fields()?;
        let (email, roles) = (read_email(&mut fields), read_roles(&mut fields, self.clock.now()));
        let (email, roles) = fields.finish((email, roles))?;

        let audited = AuditedGrant::of_roles(&roles);
        let mail = MailRequest::Invitation {
            email,
            roles: roles.roles.clone(),
            grant_expires_at: roles.expires_at,
            invited_by: caller.user_id.clone(),
        };
        enqueue(&self.mails, &mail).await?;
        // Has no address, because audit entries cannot be deleted. The acceptance is logged with the account.
        Ok(Reply::accepted().audit(&None::<AuditedGrant<'_>>, &audited))
    }
}

fn read_email(fields: &mut Fields<'_>) -> Option<Email> {
    let email = fields.parsed::<Email>("email")?;
    if is_deliverable(&email) {
        return Some(email);
    }
    fields.refuse([FieldError::new("email", "invalid_format", "must be an address that mail can be sent to")]);
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::permission::Role;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{outcome, request};
    use crate::staff_fixture::Staff;

    fn endpoint(shop: &Staff) -> InviteStaff {
        InviteStaff { mails: shop.mail_queue(), clock: shop.clock.clone() }
    }

    fn invite(email: &str) -> Request {
        let end = "2026-11-25T06:57:00Z";
        request("POST", &json!({"email": email, "roles": ["stock"], "expires_at": end})).from_staff(user(1))
    }

    #[tokio::test]
    async fn an_invitation_asks_for_a_mail_and_grants_nothing() {
        let shop = Staff::with_administrator().await;
        shop.account(2, "bob@example.com").await;
        let reply = endpoint(&shop).handle(&invite(" Bob@Example.com ")).await.expect("invited");
        assert_eq!((reply.status(), reply.body()), (202, ""));
        let expected = MailRequest::Invitation {
            email: "bob@example.com".parse().expect("an address"),
            roles: vec![Role::Stock],
            grant_expires_at: Some(shop.clock.now().plus_seconds(24 * 3_600)),
            invited_by: user(1),
        };
        assert_eq!((shop.mails(), shop.roles(2).await), (vec![expected], None));
        let (before, after) = reply.audited().expect("audited").json();
        assert_eq!((before, after), ("null", r#"{"roles":["stock"],"expires_at":"2026-11-25T06:57:00.000Z"}"#));
    }

    #[tokio::test]
    async fn invalid_invitations_are_refused() {
        let shop = Staff::with_administrator().await;
        let endpoint = endpoint(&shop);
        for email in ["bob", "(x)bob@example.com", "b\u{f6}b@example.com"] {
            assert_eq!(outcome(&endpoint.handle(&invite(email)).await), (422, "invalid_fields"), "{email}");
        }
        assert_eq!(outcome(&endpoint.handle(&invite("b@c.de").from_user(user(1))).await), (403, "forbidden"));
        shop.aws.stop_queues();
        assert_eq!(outcome(&endpoint.handle(&invite("b@c.de")).await), (503, "temporarily_unavailable"));
        assert!(shop.mails().is_empty());
    }
}
