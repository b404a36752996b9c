//! `GET /account`: the account of the caller.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_domain::effects::Clock;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{self, Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::StaffGrants;

use crate::own_account::OwnAccounts;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-account", "GET /account", Caller::Shopper, Tag::Accounts)
        .summary("Shows the account")
        .answers::<AccountResponse<'_>>(200, "The account.")
}

/// An account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
struct AccountResponse<'a> {
    /// The id of the account.
    user_id: &'a str,
    /// The e-mail address, which is verified, in its normalised spelling.
    #[schemars(email)]
    email: &'a str,
    /// When the address was verified.
    #[schemars(extend("format" = "date-time"))]
    verified_at: String,
    /// When the account was registered.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// Whether a log-in needs a code of a second factor.
    second_factor: bool,
    /// How many recovery codes of the second factor are unused.
    recovery_codes_left: usize,
    /// The roles of a member of staff; empty for all others.
    #[schemars(schema_with = "roles_schema")]
    roles: Vec<&'static str>,
    /// When the roles end. Missing if they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    roles_expire_at: Option<String>,
}

fn roles_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": contract::one_of(&Role::ALL.map(Role::as_str))})
}

/// Shows the account of the caller.
pub struct GetAccount {
    /// The accounts of callers.
    pub accounts: OwnAccounts,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl GetAccount {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { accounts: OwnAccounts::from_dependencies(deps)?, grants: deps.staff_grants()?, clock: deps.clock() })
    }
}

impl Endpoint for GetAccount {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let (account, status) = self.accounts.status(request).await?;
        let grant = self.grants.get(&account.user_id).await?;
        let grant = grant.filter(|grant| grant.is_active(self.clock.now()));
        Ok(Reply::ok(&AccountResponse {
            user_id: account.user_id.as_str(),
            email: account.email.as_str(),
            verified_at: account.verified_at.to_rfc3339(),
            created_at: account.created_at.to_rfc3339(),
            second_factor: status.has_second_factor,
            recovery_codes_left: status.recovery_codes_left(),
            roles: grant.iter().flat_map(|grant| &grant.roles).map(|role| role.as_str()).collect(),
            roles_expire_at: grant.and_then(|grant| grant.expires_at).map(Timestamp::to_rfc3339),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_auth::totp;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn endpoint(shop: &Fixture) -> GetAccount {
        GetAccount {
            accounts: shop.own_accounts(),
            grants: shop.stores.staff_grants.clone(),
            clock: shop.clock.clone(),
        }
    }

    fn get() -> Request {
        Request::new("GET", "/account")
    }

    async fn account(shop: &Fixture) -> Value {
        let request = get().from_user(shop.credential().await.user_id);
        endpoint(shop).handle(&request).await.expect("an account").body_json()
    }

    #[tokio::test]
    async fn an_account_is_shown_without_secrets() {
        let shop = Fixture::with_account().await;
        let user_id = shop.credential().await.user_id;
        let expected = json!({
            "user_id": user_id, "email": "ann@example.com", "verified_at": "2026-11-24T06:57:00.000Z",
            "created_at": "2026-11-24T06:57:00.000Z", "second_factor": false, "recovery_codes_left": 0, "roles": [],
        });
        assert_eq!(account(&shop).await, expected);
    }

    #[tokio::test]
    async fn a_second_factor_counts_when_it_is_confirmed() {
        let shop = Fixture::with_account().await;
        let seen = shop.credential().await.reference();
        let _ = shop.stores.credentials.set_pending_totp(&seen, &totp::new_secret(&*shop.random)).await.expect("set");
        assert_eq!(account(&shop).await["second_factor"], false);
        shop.enrol_second_factor().await;
        let shown = account(&shop).await;
        assert_eq!((&shown["second_factor"], &shown["recovery_codes_left"]), (&json!(true), &json!(10)));
    }

    #[tokio::test]
    async fn staff_see_their_roles_until_they_end() {
        let shop = Fixture::with_account().await;
        let end = shop.clock.now().plus_seconds(60);
        shop.grant(&[Role::Stock, Role::Orders], Some(end)).await;
        let shown = account(&shop).await;
        assert_eq!(shown["roles"], json!(["stock", "orders"]));
        assert_eq!(shown["roles_expire_at"], "2026-11-24T06:58:00.000Z");
        shop.clock.advance_seconds(60);
        let shown = account(&shop).await;
        assert_eq!((&shown["roles"], shown.get("roles_expire_at")), (&json!([]), None));
    }

    #[tokio::test]
    async fn guests_and_deleted_accounts_have_none() {
        let shop = Fixture::with_account().await;
        let guest = endpoint(&shop).handle(&get().from_guest(user(1))).await;
        assert_eq!(outcome(&guest), (403, "verified_account_required"));
        assert_eq!(outcome(&endpoint(&shop).handle(&get().from_user(user(1))).await), (401, "session_ended"));
        assert_eq!(outcome(&endpoint(&shop).handle(&get()).await), (401, "token_required"));
    }
}
