//! The orders of a caller. Orders that a shopper placed as a guest belong to the account. They stay stored under the
//! guest's id, and the account lists its guests.

use futures_util::future::{try_join, try_join_all};
use souk_domain::account::CallerKind;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::Order;

use crate::{Accounts, OrderPage, Orders, StoreError};

/// The orders of callers, with those of their guests.
#[derive(Clone)]
pub struct ShopperOrders {
    /// The orders table.
    pub orders: Orders,
    accounts: Accounts,
}

impl ShopperOrders {
    /// The orders of these tables.
    pub const fn new(orders: Orders, accounts: Accounts) -> Self {
        Self { orders, accounts }
    }

    /// An order of a caller, strongly consistent. Its owner, by whose id it is changed, may be a guest of the account.
    pub async fn find(
        &self,
        user_id: &UserId,
        kind: CallerKind,
        order_id: &OrderId,
    ) -> Result<Option<Order>, StoreError> {
        if let Some(order) = self.orders.get(user_id, order_id).await? {
            return Ok(Some(order));
        }
        self.orders.get_of_any(&self.guests(user_id, kind).await?, order_id).await
    }

    /// A caller's orders, newest first, older than `after`.
    pub async fn list(
        &self,
        user_id: &UserId,
        kind: CallerKind,
        after: Option<&OrderId>,
        limit: i32,
    ) -> Result<OrderPage, StoreError> {
        let (own, guests) = try_join(self.orders.list(user_id, after, limit), self.guests(user_id, kind)).await?;
        if guests.is_empty() {
            return Ok(own);
        }
        // At most as many queries as an account may have guests.
        let of_guests = try_join_all(guests.iter().map(|guest| self.orders.list(guest, after, limit))).await?;
        let pages = of_guests.into_iter().chain([own]).map(|page| (page.orders, page.next.is_some())).collect();
        let (orders, has_more) = merge(pages, usize::try_from(limit).unwrap_or(0), |order| &order.order_id);
        let next = orders.last().filter(|_| has_more).map(|order| order.order_id.clone());
        Ok(OrderPage { orders, next })
    }

    /// The guests of an account. A guest has none.
    async fn guests(&self, user_id: &UserId, kind: CallerKind) -> Result<Vec<UserId>, StoreError> {
        match kind {
            CallerKind::Guest => Ok(Vec::new()),
            CallerKind::Shopper => {
                Ok(self.accounts.get(user_id).await?.map_or_else(Vec::new, |account| account.guest_ids))
            }
        }
    }
}

/// Merges pages of several lists, each newest first, into one page. Returns whether more entries follow. Each page
/// comes with whether its list has more entries.
fn merge<T>(pages: Vec<(Vec<T>, bool)>, limit: usize, id: impl Fn(&T) -> &OrderId) -> (Vec<T>, bool) {
    // A page may be shorter than the limit although its list has more, because DynamoDB limits the size of a page. Older
    // entries of other lists then have to wait for the rest of that list.
    let complete_from =
        pages.iter().filter(|(_, has_more)| *has_more).filter_map(|(page, _)| page.last().map(&id)).max();
    let complete_from = complete_from.cloned();
    let mut has_more = complete_from.is_some();
    let mut merged: Vec<T> = pages.into_iter().flat_map(|(page, _)| page).collect();
    merged.sort_by(|a, b| id(b).cmp(id(a)));
    if let Some(complete_from) = complete_from {
        merged.retain(|entry| *id(entry) >= complete_from);
    }
    has_more |= merged.len() > limit;
    merged.truncate(limit);
    (merged, has_more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order_id(number: u32) -> OrderId {
        format!("0190a5a0-0000-7000-8000-{number:012x}").parse().expect("an id")
    }

    /// A page of a list, as DynamoDB returns it: at most `limit` entries, or fewer if they are large.
    fn page(list: &[OrderId], after: Option<&OrderId>, limit: usize, size: usize) -> (Vec<OrderId>, bool) {
        let rest: Vec<_> = list.iter().filter(|id| after.is_none_or(|after| *id < after)).cloned().collect();
        let length = limit.min(size).min(rest.len());
        (rest[..length].to_vec(), length < rest.len())
    }

    proptest! {
        /// The pages together have every order once, newest first, whoever placed it.
        #[test]
        fn pages_of_merged_lists_have_every_order_once(
            owners in prop::collection::vec(0_usize..5, 0..60),
            limit in 1_usize..9,
            sizes in prop::collection::vec(1_usize..9, 5),
        ) {
            let all: Vec<_> = (0..owners.len()).rev().map(|number| order_id(u32::try_from(number).expect("few"))).collect();
            let list = |owner| all.iter().zip(&owners).filter(|(_, of)| **of == owner).map(|(id, _)| id.clone()).collect();
            let lists: Vec<Vec<OrderId>> = (0..5).map(list).collect();
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let read = |(list, size): (&Vec<_>, &usize)| page(list, after.as_ref(), limit, *size);
                let (merged, has_more) = merge(lists.iter().zip(&sizes).map(read).collect(), limit, |id| id);
                prop_assert!(merged.len() <= limit && (!has_more || !merged.is_empty()));
                seen.extend(merged);
                if !has_more {
                    break;
                }
                after = seen.last().cloned();
            }
            prop_assert_eq!(seen, all);
        }
    }
}
