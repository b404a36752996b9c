//! Accounts. Each has two items: one by its id, and one by its e-mail address. The second makes the address unique and
//! serves login with one read.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use souk_domain::account::{Account, Email, Role};
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, key, number, text};

/// Maximum attempts of a transaction under contention.
const MAX_ATTEMPTS: u32 = 8;

/// The users table.
#[derive(Clone)]
pub struct Users {
    pub(crate) table: Table,
}

/// An account, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub user_id: UserId,
    /// Its unique e-mail address.
    pub email: Email,
    /// Its role.
    pub role: Role,
    /// When it was created.
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct CreditItem {
    #[serde(default)]
    store_credit_minor: i64,
}

/// The credentials of an account, by its e-mail address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The account. The attribute `user_id` is the key of the table and holds the address in this item.
    #[serde(rename = "account_id")]
    pub user_id: UserId,
    /// Argon2id as a PHC string. Stored in this item only.
    pub password_hash: String,
    /// The role of the account.
    pub role: Role,
    /// As in [`Account::registration_key`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_key: Option<String>,
}

/// The outcome of [`Users::register`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RegistrationOutcome {
    /// The account was created.
    Registered,
    /// Another account has the address.
    EmailTaken,
}

/// The outcome of [`Users::set_role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RoleChangeOutcome {
    /// The account has the role.
    Changed,
    /// The account does not exist, or has another address.
    AccountNotFound,
}

impl Users {
    /// The accounts of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// An account, strongly consistent: a role that was revoked must not be effective any more.
    pub async fn get(&self, user_id: &UserId) -> Result<Option<User>, StoreError> {
        self.table.get(key([("user_id", user_id.as_str())]), true).await
    }

    /// The credentials for an address, strongly consistent: users log in right after they register.
    pub async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.table.get(key([("user_id", &email_key(email))]), true).await
    }

    /// Creates an account if no account has its address.
    pub async fn register(&self, account: &Account) -> Result<RegistrationOutcome, StoreError> {
        let user = User {
            user_id: account.user_id.clone(),
            email: account.email.clone(),
            role: account.role,
            created_at: account.created_at,
        };
        let credentials = Credentials {
            user_id: account.user_id.clone(),
            password_hash: account.password_hash.clone(),
            role: account.role,
            registration_key: account.registration_key.clone(),
        };
        let mut email_item = self.table.write(&credentials)?;
        email_item.insert("user_id".to_owned(), text(email_key(&account.email)));
        let actions = vec![self.insert_action(email_item)?, self.insert_action(self.table.write(&user)?)?];
        Ok(if self.transact(actions).await? {
            RegistrationOutcome::Registered
        } else {
            RegistrationOutcome::EmailTaken
        })
    }

    /// Sets the role of an account in both of its items.
    pub async fn set_role(&self, user_id: &UserId, email: &Email, role: Role) -> Result<RoleChangeOutcome, StoreError> {
        let actions = vec![
            self.role_action(user_id.as_str(), ("email", email.as_str()), role)?,
            self.role_action(&email_key(email), ("account_id", user_id.as_str()), role)?,
        ];
        Ok(if self.transact(actions).await? { RoleChangeOutcome::Changed } else { RoleChangeOutcome::AccountNotFound })
    }

    /// The store credit of an account, in minor units.
    pub async fn store_credit_minor(&self, user_id: &UserId) -> Result<i64, StoreError> {
        let user: Option<CreditItem> = self.table.get(key([("user_id", user_id.as_str())]), true).await?;
        Ok(user.map_or(0, |user| user.store_credit_minor))
    }

    /// Changes the store credit of an account, never below zero. An action of a step's transaction.
    pub(crate) fn credit_action(&self, user_id: &UserId, delta_minor: i64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key([("user_id", user_id.as_str())])))
            .update_expression("ADD store_credit_minor :delta")
            .expression_attribute_values(":delta", number(delta_minor));
        let update = if delta_minor < 0 {
            update
                .condition_expression("store_credit_minor >= :taken")
                .expression_attribute_values(":taken", number(delta_minor.unsigned_abs()))
        } else {
            update.condition_expression("attribute_exists(user_id)")
        };
        let update = update.build().map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn insert_action(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(user_id)")
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Sets the role in one item if it refers to the other item. `other` is the name and value of that attribute.
    fn role_action(&self, item_key: &str, other: (&str, &str), role: Role) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key([("user_id", item_key)])))
            .update_expression("SET #role = :role")
            .condition_expression("#other = :other")
            .expression_attribute_names("#role", "role") // a reserved word
            .expression_attribute_names("#other", other.0)
            .expression_attribute_values(":role", text(role.as_str()))
            .expression_attribute_values(":other", text(other.1))
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Runs a transaction; `false` if one of its conditions failed. The SDK sends each with its own request token and
    /// repeats the token on a retry, so a retry does not conflict with its own first attempt.
    async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let request = self.table.client.transact_write_items().set_transact_items(Some(actions.clone()));
            match request.send().await {
                Ok(_) => return Ok(true),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(_)) => return Ok(false),
                    Some(Cancelled::Contention) => self.table.back_off(attempt).await,
                    None => return Err(error.into()),
                },
            }
        }
        Err(StoreError::Conflict)
    }
}

/// The key of the item of an address. No user id contains a `#`, so the two kinds of keys are distinct.
fn email_key(email: &Email) -> String {
    format!("email#{}", email.as_str())
}
