//! `POST /admin/invitations`: invites a person to the staff of the shop. The person may have no account yet.
//!
//! The mail has the token; no endpoint ever returns it. Nothing is granted before the invitation is accepted.
//!
//! The invitation is stored before the mail is asked for, with the time and the state of the invited account: whoever can
//! send messages to the mail queue cannot invite, and a mail that is sent late brings no roles back.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::account::Email;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{InvitationId, UserId};
use souk_domain::mail::{INVITATION_SECONDS, MailRequest, is_deliverable};
use souk_domain::permission::Permission;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_store::{Credentials, Invitation, Invitations, StaffGrants};

use crate::administrators::{GrantError, earlier_end};
use crate::grant_view::{AuditedGrant, read_roles, roles_schema};
use crate::mail_request::enqueue;
use crate::staff_context::Roles;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "POST /admin/invitations";
    Operation::new("invite-staff", route, Caller::Staff(Permission::StaffManage), Tag::Administration)
        .summary("Invites a person to the staff of the shop")
        .description(
            "A mail is sent with a link that works once, within 72 hours (`POST /auth/invitations/accept`). The link is \
             void when the inviting account loses the permission `staff:manage`, and when the password, the second \
             factor or the roles of the invited account change. Accepting it replaces the roles that the account has. \
             If the roles of the inviting account end, those of the invitation end at the same time at the latest. \
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
    /// From this time on the account has no role any more. Without it, the roles end with those of the inviting account,
    /// if they do.
    #[schemars(extend("format" = "date-time"))]
    pub expires_at: Option<String>,
}

/// Invites staff.
pub struct InviteStaff {
    /// The table of invitations.
    pub invitations: Invitations,
    /// Which addresses have an account.
    pub credentials: Credentials,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// Sends the mail.
    pub mails: MailQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// For ids.
    pub random: Arc<dyn Random>,
}

impl InviteStaff {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            invitations: deps.invitations()?,
            credentials: deps.credentials()?,
            grants: deps.staff_grants()?,
            mails: deps.mail_queue()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }
}

impl Endpoint for InviteStaff {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::StaffManage)?;
        let mut fields = request.fields()?;
        let (email, roles) = (read_email(&mut fields), read_roles(&mut fields, self.clock.now()));
        let (email, roles) = fields.finish((email, roles))?;

        let invitation = self.invitation(email, roles, &caller.user_id).await?;
        self.invitations.create(&invitation).await?;
        let Invitation { email, invitation_id, roles, grant_expires_at, .. } = invitation;
        enqueue(&self.mails, &MailRequest::Invitation { email, invitation_id }).await?;
        // Without the address: nobody can delete it from the log. The acceptance is logged with the account.
        let roles = Roles { roles, expires_at: grant_expires_at };
        Ok(Reply::accepted().audit(&None::<AuditedGrant<'_>>, &AuditedGrant::of_roles(&roles)))
    }
}

impl InviteStaff {
    async fn invitation(&self, email: Email, roles: Roles, invited_by: &UserId) -> Result<Invitation, Problem> {
        let now = self.clock.now();
        let (inviting, invited) = tokio::try_join!(self.grants.get(invited_by), self.credentials.find(&email))?;
        let inviting = inviting.filter(|grant| grant.is_administrator(now)).ok_or(GrantError::NoAdministrator)?;
        let grant_expires_at = earlier_end(roles.expires_at, inviting.expires_at);
        let last = now.plus_seconds(INVITATION_SECONDS);
        let expires_at = grant_expires_at.map_or(last, |end| end.min(last)).as_seconds();
        Ok(Invitation {
            invitation_id: InvitationId::new(now, &*self.random),
            email,
            credentials_version: invited.as_ref().map(|known| known.version),
            user_id: invited.map(|known| known.user_id),
            roles: roles.roles,
            grant_expires_at,
            invited_by: invited_by.clone(),
            expires_at,
        })
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
        let stores = &shop.stores;
        InviteStaff {
            invitations: stores.invitations.clone(),
            credentials: stores.credentials.clone(),
            grants: stores.staff_grants.clone(),
            mails: shop.mail_queue(),
            clock: shop.clock.clone(),
            random: shop.random.clone(),
        }
    }

    fn invite(email: &str) -> Request {
        invite_until(email, Some("2026-11-25T06:57:00Z"))
    }

    fn invite_until(email: &str, end: Option<&str>) -> Request {
        request("POST", &json!({"email": email, "roles": ["stock"], "expires_at": end})).from_staff(user(1))
    }

    /// The invitation that the only requested mail names.
    async fn invited(shop: &Staff, address: &str) -> Invitation {
        let mails = shop.mails();
        let [MailRequest::Invitation { email, invitation_id }] = mails.as_slice() else { panic!("{mails:?}") };
        assert_eq!(email.as_str(), address);
        let stored = shop.stores.invitations.get(invitation_id, email, shop.clock.now()).await.expect("read");
        stored.expect("an invitation")
    }

    #[tokio::test]
    async fn an_invitation_is_stored_and_asks_for_a_mail_and_grants_nothing() {
        let shop = Staff::with_administrator().await;
        shop.account(2, "bob@example.com").await;
        let reply = endpoint(&shop).handle(&invite(" Bob@Example.com ")).await.expect("invited");
        assert_eq!((reply.status(), reply.body()), (202, ""));
        let stored = invited(&shop, "bob@example.com").await;
        let end = shop.clock.now().plus_seconds(24 * 3_600);
        let expected = (vec![Role::Stock], Some(end), user(1), end.as_seconds());
        assert_eq!((stored.roles, stored.grant_expires_at, stored.invited_by, stored.expires_at), expected);
        assert_eq!((stored.user_id, stored.credentials_version), (Some(user(2)), Some(shop.version(2).await)));
        assert_eq!(shop.roles(2).await, None);
        let (before, after) = reply.audited().expect("audited").json();
        assert_eq!((before, after), ("null", r#"{"roles":["stock"],"expires_at":"2026-11-25T06:57:00.000Z"}"#));
    }

    #[tokio::test]
    async fn an_administrator_for_a_time_invites_to_nothing_for_longer() {
        let shop = Staff::with_administrator().await;
        let invite = async || endpoint(&shop).handle(&invite_until("eve@example.com", None)).await;
        invite().await.expect("invited");
        let last = shop.clock.now().plus_seconds(INVITATION_SECONDS).as_seconds();
        let stored = invited(&shop, "eve@example.com").await;
        assert_eq!((stored.grant_expires_at, stored.expires_at), (None, last));
        assert_eq!((stored.user_id, stored.credentials_version), (None, None));

        let account = shop.stores.accounts.get(&user(1)).await.expect("read").expect("an account");
        shop.grant(&account, &[Role::Administrator], Some(60)).await;
        invite().await.expect("invited");
        let end = shop.clock.now().plus_seconds(60);
        let stored = invited(&shop, "eve@example.com").await;
        assert_eq!((stored.grant_expires_at, stored.expires_at), (Some(end), end.as_seconds()));
        shop.clock.advance_seconds(60);
        assert_eq!(outcome(&invite().await), (403, "forbidden"));
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
