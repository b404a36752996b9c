//! `DELETE /admin/accounts/{user_id}/second-factor`: removes the second factor of an account whose owner has lost it together
//! with the recovery codes.
//!
//! Roles stay, but no session can use them before the account has set up another second factor. All sessions end, before
//! the change and after it: a crash in between leaves a retry possible, and a log-in may start one just before the change.

use serde::Serialize;
use souk_domain::ids::UserId;
use souk_domain::mail::MailRequest;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_store::{Accounts, Credential, CredentialOutcome, Credentials, Sessions, StoreError};

use crate::mail_request::enqueue;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "DELETE /admin/accounts/{user_id}/second-factor";
    Operation::new("admin-reset-second-factor", route, Caller::Staff(Permission::AccountsWrite), Tag::Administration)
        .summary("Removes the second factor of an account")
        .description(
            "For an owner who has lost the authenticator app and the recovery codes, and who has proved in another way \
             who they are: from now on the password alone opens the account. All its sessions end, and a mail says that \
             the second factor was changed. Roles of the account stay, and have no effect before it has set up another \
             second factor (`POST /account/second-factor`) and logged in with it.",
        )
        .repeated("Ends the sessions of the account again, and sends another mail.")
        .answers_empty(204, "The account has no second factor.")
        .problem(409, "own_account", "Nobody resets the own second factor: another administrator has to do it.")
}

/// Removes second factors for staff.
pub struct AdminResetSecondFactor {
    /// The accounts table.
    pub accounts: Accounts,
    /// The credentials table.
    pub credentials: Credentials,
    /// The sessions table.
    pub sessions: Sessions,
    /// Sends the mail.
    pub mails: MailQueue,
}

/// A second factor in the audit log.
#[derive(Serialize)]
struct AuditedSecondFactor {
    second_factor: bool,
    recovery_codes_left: usize,
}

impl AuditedSecondFactor {
    fn of(credential: &Credential) -> Self {
        let second_factor = credential.second_factor().is_some();
        Self { second_factor, recovery_codes_left: credential.recovery_codes.len() }
    }
}

impl AdminResetSecondFactor {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            accounts: deps.accounts()?,
            credentials: deps.credentials()?,
            sessions: deps.sessions()?,
            mails: deps.mail_queue()?,
        })
    }
}

impl Endpoint for AdminResetSecondFactor {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::AccountsWrite)?;
        let user_id: UserId = request.path_id("user_id", "account")?;
        if user_id == caller.user_id {
            let detail = "another administrator has to reset your second factor";
            return Err(Problem::conflict("own_account", detail));
        }
        let credential = self.credential(&user_id).await?;
        self.sessions.end_all(&user_id, None).await?;
        if credential.totp.is_some() {
            match self.credentials.remove_totp(&credential.reference()).await? {
                CredentialOutcome::Changed => {}
                // A concurrent change: a retry reads it.
                CredentialOutcome::Conflict => return Err(StoreError::Conflict.into()),
            }
        }
        self.sessions.end_all(&user_id, None).await?;
        let before = AuditedSecondFactor::of(&credential);
        enqueue(&self.mails, &MailRequest::SecondFactorChanged { email: credential.email }).await?;
        let after = AuditedSecondFactor { second_factor: false, recovery_codes_left: 0 };
        Ok(Reply::no_content().audit(&before, &after))
    }
}

impl AdminResetSecondFactor {
    async fn credential(&self, user_id: &UserId) -> Result<Credential, Problem> {
        let unknown = || Problem::not_found("account");
        let account = self.accounts.get(user_id).await?.ok_or_else(unknown)?;
        let credential = self.credentials.get(&account.email).await?;
        credential.filter(|known| known.user_id == *user_id).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::account::CallerKind;
    use souk_domain::permission::{Permissions, Role};
    use souk_fixtures::identity::PASSWORD;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{email, outcome};
    use crate::staff_fixture::Staff;

    fn endpoint(shop: &Staff) -> AdminResetSecondFactor {
        AdminResetSecondFactor {
            accounts: shop.stores.accounts.clone(),
            credentials: shop.stores.credentials.clone(),
            sessions: shop.stores.sessions.clone(),
            mails: shop.mail_queue(),
        }
    }

    /// A shop with an administrator, account 1, and Ann, a member of staff with a second factor and two sessions.
    async fn shop_with_ann() -> (Staff, UserId) {
        let shop = Staff::start().await;
        shop.member(1, "root@example.com", &[Role::Administrator], None).await;
        let ann = shop.claim(&email(), PASSWORD).await;
        shop.enrol_second_factor().await;
        let account = shop.stores.accounts.get(&ann).await.expect("read").expect("an account");
        shop.grant(&account, &[Role::Support], None).await;
        shop.start_two_sessions(&ann, CallerKind::Shopper).await;
        (shop, ann)
    }

    fn reset(user_id: &UserId) -> Request {
        let route = Request::new("DELETE", "/admin/accounts").with_path("user_id", user_id.as_str());
        route.from_staff(user(1))
    }

    #[tokio::test]
    async fn the_second_factor_and_all_sessions_end_and_the_roles_stay() {
        let (shop, ann) = shop_with_ann().await;
        let before = shop.credential().await;
        let reply = endpoint(&shop).handle(&reset(&ann)).await.expect("reset");
        assert_eq!((reply.status(), reply.body()), (204, ""));
        let expected = (
            r#"{"second_factor":true,"recovery_codes_left":10}"#,
            r#"{"second_factor":false,"recovery_codes_left":0}"#,
        );
        assert_eq!(reply.audited().expect("audited").json(), expected);
        let after = shop.credential().await;
        assert!(after.totp.is_none() && after.recovery_codes.is_empty() && after.version == before.version + 1);
        assert!(after.password_hash == before.password_hash && shop.session_ids(&ann).await.is_empty());
        let grant = shop.stores.staff_grants.get(&ann).await.expect("read").expect("a grant");
        assert_eq!(grant.roles, [Role::Support]);
        assert_eq!(shop.mails(), [MailRequest::SecondFactorChanged { email: email() }]);
        shop.start_two_sessions(&ann, CallerKind::Shopper).await;
        assert_eq!(outcome(&endpoint(&shop).handle(&reset(&ann)).await), (204, ""), "a retry");
        assert!(shop.session_ids(&ann).await.is_empty());
    }

    #[tokio::test]
    async fn nobody_resets_the_own_one_and_only_who_may_change_accounts_resets_any() {
        let (shop, ann) = shop_with_ann().await;
        let endpoint = endpoint(&shop);
        assert_eq!(outcome(&endpoint.handle(&reset(&ann).from_staff(ann.clone())).await), (409, "own_account"));
        let support = Permissions::of_roles(&[Role::Support]);
        let by_support = reset(&ann).from_caller(user(5), CallerKind::Shopper, support);
        assert_eq!(outcome(&endpoint.handle(&by_support).await), (403, "forbidden"));
        assert_eq!(outcome(&endpoint.handle(&reset(&user(9))).await), (404, "not_found"));
        assert!(shop.credential().await.second_factor().is_some() && shop.mails().is_empty());
        assert_eq!(shop.session_ids(&ann).await.len(), 2);
    }

    #[tokio::test]
    async fn a_retry_continues_after_a_crash_at_any_call() {
        for calls in 0.. {
            let (shop, ann) = shop_with_ann().await;
            shop.aws.crash_after(calls);
            let first = endpoint(&shop).handle(&reset(&ann)).await;
            let crashed = shop.aws.recover();
            let is_reset = shop.credential().await.totp.is_none();
            assert!(!is_reset || shop.session_ids(&ann).await.is_empty(), "after {calls} calls");
            assert_eq!(outcome(&endpoint(&shop).handle(&reset(&ann)).await), (204, ""), "after {calls} calls");
            assert!(shop.credential().await.totp.is_none() && shop.session_ids(&ann).await.is_empty());
            assert!(!shop.mails().is_empty());
            if !crashed {
                assert!(first.is_ok() && calls > 6, "{calls}");
                return;
            }
        }
    }
}
