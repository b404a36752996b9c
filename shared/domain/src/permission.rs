//! Permissions of staff. A role is a set of permissions; an endpoint needs one permission.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::validation::Invalid;

/// The right to call some of the staff endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Permission {
    /// See imports, synonyms and the rules of collections.
    #[serde(rename = "catalogue:read")]
    CatalogueRead,
    /// Change products, categories, collections, imports and synonyms.
    #[serde(rename = "catalogue:write")]
    CatalogueWrite,
    /// See stock and its history.
    #[serde(rename = "stock:read")]
    StockRead,
    /// Change stock.
    #[serde(rename = "stock:write")]
    StockWrite,
    /// See orders and returns, with contacts and addresses.
    #[serde(rename = "orders:read")]
    OrdersRead,
    /// Ship, deliver and cancel orders, and decide about returns.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// Refund payments.
    #[serde(rename = "refunds:write")]
    RefundsWrite,
    /// Export the data of an account.
    #[serde(rename = "accounts:read")]
    AccountsRead,
    /// Delete accounts.
    #[serde(rename = "accounts:write")]
    AccountsWrite,
    /// Invite staff, and grant and end their roles.
    #[serde(rename = "staff:manage")]
    StaffManage,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 11] = [
        Self::CatalogueRead,
        Self::CatalogueWrite,
        Self::StockRead,
        Self::StockWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::RefundsWrite,
        Self::AccountsRead,
        Self::AccountsWrite,
        Self::StaffManage,
        Self::AuditRead,
    ];

    /// Its name in the HTTP contract and in the authorizer's response.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CatalogueRead => "catalogue:read",
            Self::CatalogueWrite => "catalogue:write",
            Self::StockRead => "stock:read",
            Self::StockWrite => "stock:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::RefundsWrite => "refunds:write",
            Self::AccountsRead => "accounts:read",
            Self::AccountsWrite => "accounts:write",
            Self::StaffManage => "staff:manage",
            Self::AuditRead => "audit:read",
        }
    }
}

impl FromStr for Permission {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|permission| permission.as_str() == raw);
        known.ok_or_else(|| Invalid::new("unknown_value", "must be the name of a permission"))
    }
}

/// A set of permissions that is granted as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Maintains the catalogue.
    Catalogue,
    /// Receives and counts stock.
    Stock,
    /// Ships orders and decides about returns.
    Orders,
    /// Refunds payments.
    Refunds,
    /// Answers questions of shoppers: reads everything that this needs, and changes nothing.
    Support,
    /// Has every permission.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] =
        [Self::Catalogue, Self::Stock, Self::Orders, Self::Refunds, Self::Support, Self::Administrator];

    /// Its name in requests, responses and the table of grants.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Stock => "stock",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Support => "support",
            Self::Administrator => "administrator",
        }
    }

    /// Its permissions.
    pub fn permissions(self) -> Permissions {
        use Permission::{
            AccountsRead, CatalogueRead, CatalogueWrite, OrdersRead, OrdersWrite, RefundsWrite, StockRead, StockWrite,
        };
        match self {
            Self::Catalogue => Permissions::of(&[CatalogueRead, CatalogueWrite, StockRead]),
            Self::Stock => Permissions::of(&[StockRead, StockWrite, CatalogueRead]),
            Self::Orders => Permissions::of(&[OrdersRead, OrdersWrite, StockRead]),
            Self::Refunds => Permissions::of(&[OrdersRead, RefundsWrite]),
            Self::Support => Permissions::of(&[CatalogueRead, StockRead, OrdersRead, AccountsRead]),
            Self::Administrator => Permissions::of(&Permission::ALL),
        }
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|role| role.as_str() == raw).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            Invalid::new("unknown_value", format!("must be one of {names}"))
        })
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Permission>", into = "Vec<Permission>")]
pub struct Permissions(u16);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// These permissions.
    pub fn of(permissions: &[Permission]) -> Self {
        Self(permissions.iter().fold(0, |set, permission| set | bit(*permission)))
    }

    /// All permissions of these roles.
    pub fn of_roles(roles: &[Role]) -> Self {
        Self(roles.iter().fold(0, |set, role| set | role.permissions().0))
    }

    /// Whether a permission is in the set.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Those that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of them are in another set.
    pub const fn is_subset_of(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

const fn bit(permission: Permission) -> u16 {
    1 << permission as u16
}

impl From<Vec<Permission>> for Permissions {
    fn from(permissions: Vec<Permission>) -> Self {
        Self::of(&permissions)
    }
}

impl From<Permissions> for Vec<Permission> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().collect()
    }
}

/// Separated by spaces, as an OAuth scope.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Permission::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

/// Unknown names are left out: a function of an older version ignores a permission that it does not know.
impl FromStr for Permissions {
    type Err = std::convert::Infallible;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Ok(Self::of(&raw.split(' ').filter_map(|name| name.parse().ok()).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stored_and_sent_alike() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse::<Permission>(), Ok(permission));
            assert_eq!(serde_json::to_value(permission).expect("JSON"), permission.as_str());
        }
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>(), Ok(role));
            assert_eq!(serde_json::to_value(role).expect("JSON"), role.as_str());
        }
        assert!("owner".parse::<Role>().is_err());
    }

    #[test]
    fn a_set_survives_the_authorizers_response_and_the_table() {
        for roles in [&[][..], &[Role::Support], &[Role::Catalogue, Role::Refunds], &[Role::Administrator]] {
            let set = Permissions::of_roles(roles);
            assert_eq!(set.to_string().parse::<Permissions>(), Ok(set));
            let json = serde_json::to_string(&set).expect("JSON");
            assert_eq!(serde_json::from_str::<Permissions>(&json).expect("a set"), set);
        }
        assert_eq!("stock:read later:added".parse::<Permissions>(), Ok(Permissions::of(&[Permission::StockRead])));
    }

    #[test]
    fn sets_are_compared() {
        let stock = Role::Stock.permissions();
        let catalogue = Role::Catalogue.permissions();
        let shared = Permissions::of(&[Permission::CatalogueRead, Permission::StockRead]);
        assert_eq!(stock.intersection(catalogue), shared);
        assert_eq!(stock.intersection(Permissions::NONE), Permissions::NONE);
        assert!(shared.is_subset_of(stock) && Permissions::NONE.is_subset_of(shared) && stock.is_subset_of(stock));
        assert!(!stock.is_subset_of(catalogue) && !stock.is_subset_of(Permissions::NONE));
    }

    #[test]
    fn only_administrators_manage_staff_and_support_changes_nothing() {
        for role in Role::ALL {
            let administers = role == Role::Administrator;
            assert_eq!(role.permissions().contains(Permission::StaffManage), administers, "{role:?}");
            assert_eq!(role.permissions().contains(Permission::AuditRead), administers, "{role:?}");
        }
        assert!(Role::Support.permissions().iter().all(|permission| permission.as_str().ends_with(":read")));
    }
}
