//! Merging the cart of a guest into the cart of an account.

use super::{Cart, CartLine, MAX_LINES, MAX_QUANTITY, Quantity};
use crate::ids::ProductId;

impl Cart {
    /// Adds the lines of a guest's cart, as far as the available units allow.
    ///
    /// A line of both carts gets the sum of both, at most the available units and [`MAX_QUANTITY`], and never less than
    /// this cart already has. The other lines of the guest follow the lines of this cart, with at most the available
    /// units; those without any are left out. If there are more than [`MAX_LINES`], the guest's oldest are left out.
    ///
    /// The guest's additions are remembered too, so that a request that is repeated after the login adds nothing, and its
    /// unpaid orders, so that a login is no way around the bounds on them.
    pub fn merge(&mut self, guest: &Self, available: impl Fn(&ProductId) -> u32) {
        let at_most = |product_id: &ProductId| available(product_id).min(MAX_QUANTITY);
        let mut new_lines = Vec::new();
        for line in &guest.lines {
            let limit = at_most(&line.product_id);
            if let Some(own) = self.lines.iter_mut().find(|own| own.product_id == line.product_id) {
                let sum = own.quantity.get().saturating_add(line.quantity.get());
                let merged = Quantity::try_from(sum.min(limit)).unwrap_or(own.quantity);
                own.quantity = own.quantity.max(merged);
            } else if let Ok(quantity) = Quantity::try_from(line.quantity.get().min(limit)) {
                new_lines.push(CartLine { product_id: line.product_id.clone(), quantity });
            }
        }
        let room = MAX_LINES.saturating_sub(self.lines.len());
        let left_out = new_lines.len().saturating_sub(room);
        self.lines.extend(new_lines.drain(left_out..));
        self.recent_additions.merge(&guest.recent_additions);
        self.unpaid_orders.merge(&guest.unpaid_orders);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::idempotency::IdempotencyKey;
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn product(n: u32) -> ProductId {
        format!("sku-{n}").parse().expect("id")
    }

    /// A cart with these quantities by product number, in the order of the list.
    fn cart(lines: &[(u32, u32)]) -> Cart {
        let lines = lines.iter().map(|(n, quantity)| CartLine {
            product_id: product(*n),
            quantity: Quantity::try_from(*quantity).expect("a quantity"),
        });
        Cart { lines: lines.collect(), ..Cart::empty("0190a5a0-0000-7000-8000-000000000001".parse().expect("id")) }
    }

    fn quantities(cart: &Cart) -> BTreeMap<ProductId, u32> {
        cart.lines.iter().map(|line| (line.product_id.clone(), line.quantity.get())).collect()
    }

    #[test]
    fn lines_are_summed_up_to_the_stock_and_the_largest_quantity() {
        let mut account = cart(&[(1, 2), (2, 5), (3, 9_000)]);
        let guest = cart(&[(3, 9_000), (1, 3), (2, 4), (4, 7), (5, 1)]);
        let stock = |id: &ProductId| match id.as_str() {
            "sku-1" => 100,
            "sku-2" => 3,
            "sku-3" => 50_000,
            "sku-4" => 6,
            _ => 0,
        };
        account.merge(&guest, stock);
        assert_eq!(account.lines, cart(&[(1, 5), (2, 5), (3, 9_999), (4, 6)]).lines);
    }

    #[test]
    fn the_guests_newest_lines_stay_if_there_are_too_many() {
        let own: Vec<_> = (0..48).map(|n| (n, 1)).collect();
        let mut account = cart(&own);
        account.merge(&cart(&[(100, 1), (101, 1), (1, 1), (102, 1)]), |_| 10);
        let expected: Vec<_> = own.iter().copied().map(|(n, q)| (n, if n == 1 { 2 } else { q })).collect();
        assert_eq!(account.lines, cart(&[expected, vec![(101, 1), (102, 1)]].concat()).lines);
    }

    #[test]
    fn an_addition_of_the_guest_that_is_repeated_after_the_login_adds_nothing() {
        let key = IdempotencyKey { key: "k".to_owned(), fingerprint: "f".to_owned() };
        let (mut account, mut guest) = (cart(&[]), cart(&[]));
        let two = Quantity::try_from(2).expect("two");
        assert_eq!(guest.add(product(1), two, Some(&key), NOW), Ok(true));
        account.merge(&guest, |_| 10);
        assert_eq!(account.add(product(1), two, Some(&key), NOW), Ok(false));
        assert_eq!(account.lines, cart(&[(1, 2)]).lines);
    }

    /// Quantities of distinct products, up to as many as a cart holds.
    fn lines() -> impl Strategy<Value = Vec<(u32, u32)>> {
        let quantity = prop_oneof![1..=20_u32, 1..=MAX_QUANTITY];
        proptest::collection::btree_map(0..60_u32, quantity, 0..=MAX_LINES)
            .prop_map(|lines| lines.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
    }

    proptest! {
        #[test]
        fn a_merged_cart_keeps_every_limit(own in lines(), guests in lines(), stock in proptest::collection::vec(0..30_u32, 60), plenty in 0..2_u32) {
            let (before, guest) = (cart(&own), cart(&guests));
            let stock: BTreeMap<_, _> =
                (0..60).zip(&stock).map(|(n, units)| (product(n), units + plenty * 20_000)).collect();
            let mut merged = before.clone();
            merged.merge(&guest, |id| stock[id]);

            let (own, theirs, all) = (quantities(&before), quantities(&guest), quantities(&merged));
            prop_assert_eq!(all.len(), merged.lines.len(), "no product twice");
            prop_assert!(merged.lines.len() <= MAX_LINES);
            let names = |lines: &[CartLine]| lines.iter().map(|line| line.product_id.clone()).collect::<Vec<_>>();
            prop_assert_eq!(names(&merged.lines[..own.len()]), names(&before.lines), "its own lines stay first");
            for (id, quantity) in &all {
                let mine = own.get(id).copied().unwrap_or(0);
                let sum = mine + theirs.get(id).copied().unwrap_or(0);
                prop_assert!(*quantity >= mine, "never fewer than before");
                prop_assert!(*quantity <= sum, "never more than both had");
                prop_assert!(*quantity <= MAX_QUANTITY);
                prop_assert!(*quantity <= stock[id].max(mine), "never above the stock, unless it was before");
                prop_assert_eq!(*quantity, sum.min(MAX_QUANTITY).min(stock[id]).max(mine), "and as many as allowed");
            }
            let wanted: BTreeSet<_> = theirs.keys().filter(|id| own.contains_key(*id) || stock[*id] > 0).cloned().collect();
            let missing = wanted.iter().filter(|id| !all.contains_key(*id)).count();
            prop_assert!(missing == 0 || merged.lines.len() == MAX_LINES, "left out only if the cart is full");
        }

        #[test]
        fn merging_an_empty_cart_changes_nothing(own in lines()) {
            let before = cart(&own);
            let mut merged = before.clone();
            merged.merge(&cart(&[]), |_| 0);
            prop_assert_eq!(merged, before);
        }
    }
}
