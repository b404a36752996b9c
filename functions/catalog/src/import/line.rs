//! One line of an import.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::catalog::Product;
use souk_domain::category_tree::CategoryError;
use souk_domain::money::Currency;
use souk_runtime::http::{Fields, Problem};
use souk_store::MAX_AVAILABLE;

use crate::product_fields::product_from_fields;

/// Longest line: the same limit as for the body of a single product. It keeps an item far below DynamoDB's 400 KB,
/// whatever the limits of its fields add up to.
pub(crate) const MAX_LINE_BYTES: usize = 64 * 1024;
/// Most bad fields that the message about a line names.
const NAMED_FIELDS: usize = 10;

/// A good line.
pub(crate) struct Line {
    /// Its number in the body or the file.
    pub(crate) number: usize,
    pub(crate) product: Product,
    /// The stock of a product that has not been counted yet.
    pub(crate) available: Option<u32>,
}

/// A line that is not imported.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RejectedLine {
    /// Its number in the body or the file, from 1; blank lines count.
    line: usize,
    /// What is wrong. Stable.
    #[schemars(extend("enum" = ["invalid_fields", "malformed_json", "too_long"]))]
    code: &'static str,
    /// What would be valid, for people. Names up to ten invalid fields.
    message: String,
}

/// The lines that are not blank, numbered from `first`. Some editors start a file with a byte-order mark.
pub(crate) fn numbered(body: &[u8], first: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let lines = body.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).zip(first..);
    lines.filter(|(line, _)| !line.is_empty()).map(|(line, number)| (number, line))
}

impl RejectedLine {
    /// A line whose category cannot be made.
    pub(crate) fn of_category(line: usize, error: CategoryError) -> Self {
        Self { line, code: "invalid_fields", message: format!("category: {error}") }
    }
}

impl Line {
    pub(crate) fn read(number: usize, raw: &[u8], currency: Currency) -> Result<Self, RejectedLine> {
        if raw.len() > MAX_LINE_BYTES {
            let message = format!("the line must have at most {MAX_LINE_BYTES} bytes");
            return Err(RejectedLine { line: number, code: "too_long", message });
        }
        let read = || {
            let mut fields = Fields::from_json(raw)?.of_products();
            let product = product_from_fields(&mut fields, None, currency);
            let available = fields.optional_integer("available", 0..=i64::from(MAX_AVAILABLE));
            let (product, available) = fields.finish((product, available))?;
            let available = available.map(u32::try_from).transpose().map_err(Problem::internal)?;
            Ok(Self { number, product, available })
        };
        read().map_err(|problem: Problem| RejectedLine {
            line: number,
            code: problem.code(),
            message: message(&problem),
        })
    }
}

fn message(problem: &Problem) -> String {
    if problem.errors().is_empty() {
        return "the line must be a JSON object".to_owned();
    }
    let fields = problem.errors().iter().take(NAMED_FIELDS).map(|e| format!("{} {}", e.field, e.message));
    fields.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A member with a name that is read and any value.
    const MEMBER: &str = r#""(sku|name|brand|price|category|attributes|available|eans?|released|images?|stock|.{0,3})": ?("[^"\\]{0,12}"|-?[0-9]{1,24}(\.[0-9]{1,3})?|\[("[a-z]{0,4}",?){0,3}\]|\{("[a-z]{1,3}":[0-9"x]{1,3},?){0,3}\}|null|true)"#;

    proptest! {
        #[test]
        fn a_line_is_read_or_reported(
            members in prop::collection::vec(MEMBER, 0..8),
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            number in 1_usize..3_000_000,
        ) {
            let object = format!("{{{}}}", members.join(","));
            let valid = format!(r#"{{"sku": "1", "name": "n", "price": 1, "category": ["A", "B"], {}"#, &object[1..]);
            for raw in [object.as_bytes(), valid.as_bytes(), &bytes, &object.as_bytes()[..object.len() / 2]] {
                match Line::read(number, raw, Currency::USD) {
                    Ok(line) => prop_assert!(line.available.is_none_or(|available| available <= MAX_AVAILABLE)),
                    Err(bad) => {
                        prop_assert_eq!((bad.line, bad.message.is_empty()), (number, false));
                        prop_assert!(["invalid_fields", "malformed_json"].contains(&bad.code), "{}", bad.code);
                    }
                }
            }
        }

        #[test]
        fn any_bytes_have_numbered_lines(bytes in prop::collection::vec(any::<u8>(), 0..200), first in 1_usize..100) {
            let lines: Vec<_> = numbered(&bytes, first).collect();
            prop_assert!(lines.is_sorted_by(|(one, _), (next, _)| one < next));
            prop_assert!(lines.iter().all(|(number, line)| *number >= first && !line.trim_ascii().is_empty()));
        }
    }

    #[test]
    fn depth_is_no_crash() {
        for deep in ["[".repeat(MAX_LINE_BYTES), format!("{{\"attributes\":{}", "[".repeat(60_000))] {
            assert_eq!(Line::read(1, deep.as_bytes(), Currency::USD).err().map(|bad| bad.code), Some("malformed_json"));
        }
    }
}
