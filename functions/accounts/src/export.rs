//! Everything that the shop stores about an account, for the account itself or for staff. Never secrets or hashes.
//!
//! Orders are split into pages, because Lambda limits a response to 6 MB. Each page has all the other data.

mod order;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use souk_domain::account::{Account, CallerKind};
use souk_domain::cart::Cart;
use souk_domain::cursor::ListId;
use souk_domain::effects::Clock;
use souk_domain::ids::OrderId;
use souk_domain::money::{Currency, Money};
use souk_domain::order::Order;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Operation, cursor};
use souk_runtime::http::{Amount, Problem, Reply, Request};
use souk_store::{
    Accounts, Carts, CredentialStatus, Credentials, OrderPage, Session, Sessions, ShopperOrders, StaffGrant,
    StaffGrants, StoreCredit,
};

use crate::grant_view::roles_schema;

use order::ExportedOrder;

/// Maximum orders that are read for a page.
const PAGE_ORDERS: i32 = 100;
/// The largest size of the orders of a page, in bytes as Lambda sends them. With everything else a page stays below 5 MB.
const MAX_ORDERS_BYTES: usize = 4_000_000;
/// Maximum sessions on a page: the newest.
const MAX_SESSIONS: usize = 1_000;

/// Reads the data of accounts.
pub struct AccountExport {
    /// The accounts table.
    pub accounts: Accounts,
    /// The credentials table.
    pub credentials: Credentials,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The sessions table.
    pub sessions: Sessions,
    /// The carts table.
    pub carts: Carts,
    /// The store credit table.
    pub store_credit: StoreCredit,
    /// The orders of accounts and their guests.
    pub orders: ShopperOrders,
    /// The shop's currency.
    pub currency: Currency,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// Everything that the shop stores about an account.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AccountExportPage<'a> {
    /// When it was exported.
    #[schemars(extend("format" = "date-time"))]
    exported_at: String,
    /// The account.
    account: ExportedAccount<'a>,
    /// The second factor of the account.
    second_factor: ExportedSecondFactor,
    /// The roles of the account. Absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<ExportedGrant<'a>>,
    /// Its sessions that have not ended, newest first, at most 1,000.
    sessions: Vec<ExportedSession<'a>>,
    /// The products in its cart.
    cart: Vec<ExportedCartLine<'a>>,
    /// Its store credit.
    store_credit: ExportedStoreCredit<'a>,
    /// A page of its orders, newest first, with those that it placed as a guest.
    #[schemars(with = "Vec<ExportedOrder<'static>>")]
    orders: Vec<Box<RawValue>>,
    /// The cursor of the next page of orders; null on the last page.
    next_cursor: Option<String>,
}

/// An account.
#[derive(Serialize, JsonSchema)]
struct ExportedAccount<'a> {
    /// Its id.
    user_id: &'a str,
    /// Its e-mail address.
    #[schemars(email)]
    email: &'a str,
    /// When it was registered.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When its address was verified.
    #[schemars(extend("format" = "date-time"))]
    verified_at: String,
    /// The ids that it had as a guest.
    guest_ids: Vec<&'a str>,
}

/// The second factor of an account, without its secret.
#[derive(Serialize, JsonSchema)]
struct ExportedSecondFactor {
    /// Whether a log-in needs a code.
    enabled: bool,
    /// The number of unused recovery codes.
    recovery_codes_left: usize,
}

/// The roles of an account.
#[derive(Serialize, JsonSchema)]
struct ExportedGrant<'a> {
    /// The roles.
    #[schemars(schema_with = "roles_schema")]
    roles: &'a [Role],
    /// When they end. Absent if they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// When they were granted.
    #[schemars(extend("format" = "date-time"))]
    granted_at: String,
}

/// A session of an account.
#[derive(Serialize, JsonSchema)]
struct ExportedSession<'a> {
    /// Its id.
    session_id: &'a str,
    /// The time of the log-in.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was refreshed last.
    #[schemars(extend("format" = "date-time"))]
    refreshed_at: String,
    /// When it ends unless it is refreshed.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
    /// What the client said it is (`User-Agent`).
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    /// Whether the log-in used a second factor.
    second_factor: bool,
}

/// A product in a cart.
#[derive(Serialize, JsonSchema)]
struct ExportedCartLine<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// Units.
    quantity: u32,
}

/// The store credit of an account.
#[derive(Serialize, JsonSchema)]
struct ExportedStoreCredit<'a> {
    /// The amount.
    amount: Amount,
    /// ISO 4217.
    currency: &'a str,
}

/// The stored data of a page.
struct Stored {
    account: Account,
    second_factor: Option<CredentialStatus>,
    grant: Option<StaffGrant>,
    sessions: Vec<Session>,
    cart: Cart,
    credit_minor: i64,
    orders: OrderPage,
}

impl AccountExport {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            accounts: deps.accounts()?,
            credentials: deps.credentials()?,
            grants: deps.staff_grants()?,
            sessions: deps.sessions()?,
            carts: deps.carts()?,
            store_credit: deps.store_credit()?,
            orders: deps.shopper_orders()?,
            currency: deps.currency()?,
            clock: deps.clock(),
        })
    }

    /// The page of an account that the query of a request asks for.
    pub(crate) async fn page(&self, account: Account, request: &Request) -> Result<Reply, Problem> {
        let list = ListId::new(["export", account.user_id.as_str()]);
        let mut query = request.query();
        let after = query.optional_cursor::<OrderId>(Some(list));
        let (after,) = query.finish((after,))?;
        let stored = Box::pin(self.read(account, after.as_ref())).await?;
        self.reply(&stored, list)
    }

    async fn read(&self, account: Account, after: Option<&OrderId>) -> Result<Stored, Problem> {
        let user_id = &account.user_id;
        let (second_factor, grant, sessions, cart, credit_minor, orders) = tokio::try_join!(
            self.credentials.status(&account.email),
            self.grants.get(user_id),
            self.sessions.list(user_id, self.clock.now()),
            self.carts.get(user_id),
            self.store_credit.balance_minor(user_id),
            self.orders.list(user_id, CallerKind::Shopper, after, PAGE_ORDERS),
        )?;
        Ok(Stored { account, second_factor, grant, sessions, cart, credit_minor, orders })
    }

    fn reply(&self, stored: &Stored, list: ListId) -> Result<Reply, Problem> {
        let (orders, next) = fitting(&stored.orders, MAX_ORDERS_BYTES)?;
        let second_factor = stored.second_factor.as_ref();
        let lines = stored.cart.lines.iter();
        Ok(Reply::ok(&AccountExportPage {
            exported_at: self.clock.now().to_rfc3339(),
            account: ExportedAccount::of(&stored.account),
            second_factor: ExportedSecondFactor {
                enabled: second_factor.is_some_and(|known| known.has_second_factor),
                recovery_codes_left: second_factor.map_or(0, CredentialStatus::recovery_codes_left),
            },
            staff: stored.grant.as_ref().map(ExportedGrant::of),
            sessions: stored.sessions.iter().rev().take(MAX_SESSIONS).map(ExportedSession::of).collect(),
            cart: lines
                .map(|line| ExportedCartLine { product_id: line.product_id.as_str(), quantity: line.quantity.get() })
                .collect(),
            store_credit: ExportedStoreCredit {
                amount: Amount(Money::from_minor(stored.credit_minor, self.currency)),
                currency: self.currency.code(),
            },
            orders,
            next_cursor: next.map(|order_id| list.cursor(order_id)),
        }))
    }
}

/// The orders that fit, at least one, and the order after which the next page continues.
fn fitting(page: &OrderPage, max_bytes: usize) -> Result<(Vec<Box<RawValue>>, Option<&OrderId>), Problem> {
    let (mut orders, mut bytes): (Vec<Box<RawValue>>, usize) = (Vec::new(), 0);
    let mut last: Option<&Order> = None;
    for order in &page.orders {
        let exported = to_raw_value(&ExportedOrder::of(order)?).map_err(Problem::internal)?;
        bytes += sent_bytes(exported.get());
        if last.is_some() && bytes > max_bytes {
            return Ok((orders, last.map(|order| &order.order_id)));
        }
        orders.push(exported);
        last = Some(order);
    }
    Ok((orders, page.next.as_ref()))
}

/// The size of a part of a body in Lambda's response, where the body is a JSON text within JSON.
fn sent_bytes(json: &str) -> usize {
    json.len() + json.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

/// The common part of the operations that export an account.
pub(crate) fn declared(operation: Operation) -> Operation {
    operation
        .query("cursor", cursor(), "`next_cursor` of the page before. Without it: the first page of orders.")
        .answers::<AccountExportPage<'_>>(200, "What belongs to the account, with a page of its orders.")
}

/// The exported data, for the descriptions of the endpoints.
pub(crate) const EXPORTED: &str = "The account, the state of its second factor, its roles, sessions, cart and store credit, and all its orders with \
     contact and address, also those that it placed as a guest. Passwords, secrets and recovery codes are never \
     exported. A page has at most 100 orders and stays below 5 MB; follow `next_cursor` for the others.";

impl<'a> ExportedAccount<'a> {
    fn of(account: &'a Account) -> Self {
        Self {
            user_id: account.user_id.as_str(),
            email: account.email.as_str(),
            created_at: account.created_at.to_rfc3339(),
            verified_at: account.verified_at.to_rfc3339(),
            guest_ids: account.guest_ids.iter().map(souk_domain::ids::UserId::as_str).collect(),
        }
    }
}

impl<'a> ExportedGrant<'a> {
    fn of(grant: &'a StaffGrant) -> Self {
        Self {
            roles: &grant.roles,
            expires_at: grant.expires_at.map(Timestamp::to_rfc3339),
            granted_at: grant.granted_at.to_rfc3339(),
        }
    }
}

impl<'a> ExportedSession<'a> {
    fn of(session: &'a Session) -> Self {
        Self {
            session_id: session.session_id.as_str(),
            created_at: session.created_at.to_rfc3339(),
            refreshed_at: session.rotated_at.to_rfc3339(),
            expires_at: Timestamp::from_millis(session.expires_at.saturating_mul(1_000)).to_rfc3339(),
            device: session.device.as_deref(),
            second_factor: session.second_factor,
        }
    }
}

#[cfg(test)]
mod tests;
