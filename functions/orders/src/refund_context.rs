//! The account to which staff refund an order as store credit.

use souk_domain::ids::UserId;
use souk_domain::order::RefundTarget;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_store::{Accounts, StoreError};

use crate::staff_order_context::StaffOrderContext;

/// What a refund as store credit is refused with.
pub(crate) const STORE_CREDIT_UNAVAILABLE: &str = "The order belongs to no account with a verified address, so nobody could spend the store credit. Choose `original`.";

/// Dependencies of the endpoints with which staff refund orders.
#[derive(Clone)]
pub struct RefundContext {
    /// Finds and changes orders.
    pub orders: StaffOrderContext,
    /// The accounts table: a guest's order may belong to an account.
    pub accounts: Accounts,
}

impl RefundContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: StaffOrderContext::from_dependencies(deps)?, accounts: deps.accounts()? })
    }

    /// The account to credit, as in [`souk_domain::order::RefundGrant::account`]. Read only for store credit.
    pub(crate) async fn account(&self, owner: &UserId, target: RefundTarget) -> Result<Option<UserId>, StoreError> {
        match target {
            RefundTarget::Provider => Ok(None),
            RefundTarget::StoreCredit => Ok(self.accounts.account_of(owner).await?.map(|account| account.user_id)),
        }
    }
}
