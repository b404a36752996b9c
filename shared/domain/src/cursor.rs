//! Cursors: opaque texts with which a client continues a list after a page.
//!
//! A cursor is base64url of a hash of its list and the position where the page ended. So it is refused for any other
//! list: another sort order, another filter, the orders of another shopper. It is not signed, because a position gives
//! access to nothing: a client can only choose where its own list continues.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::validation::Invalid;

/// Longest cursor that is read. The longest that is made has the name and the id of a product.
pub const MAX_CHARS: usize = 2_000;
/// Bytes of the hash of a list: enough to tell apart the lists of one client.
const LIST_BYTES: usize = 8;

/// Identifies a list by everything that selects and orders its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListId([u8; LIST_BYTES]);

impl ListId {
    /// The list with this name, filters and sort order. Filters that may be repeated need their number as a part.
    pub fn new<P: AsRef<str>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            let part = part.as_ref().as_bytes();
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let mut id = [0; LIST_BYTES];
        id.copy_from_slice(&hash[..LIST_BYTES]);
        Self(id)
    }

    /// The cursor of a position in this list.
    pub fn cursor(&self, position: &impl Display) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(position.to_string().as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position of a cursor of this list. Anything else is refused (`invalid_format`).
    pub fn position<P: FromStr>(&self, cursor: &str) -> Result<P, Invalid> {
        let (list, position) = parts(cursor).ok_or_else(malformed)?;
        if list != *self {
            let message = "must be the next_cursor of an earlier page of the same list, with the same filters and sort";
            return Err(Invalid::new("invalid_format", message));
        }
        position.parse().map_err(|_| malformed())
    }
}

/// Whether it has the form of a cursor, whatever its list.
pub fn check_form(cursor: &str) -> Result<(), Invalid> {
    parts(cursor).map(drop).ok_or_else(malformed)
}

/// The list and the position of a cursor.
fn parts(cursor: &str) -> Option<(ListId, String)> {
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|_| cursor.len() <= MAX_CHARS)?;
    let list = ListId(*bytes.first_chunk()?);
    Some((list, String::from_utf8(bytes.split_off(LIST_BYTES)).ok()?))
}

/// Why a text that is no cursor is refused.
pub fn malformed() -> Invalid {
    Invalid::new("invalid_format", "must be the next_cursor of an earlier page")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::ProductId;

    fn list(parts: &[&str]) -> ListId {
        ListId::new(parts)
    }

    #[test]
    fn a_cursor_is_of_one_list() {
        let paid = list(&["orders", "paid", "oldest"]);
        let cursor = paid.cursor(&"sku-1");
        assert_eq!(paid.position::<ProductId>(&cursor), "sku-1".parse());
        let others = [
            list(&["orders", "paid", "newest"]),
            list(&["orders", "shipped", "oldest"]),
            list(&["orders", "paid"]),
            list(&["orders", "paidoldest", ""]),
        ];
        for other in others {
            assert_eq!(other.position::<ProductId>(&cursor).map_err(|e| e.code), Err("invalid_format"));
            assert_eq!(check_form(&cursor), Ok(()));
        }
    }

    /// A client may keep a cursor, so a new version of the shop must read it.
    #[test]
    fn the_form_of_cursors_is_stable() {
        assert_eq!(list(&["orders", "paid"]).cursor(&"x"), "siwg8MV9_mp4");
    }

    #[test]
    fn anything_else_is_refused() {
        let list = list(&["products"]);
        let long = list.cursor(&"x".repeat(MAX_CHARS));
        let good = list.cursor(&"sku-1");
        let bad_utf8 = URL_SAFE_NO_PAD.encode([list.0.as_slice(), b"\xff"].concat());
        for bad in ["", "x", "*", "AAAA", &good[..8], &format!("{good}="), &format!(" {good}"), &long, &bad_utf8] {
            assert!(list.position::<ProductId>(bad).is_err() && check_form(bad).is_err(), "{bad}");
        }
        for no_id in ["", "a b", "[1]"] {
            assert!(list.position::<ProductId>(&list.cursor(&no_id)).is_err(), "{no_id}");
        }
        assert!(list.position::<ProductId>(&good[..good.len() - 1]).is_err());
    }

    proptest! {
        #[test]
        fn a_position_survives_its_cursor(parts in prop::collection::vec(".{0,8}", 0..4), position in ".{0,300}") {
            let list = ListId::new(&parts);
            prop_assert_eq!(list.position::<String>(&list.cursor(&position)), Ok(position));
        }

        #[test]
        fn no_text_and_no_bytes_are_a_cursor_by_chance(text in ".{0,80}", bytes in prop::collection::vec(0_u8.., 0..80)) {
            let list = list(&["products"]);
            for cursor in [text, URL_SAFE_NO_PAD.encode(bytes)] {
                prop_assert_eq!(list.position::<String>(&cursor).map_err(|e| e.code), Err("invalid_format"));
            }
        }
    }
}
