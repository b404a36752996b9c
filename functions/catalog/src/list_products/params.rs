//! The query parameters.

use souk_domain::money::Currency;
use souk_domain::validation::{FieldError, Invalid, text};
use souk_runtime::http::{AllRead, Fields, Problem, Request};
use souk_search::{Cursor, SearchQuery, Sort, Window};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: i64 = 100;
const MAX_SEARCH_CHARS: usize = 200;
/// Most brands, and most attribute values, of one request.
const MAX_CHOICES: usize = 20;
/// Longest brand, attribute name or attribute value.
const MAX_CHOICE_CHARS: usize = 500;
/// Parameters that filter by an attribute begin so.
const ATTRIBUTE: &str = "attr.";

pub(super) struct ListProductsParams {
    pub(super) query: SearchQuery,
    /// None with a cursor.
    pub(super) page: Option<u32>,
    pub(super) limit: u32,
}

impl ListProductsParams {
    pub(super) fn read(request: &Request, currency: Currency) -> Result<Self, Problem> {
        let mut fields = request.query();
        let category_id = fields.optional_parsed("category_id");
        let text = fields.optional_text("search", MAX_SEARCH_CHARS);
        let sort = sort(&mut fields);
        let window = window(&mut fields, sort, matches!(text, Some(Some(_))));
        let min_price = fields.optional_money("min_price", currency);
        let max_price = fields.optional_money("max_price", currency);
        if let (Some(Some(min)), Some(Some(max))) = (min_price, max_price)
            && min.minor() > max.minor()
        {
            fields.refuse([FieldError::new("max_price", "out_of_range", "must not be below min_price")]);
        }
        let in_stock = fields.optional_flag("in_stock");
        let facets = fields.optional_flag("facets");
        let highlight = fields.optional_flag("highlight");
        let brand = brands(&mut fields, request);
        let attributes = attributes(&mut fields, request);

        let search = (category_id, text, window, sort).values();
        let filters = (min_price, max_price, in_stock, brand, attributes).values();
        let shown = (facets, highlight).values();
        let (search, filters, shown) = fields.finish((search, filters, shown))?;
        let (category_id, text, (page, limit, window), sort) = search;
        let (min_price, max_price, in_stock, brand, attributes) = filters;
        let (facets, highlight) = shown;
        let query = SearchQuery {
            category_id,
            text,
            brand,
            attributes,
            min_price_minor: min_price.map(|price| price.minor()),
            max_price_minor: max_price.map(|price| price.minor()),
            in_stock,
            sort,
            window,
            facets: facets.unwrap_or(true),
            highlight: highlight.unwrap_or(false),
            ..SearchQuery::default()
        };
        Ok(Self { query, page, limit })
    }
}

/// Page, limit, and the window that they or the cursor name.
fn window(fields: &mut Fields<'_>, sort: Option<Sort>, has_text: bool) -> Option<(Option<u32>, u32, Window)> {
    let page = fields.optional_integer("page", 1..=i64::from(u32::MAX));
    let limit = fields.optional_integer("limit", 1..=MAX_LIMIT);
    let cursor = fields.optional_parsed::<Cursor>("cursor");
    let (page, limit, cursor) = (page, limit, cursor).values()?;
    // Both are within their bounds, which fit.
    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
    if let Some(cursor) = cursor {
        if page.is_some() {
            fields.refuse([FieldError::new("page", "conflict", "must be left out when a cursor is sent")]);
            return None;
        }
        if !cursor.is_of(sort?, has_text) {
            let message = "must be of the same search, in the same order";
            fields.refuse([FieldError::new("cursor", "invalid_format", message)]);
            return None;
        }
        return Some((None, limit, Window::after(cursor, limit)));
    }
    let page = page.and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
    let window = Window::new(page, limit).map_err(|invalid| fields.refuse([invalid.at("page")])).ok()?;
    Some((Some(page), limit, window))
}

fn sort(fields: &mut Fields<'_>) -> Option<Sort> {
    let Some(word) = fields.optional_text("sort", MAX_CHOICE_CHARS)? else { return Some(Sort::default()) };
    match word.as_str() {
        "relevance" => Some(Sort::Relevance),
        "price_asc" => Some(Sort::PriceAsc),
        "price_desc" => Some(Sort::PriceDesc),
        "newest" => Some(Sort::Newest),
        "name" => Some(Sort::Name),
        _ => {
            let message = "must be relevance, price_asc, price_desc, newest or name";
            fields.refuse([FieldError::new("sort", "unknown_value", message)]);
            None
        }
    }
}

fn brands(fields: &mut Fields<'_>, request: &Request) -> Option<Vec<String>> {
    let sent = request.query_pairs().iter().filter(|(name, value)| name == "brand" && !value.is_empty());
    let brands: Result<Vec<_>, _> = sent.map(|(_, value)| text(value, MAX_CHOICE_CHARS)).collect();
    brands.and_then(few).map_err(|invalid| fields.refuse([invalid.at("brand")])).ok()
}

fn attributes(fields: &mut Fields<'_>, request: &Request) -> Option<Vec<(String, String)>> {
    let sent = request.query_pairs().iter().filter(|(_, value)| !value.is_empty());
    let sent = sent.filter_map(|(parameter, value)| Some((parameter, parameter.strip_prefix(ATTRIBUTE)?, value)));
    let mut attributes = Some(Vec::new());
    for (parameter, name, value) in sent {
        let read = text(name, MAX_CHOICE_CHARS).and_then(|name| Ok((name, text(value, MAX_CHOICE_CHARS)?)));
        let read = read.map_err(|invalid| fields.refuse([invalid.at(parameter)])).ok();
        attributes = attributes.zip(read).map(|(mut all, one)| {
            all.push(one);
            all
        });
    }
    few(attributes?).map_err(|invalid| fields.refuse([invalid.at("attr")])).ok()
}

fn few<T>(values: Vec<T>) -> Result<Vec<T>, Invalid> {
    if values.len() > MAX_CHOICES {
        return Err(Invalid::new("too_long", format!("must be given at most {MAX_CHOICES} times")));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Result<ListProductsParams, Problem> {
        let request = Request::new("GET", "/products");
        let request = parameters.iter().fold(request, |request, (name, value)| request.with_query(name, value));
        ListProductsParams::read(&request, Currency::USD)
    }

    #[test]
    fn every_parameter_is_read() {
        let params = read(&[
            ("category_id", "printing.ink"),
            ("search", " cyan  ink "),
            ("page", "3"),
            ("limit", "10"),
            ("sort", "price_desc"),
            ("min_price", "1.5"),
            ("max_price", "2"),
            ("in_stock", "true"),
            ("brand", "HP"),
            ("brand", "Canon"),
            ("attr.Page yield", "750"),
            ("attr.Colour", "Cyan"),
            ("attr.Colour", "Black"),
            ("facets", "false"),
            ("highlight", "true"),
            ("utm_source", "mail"),
        ])
        .expect("good");
        let query = &params.query;
        assert_eq!((params.page, params.limit), (Some(3), 10));
        assert_eq!(query.window, Window::new(3, 10).expect("a window"));
        assert_eq!(query.category_id.as_ref().map(souk_domain::ids::CategoryId::as_str), Some("printing.ink"));
        assert_eq!((query.text.as_deref(), query.sort), (Some("cyan  ink"), Sort::PriceDesc));
        assert_eq!((query.min_price_minor, query.max_price_minor), (Some(150), Some(200)));
        assert_eq!((query.in_stock, query.facets, query.highlight), (Some(true), false, true));
        assert_eq!(query.brand, ["HP", "Canon"]);
        let pairs: Vec<_> = query.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["Page yield=750", "Colour=Cyan", "Colour=Black"]);
    }

    #[test]
    fn every_parameter_is_optional() {
        for parameters in [&[][..], &[("search", ""), ("page", ""), ("brand", ""), ("attr.Colour", "")]] {
            let params = read(parameters).expect("good");
            assert_eq!((params.page, params.limit, &params.query.window), (Some(1), 20, &Window::default()));
            assert!(params.query.is_plain_browsing() && params.query.facets && !params.query.highlight);
        }
        assert!(read(&[("category_id", "printing"), ("page", "2")]).expect("good").query.is_plain_browsing());
        for needs_search in [
            ("search", "x"),
            ("brand", "x"),
            ("attr.a", "b"),
            ("min_price", "1"),
            ("in_stock", "true"),
            ("sort", "name"),
        ] {
            assert!(!read(&[needs_search]).expect("good").query.is_plain_browsing(), "{needs_search:?}");
        }
    }

    #[test]
    fn all_bad_parameters_are_named() {
        let bad = [
            ("category_id", "a.b.c"),
            ("search", &"x".repeat(201)),
            ("sort", "cheap"),
            ("page", "0"),
            ("limit", "101"),
            ("cursor", "7"),
            ("min_price", "1.999"),
            ("max_price", "-1"),
            ("in_stock", "yes"),
            ("facets", "1"),
            ("highlight", "no"),
            ("brand", " "),
            ("attr. ", "x"),
        ];
        let problem = read(&bad).err().expect("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
        assert_eq!((problem.status(), fields), (422, bad.map(|(name, _)| name).to_vec()));
    }

    #[test]
    fn depth_and_numbers_have_bounds() {
        let refused = |parameters: &[(&str, &str)]| {
            let problem = read(parameters).err().expect("refused");
            problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect::<Vec<_>>()
        };
        assert!(read(&[("page", "100"), ("limit", "100")]).is_ok());
        assert_eq!(refused(&[("page", "101"), ("limit", "100")]), ["page too_deep"]);
        assert_eq!(refused(&[("page", "4294967295")]), ["page too_deep"]);
        assert_eq!(refused(&[("page", "9223372036854775807")]), ["page out_of_range"]);
        assert_eq!(refused(&[("min_price", "2"), ("max_price", "1.99")]), ["max_price out_of_range"]);
        assert_eq!(refused(&[("brand", "x"); 21]), ["brand too_long"]);
        assert_eq!(refused(&[("attr.a", "x"); 21]), ["attr too_long"]);
    }

    #[test]
    fn a_cursor_replaces_a_page_of_its_own_order() {
        let cursor = "WzEsInNrdS0xIl0"; // [1,"sku-1"]
        let params = read(&[("cursor", cursor), ("sort", "price_asc"), ("limit", "5")]).expect("good");
        assert_eq!((params.page, params.limit), (None, 5));
        assert_eq!(params.query.window, Window::after(cursor.parse().expect("a cursor"), 5));
        assert!(!params.query.is_plain_browsing());
        for (parameter, field) in
            [(("page", "1"), "page"), (("sort", "name"), "cursor"), (("sort", "relevance"), "cursor")]
        {
            let sort = if parameter.0 == "sort" { parameter } else { ("sort", "price_asc") };
            let problem = read(&[("cursor", cursor), sort, parameter]).err().expect("refused");
            let fields: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
            assert_eq!((problem.status(), fields), (422, vec![field]), "{parameter:?}");
        }
    }
}
