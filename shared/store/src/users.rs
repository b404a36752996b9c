//! Accounts. Each is two items: the account by its id, and its e-mail address, which makes the address unique and holds
//! what login needs in one read.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use souk_domain::account::{Account, Email, Role};
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, key, number, text};

/// How often a write is tried again when other transactions are in its way.
const TRIES: u32 = 8;

/// The users table.
#[derive(Clone)]
pub struct Users {
    pub(crate) table: Table,
}

/// An account, as found by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub user_id: UserId,
    /// Its unique address.
    pub email: Email,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct CreditItem {
    #[serde(default)]
    store_credit_minor: i64,
}

/// What login needs to know, as found by the e-mail address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Whose they are. The attribute `user_id` is the table's key and holds the address here.
    #[serde(rename = "account_id")]
    pub user_id: UserId,
    /// Argon2id in PHC string form. Kept here alone, so that there is nothing to keep in step.
    pub password_hash: String,
    /// What the account may do.
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

    /// One account, strongly consistent: a role that was taken away must not come back.
    pub async fn get(&self, user_id: &UserId) -> Result<Option<User>, StoreError> {
        self.table.get(key([("user_id", user_id.as_str())]), true).await
    }

    /// What the account of an address signs in with, strongly consistent: people log in right after they register.
    pub async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.table.get(key([("user_id", &email_key(email))]), true).await
    }

    /// Writes a new account, if nobody has its address.
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

    /// Gives an account a role, in both of its items.
    pub async fn set_role(&self, user_id: &UserId, email: &Email, role: Role) -> Result<RoleChangeOutcome, StoreError> {
        let actions = vec![
            self.role_action(user_id.as_str(), ("email", email.as_str()), role)?,
            self.role_action(&email_key(email), ("account_id", user_id.as_str()), role)?,
        ];
        Ok(if self.transact(actions).await? { RoleChangeOutcome::Changed } else { RoleChangeOutcome::AccountNotFound })
    }

    /// What an account has with the shop, in minor units.
    pub async fn store_credit_minor(&self, user_id: &UserId) -> Result<i64, StoreError> {
        let user: Option<CreditItem> = self.table.get(key([("user_id", user_id.as_str())]), true).await?;
        Ok(user.map_or(0, |user| user.store_credit_minor))
    }

    /// Moves an account's store credit, never below zero. Part of the transaction that saves why.
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

    /// Sets the role in one item, on condition that it points at the other: the name and value of that attribute.
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

    /// One transaction; `false` when a condition of it did not hold. The SDK gives each `send` a request token of its own
    /// and repeats it when an answer was lost, so a repetition is not taken for somebody else's write.
    async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        for tries in 0..TRIES {
            let request = self.table.client.transact_write_items().set_transact_items(Some(actions.clone()));
            match request.send().await {
                Ok(_) => return Ok(true),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(_)) => return Ok(false),
                    Some(Cancelled::Contention) => self.table.back_off(tries).await,
                    None => return Err(error.into()),
                },
            }
        }
        Err(StoreError::Conflict)
    }
}

/// The key of an address's item. No user id contains a `#`, so the two kinds of key cannot meet.
fn email_key(email: &Email) -> String {
    format!("email#{}", email.as_str())
}
