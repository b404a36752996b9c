//! The fields of a product that staff send: the same, with the same limits, for one product and for a line of an
//! import.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use souk_domain::catalog::{
    AttributeValue, CategoryPath, MAX_ATTRIBUTE_CHARS, MAX_ATTRIBUTES, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, Product,
    check_compare_at_price,
};
use souk_domain::ids::ProductId;
use souk_domain::money::{Currency, MAX_MINOR, Money};
use souk_domain::quantity::MAX_QUANTITY;
use souk_domain::time::Timestamp;
use souk_domain::validation::{FieldError, Invalid, picture_url, text};
use souk_runtime::http::{AllRead, Fields};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// Longest brand, in characters.
pub(crate) const MAX_BRAND_CHARS: usize = 100;
/// Longest address of a picture, in characters.
pub(crate) const MAX_URL_CHARS: usize = 2_000;
/// Most EANs of one product, which has one for each package and market.
pub(crate) const MAX_EANS: usize = 200;
/// Longest number of an attribute, in characters.
const MAX_NUMBER_CHARS: usize = 40;

const YEAR_MONTH_DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Reads a whole product; `None` if a field is bad, which `fields` then reports.
///
/// `sku` is the product's id; if the path has it too (`path_id`), it may be omitted but not differ. `title` replaces a
/// missing `name`, and `price_cents` (whole cents) a missing `price`. The version and the number of shards are set by
/// [`next_version_of`].
pub(crate) fn product_from_fields(
    fields: &mut Fields<'_>,
    path_id: Option<&ProductId>,
    currency: Currency,
) -> Option<Product> {
    let product_id = product_id(fields, path_id);
    let name = text_or_alias(fields, "name", "title");
    let description = fields.optional_text("description", MAX_DESCRIPTION_CHARS);
    let brand = fields.optional_text("brand", MAX_BRAND_CHARS);
    let category = category(fields);
    let attributes = attributes(fields);
    let price = price(fields, currency);
    let compare_at_price = compare_at_price(fields, price, currency);
    let currency = shop_currency(fields, currency);
    let image_url = picture(fields, "image_url");
    let thumbnail_url = picture(fields, "thumbnail_url");
    let ean = eans(fields);
    let released = released(fields);
    let max_per_order = max_per_order(fields);

    let (product_id, name, description, brand) = (product_id, name, description, brand).values()?;
    let (category, attributes, price, currency) = (category, attributes, price, currency).values()?;
    let (image_url, thumbnail_url, ean, released) = (image_url, thumbnail_url, ean, released).values()?;
    let (compare_at_price, max_per_order) = (compare_at_price, max_per_order).values()?;
    Some(Product {
        product_id,
        name,
        description,
        brand,
        category,
        attributes,
        price_minor: price.minor(),
        compare_at_price_minor: compare_at_price.map(|before| before.minor()),
        currency,
        image_url,
        thumbnail_url,
        ean,
        released,
        max_per_order,
        stock_shards: 1,
        version: 0,
    })
}

/// The product as it is written over the stored one.
pub(crate) fn next_version_of(seen: Option<&Product>, draft: &Product, now: Timestamp) -> Product {
    Product {
        stock_shards: seen.map_or(draft.stock_shards, |seen| seen.stock_shards),
        version: Product::next_version(seen.map(|seen| seen.version), now),
        ..draft.clone()
    }
}

fn product_id(fields: &mut Fields<'_>, path_id: Option<&ProductId>) -> Option<ProductId> {
    let Some(path_id) = path_id else { return fields.parsed("sku") };
    if fields.optional_parsed::<ProductId>("sku")?.is_some_and(|sku| sku != *path_id) {
        fields.refuse([FieldError::new("sku", "unknown_value", "must be the id in the path, or be left out")]);
        return None;
    }
    Some(path_id.clone())
}

fn text_or_alias(fields: &mut Fields<'_>, name: &str, alias: &str) -> Option<String> {
    if let Some(value) = fields.optional_text(name, MAX_NAME_CHARS)? {
        return Some(value);
    }
    match fields.optional_text(alias, MAX_NAME_CHARS)? {
        Some(value) => Some(value),
        None => fields.text(name, MAX_NAME_CHARS), // reports that it is missing
    }
}

fn price(fields: &mut Fields<'_>, currency: Currency) -> Option<Money> {
    if let Some(price) = fields.optional_money("price", currency)? {
        return Some(price);
    }
    match fields.optional_integer("price_cents", 0..=MAX_MINOR)? {
        None => fields.money("price", currency), // reports that it is missing
        Some(cents) if currency.decimals() == 2 => Some(Money::from_minor(cents, currency)),
        Some(_) => {
            let message = format!("{currency} has no cents; give the price");
            fields.refuse([FieldError::new("price_cents", "unknown_value", message)]);
            None
        }
    }
}

/// The price before a reduction. If the price is bad, only its form is checked.
#[expect(clippy::option_option, reason = "bad, missing and given are three different things here")]
fn compare_at_price(fields: &mut Fields<'_>, price: Option<Money>, currency: Currency) -> Option<Option<Money>> {
    const FIELD: &str = "compare_at_price";
    match (fields.optional_money(FIELD, currency)?, price) {
        (Some(before), Some(price)) => note(fields, FIELD, check_compare_at_price(before, price)).map(Some),
        (before, _) => Some(before),
    }
}

#[expect(clippy::option_option, reason = "bad, missing and given are three different things here")]
fn max_per_order(fields: &mut Fields<'_>) -> Option<Option<u32>> {
    let most = fields.optional_integer("max_per_order", 1..=i64::from(MAX_QUANTITY))?;
    Some(most.and_then(|most| u32::try_from(most).ok()))
}

fn shop_currency(fields: &mut Fields<'_>, shop: Currency) -> Option<Currency> {
    if fields.optional_parsed::<Currency>("currency")?.is_some_and(|sent| sent != shop) {
        let message = format!("must be {shop}, the currency of this shop");
        fields.refuse([FieldError::new("currency", "unknown_value", message)]);
        return None;
    }
    Some(shop)
}

fn category(fields: &mut Fields<'_>) -> Option<CategoryPath> {
    let names = fields.optional_json::<Vec<String>>("category", "must be a list of names, from the department down")?;
    note(fields, "category", CategoryPath::from_names(&names.unwrap_or_default()))
}

fn attributes(fields: &mut Fields<'_>) -> Option<BTreeMap<String, AttributeValue>> {
    const FIELD: &str = "attributes";
    const FORM: &str = "must be an object of texts, numbers, true and false";
    let sent = fields.optional_json::<BTreeMap<String, Box<RawValue>>>(FIELD, FORM)?.unwrap_or_default();
    if sent.len() > MAX_ATTRIBUTES {
        let invalid = Invalid::new("too_long", format!("must have at most {MAX_ATTRIBUTES} members"));
        return note(fields, FIELD, Err(invalid));
    }
    let mut attributes = Some(BTreeMap::new());
    for (name, value) in sent.into_iter().filter(|(_, value)| value.get() != "null") {
        let read = match text(&name, MAX_ATTRIBUTE_CHARS) {
            Ok(checked) => note(fields, &format!("{FIELD}.{checked}"), attribute(&value)).map(|value| (checked, value)),
            Err(invalid) => {
                let message = format!("a member's name {}", invalid.message);
                note(fields, FIELD, Err(Invalid::new(invalid.code, message)))
            }
        };
        attributes = attributes.zip(read).and_then(|(mut all, (name, value))| {
            // Two names may differ in what is not stored, such as spaces around them or the normal form.
            if all.contains_key(&name) {
                let invalid = Invalid::new("conflict", "must not be given twice");
                return note(fields, &format!("{FIELD}.{name}"), Err(invalid));
            }
            all.insert(name, value);
            Some(all)
        });
    }
    attributes
}

fn attribute(raw: &RawValue) -> Result<AttributeValue, Invalid> {
    match raw.get() {
        "true" => Ok(AttributeValue::Flag(true)),
        "false" => Ok(AttributeValue::Flag(false)),
        number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            if number.len() > MAX_NUMBER_CHARS {
                return Err(Invalid::new("too_long", format!("must have at most {MAX_NUMBER_CHARS} digits")));
            }
            Ok(AttributeValue::Number(number.to_owned()))
        }
        other => {
            let value: String = serde_json::from_str(other)
                .map_err(|_| Invalid::new("wrong_type", "must be a text, a number, true or false"))?;
            Ok(AttributeValue::Text(text(&value, MAX_ATTRIBUTE_CHARS)?))
        }
    }
}

fn eans(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let eans = fields.optional_json::<Vec<String>>("ean", "must be a list of texts")?.unwrap_or_default();
    let is_ean = |ean: &String| (8..=14).contains(&ean.len()) && ean.bytes().all(|b| b.is_ascii_digit());
    let checked = if eans.len() > MAX_EANS {
        Err(Invalid::new("too_long", format!("must have at most {MAX_EANS} codes")))
    } else if eans.iter().all(is_ean) {
        Ok(eans)
    } else {
        Err(Invalid::new("invalid_format", "must be codes of 8 to 14 digits"))
    };
    note(fields, "ean", checked)
}

/// Only addresses that a browser may load a picture from: what staff write ends up in shoppers' pages. Read as it was
/// sent, because an address is not composed.
#[expect(clippy::option_option, reason = "bad, missing and given are three different things here")]
fn picture(fields: &mut Fields<'_>, name: &str) -> Option<Option<String>> {
    match fields.optional_json::<String>(name, "must be a text")? {
        None => Some(None),
        Some(raw) => note(fields, name, picture_url(&raw, MAX_URL_CHARS)).map(Some),
    }
}

fn date(raw: &str) -> Result<String, Invalid> {
    // The length keeps out signs, which the parser lets pass.
    if raw.len() == 10 && Date::parse(raw, YEAR_MONTH_DAY).is_ok() {
        Ok(raw.to_owned())
    } else {
        Err(Invalid::new("invalid_format", "must be a date such as 2026-11-24"))
    }
}

#[expect(clippy::option_option, reason = "bad, missing and given are three different things here")]
fn released(fields: &mut Fields<'_>) -> Option<Option<String>> {
    const FIELD: &str = "released";
    match fields.optional_text(FIELD, MAX_URL_CHARS)? {
        None => Some(None),
        Some(raw) => note(fields, FIELD, date(&raw)).map(Some),
    }
}

/// The value, or a note of what is wrong with it.
fn note<T>(fields: &mut Fields<'_>, name: &str, read: Result<T, Invalid>) -> Option<T> {
    read.map_err(|invalid| fields.refuse([invalid.at(name)])).ok()
}

#[cfg(test)]
mod tests {
    use souk_runtime::http::Problem;

    use super::*;

    fn read(body: &str) -> Result<Product, Problem> {
        let mut fields = Fields::from_json(body.as_bytes())?;
        let product = product_from_fields(&mut fields, None, Currency::USD);
        Ok(fields.finish((product,))?.0)
    }

    fn refused(body: &str) -> Vec<(String, &'static str)> {
        let problem = read(body).expect_err("refused");
        problem.errors().iter().map(|e| (e.field.clone(), e.code)).collect()
    }

    #[test]
    fn a_whole_product_is_read() {
        let product = read(
            r#"{"sku": "1399", "name": " HP 364XL ", "description": null, "brand": "HP",
                "category": ["Printing", "Ink cartridges"], "price": 12.5, "currency": "USD",
                "attributes": {"Colour": "Cyan", "Yield": 750.10, "Original": true, "Series": null},
                "image_url": "https://example.com/1.jpg", "ean": ["0882780756328"], "released": "2006-07-01"}"#,
        )
        .expect("a product");
        let leaf = product.category.leaf().map(|leaf| leaf.category_id.as_str());
        assert_eq!(
            (product.name.as_str(), product.price_minor, leaf),
            ("HP 364XL", 1250, Some("printing.ink-cartridges"))
        );
        assert_eq!(product.description, None);
        let values: Vec<_> = product.attributes.values().map(AttributeValue::as_text).collect();
        assert_eq!(values, ["Cyan", "true", "750.10"]);
    }

    #[test]
    fn the_composed_and_the_decomposed_spelling_are_one() {
        let body = |e: &str, o: &str| {
            format!(
                r#"{{"sku": "1", "name": "Caf{e}", "description": "Caf{e}", "brand": "Citro{e}n", "price": 1,
                    "category": ["M{o}bel", "T{e}"], "attributes": {{"Gr{o}ße": "{o}"}}}}"#
            )
        };
        let decomposed = read(&body("e\u{301}", "o\u{308}")).expect("a product");
        assert_eq!(decomposed, read(&body("\u{e9}", "\u{f6}")).expect("a product"));
        assert_eq!(decomposed.with_composed_texts(), None);
        let twice = r#"{"sku": "1", "name": "n", "price": 1, "attributes": {"e\u0301": 1, "\u00e9": 2}}"#;
        assert_eq!(refused(twice), [("attributes.\u{e9}".to_owned(), "conflict")]);
        // The path of a picture is compared in bytes.
        let path = "https://example.com/e\u{301}.jpg";
        let product = read(&format!(r#"{{"sku": "1", "name": "n", "price": 1, "image_url": "{path}"}}"#));
        assert_eq!(product.expect("a product").image_url.as_deref(), Some(path));
    }

    #[test]
    fn an_import_may_use_other_words() {
        let product = read(r#"{"sku": "1", "title": "Title", "price_cents": 95, "category": []}"#).expect("a product");
        assert_eq!((product.name.as_str(), product.price_minor), ("Title", 95));
        let both = r#"{"sku": "1", "name": "Name", "title": "Title", "price": 2, "price_cents": 95}"#;
        let product = read(both).expect("a product");
        assert_eq!((product.name.as_str(), product.price_minor), ("Name", 200));
        let mut fields = Fields::from_json(br#"{"sku": "1", "name": "n", "price_cents": 95}"#).expect("an object");
        assert!(product_from_fields(&mut fields, None, "JPY".parse().expect("yen")).is_none());
    }

    #[test]
    fn the_price_before_a_reduction_is_higher() {
        let with = |prices: &str| format!(r#"{{"sku": "1", "name": "n", {prices}}}"#);
        let before = |prices: &str| read(&with(prices)).expect("a product").compare_at_price_minor;
        assert_eq!(before(r#""price": 9.5"#), None);
        assert_eq!(before(r#""price": 9.5, "compare_at_price": null"#), None);
        assert_eq!(before(r#""price": 9.5, "compare_at_price": 9.51"#), Some(951));
        assert_eq!(before(r#""price_cents": 950, "compare_at_price": 12"#), Some(1_200));
        let code = |prices: &str| refused(&with(prices));
        for not_higher in ["9.5", "9.49", "0"] {
            let prices = format!(r#""price": 9.5, "compare_at_price": {not_higher}"#);
            assert_eq!(code(&prices), [("compare_at_price".to_owned(), "out_of_range")], "{not_higher}");
        }
        assert_eq!(code(r#""price": 1, "compare_at_price": "2""#), [("compare_at_price".to_owned(), "wrong_type")]);
        assert_eq!(code(r#""compare_at_price": 2"#), [("price".to_owned(), "required")]);
    }

    #[test]
    fn all_bad_fields_are_named_with_their_codes() {
        let body = r#"{"sku": "a b", "name": "", "price": -1, "currency": "EUR", "category": ["a", "b", "c", "d", "e", "f", "g"],
            "attributes": {"a": [1], "b": "", "": 1}, "image_url": "javascript:alert(1)", "thumbnail_url": "http://a b",
            "ean": ["12"], "released": "2006-02-30", "brand": 7, "description": {}}"#;
        let expected = [
            ("sku", "invalid_format"),
            ("name", "required"),
            ("description", "wrong_type"),
            ("brand", "wrong_type"),
            ("category", "too_long"),
            ("attributes", "required"),
            ("attributes.a", "wrong_type"),
            ("attributes.b", "required"),
            ("price", "out_of_range"),
            ("currency", "unknown_value"),
            ("image_url", "invalid_format"),
            ("thumbnail_url", "invalid_format"),
            ("ean", "invalid_format"),
            ("released", "invalid_format"),
        ];
        assert_eq!(refused(body), expected.map(|(field, code)| (field.to_owned(), code)));
        let missing = [("sku", "required"), ("name", "required"), ("price", "required")];
        assert_eq!(refused("{}"), missing.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn sizes_have_bounds() {
        let with = |field: &str| refused(&format!(r#"{{"sku": "1", "name": "n", "price": 1, {field}}}"#));
        let many = (0..101).map(|n| format!("\"a{n}\": 1")).collect::<Vec<_>>().join(",");
        assert_eq!(with(&format!("\"attributes\": {{{many}}}")), [("attributes".to_owned(), "too_long")]);
        let eans = vec!["\"12345678\""; 201].join(",");
        assert_eq!(with(&format!("\"ean\": [{eans}]")), [("ean".to_owned(), "too_long")]);
        let long = "x".repeat(5_001);
        assert_eq!(with(&format!("\"description\": \"{long}\"")), [("description".to_owned(), "too_long")]);
        let number = "1".repeat(41);
        assert_eq!(with(&format!("\"attributes\": {{\"a\": {number}}}")), [("attributes.a".to_owned(), "too_long")]);
        for bad in ["+006-07-01", "2006-7-1", "2006-07-01T00"] {
            assert_eq!(with(&format!("\"released\": \"{bad}\"")), [("released".to_owned(), "invalid_format")], "{bad}");
        }
    }
}
