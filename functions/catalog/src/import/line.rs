//! One line of an import.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::catalog::Product;
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
    pub(crate) product: Product,
    /// The stock of a product that has not been counted yet.
    pub(crate) available: Option<u32>,
}

/// A line that is not imported.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BadLine {
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

impl Line {
    pub(crate) fn read(number: usize, raw: &[u8], currency: Currency) -> Result<Self, BadLine> {
        if raw.len() > MAX_LINE_BYTES {
            let message = format!("the line must have at most {MAX_LINE_BYTES} bytes");
            return Err(BadLine { line: number, code: "too_long", message });
        }
        let read = || {
            let mut fields = Fields::from_json(raw)?.of_products();
            let product = product_from_fields(&mut fields, None, currency);
            let available = fields.optional_integer("available", 0..=i64::from(MAX_AVAILABLE));
            let (product, available) = fields.finish((product, available))?;
            let available = available.map(u32::try_from).transpose().map_err(Problem::internal)?;
            Ok(Self { product, available })
        };
        read().map_err(|problem: Problem| BadLine { line: number, code: problem.code(), message: message(&problem) })
    }
}

fn message(problem: &Problem) -> String {
    if problem.errors().is_empty() {
        return "the line must be a JSON object".to_owned();
    }
    let fields = problem.errors().iter().take(NAMED_FIELDS).map(|e| format!("{} {}", e.field, e.message));
    fields.collect::<Vec<_>>().join("; ")
}
