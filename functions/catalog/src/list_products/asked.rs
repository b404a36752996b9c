//! The query's parameters.

use souk_domain::money::Currency;
use souk_domain::validation::{FieldError, Invalid, text};
use souk_runtime::http::{AllRead, Fields, Problem, Request};
use souk_search::{MAX_DEPTH, SearchQuery, Sort, Window};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: i64 = 100;
const MAX_SEARCH_CHARS: usize = 200;
/// Most brands, and most attribute values, of one call.
const MAX_CHOICES: usize = 20;
/// Longest brand, attribute name or attribute value.
const MAX_CHOICE_CHARS: usize = 500;
/// Parameters that filter by an attribute begin so.
const ATTRIBUTE: &str = "attr.";

/// What the client asks for.
pub(super) struct Asked {
    pub(super) query: SearchQuery,
    pub(super) page: u32,
    pub(super) limit: u32,
}

impl Asked {
    pub(super) fn read(request: &Request, currency: Currency) -> Result<Self, Problem> {
        let mut fields = request.query();
        let category_id = fields.optional_parsed("category_id");
        let text = fields.optional_text("search", MAX_SEARCH_CHARS);
        let page = fields.optional_integer("page", 1..=i64::from(MAX_DEPTH));
        let limit = fields.optional_integer("limit", 1..=MAX_LIMIT);
        let window = (page, limit).values().and_then(|(page, limit)| window(&mut fields, page, limit));
        let sort = sort(&mut fields);
        let min_price = fields.optional_money("min_price", currency);
        let max_price = fields.optional_money("max_price", currency);
        if let (Some(Some(min)), Some(Some(max))) = (min_price, max_price)
            && min.minor() > max.minor()
        {
            fields.refuse([FieldError::new("max_price", "out_of_range", "must not be below min_price")]);
        }
        let in_stock = fields.optional_flag("in_stock");
        let facets = fields.optional_flag("facets");
        let brand = brands(&mut fields, request);
        let attributes = attributes(&mut fields, request);

        let search = (category_id, text, window, sort).values();
        let filters = (min_price, max_price, in_stock, facets, brand, attributes).values();
        let (search, filters) = fields.finish((search, filters))?;
        let (category_id, text, (page, limit, window), sort) = search;
        let (min_price, max_price, in_stock, facets, brand, attributes) = filters;
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
        };
        Ok(Self { query, page, limit })
    }

    /// Whether nothing but a category is asked for, which needs no search.
    pub(super) const fn is_plain_browsing(&self) -> bool {
        let SearchQuery { text, brand, attributes, min_price_minor, max_price_minor, in_stock, sort, .. } = &self.query;
        text.is_none()
            && brand.is_empty()
            && attributes.is_empty()
            && min_price_minor.is_none()
            && max_price_minor.is_none()
            && in_stock.is_none()
            && matches!(sort, Sort::Relevance)
    }
}

fn window(fields: &mut Fields<'_>, page: Option<i64>, limit: Option<i64>) -> Option<(u32, u32, Window)> {
    // Both are within their bounds, which fit.
    let page = page.and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
    let window = Window::new(page, limit).map_err(|invalid| fields.refuse([invalid.at("page")])).ok()?;
    Some((page, limit, window))
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

    fn read(parameters: &[(&str, &str)]) -> Result<Asked, Problem> {
        let request = Request::new("GET", "/products");
        let request = parameters.iter().fold(request, |request, (name, value)| request.with_query(name, value));
        Asked::read(&request, Currency::USD)
    }

    #[test]
    fn everything_can_be_asked_for() {
        let asked = read(&[
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
            ("utm_source", "mail"),
        ])
        .expect("good");
        let query = &asked.query;
        assert_eq!((asked.page, asked.limit, query.window), (3, 10, Window::new(3, 10).expect("a window")));
        assert_eq!(query.category_id.as_ref().map(souk_domain::ids::CategoryId::as_str), Some("printing.ink"));
        assert_eq!((query.text.as_deref(), query.sort), (Some("cyan  ink"), Sort::PriceDesc));
        assert_eq!((query.min_price_minor, query.max_price_minor), (Some(150), Some(200)));
        assert_eq!((query.in_stock, query.facets), (Some(true), false));
        assert_eq!(query.brand, ["HP", "Canon"]);
        let pairs: Vec<_> = query.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["Page yield=750", "Colour=Cyan", "Colour=Black"]);
    }

    #[test]
    fn nothing_need_be_asked_for() {
        for parameters in [&[][..], &[("search", ""), ("page", ""), ("brand", ""), ("attr.Colour", "")]] {
            let asked = read(parameters).expect("good");
            assert_eq!((asked.page, asked.limit, asked.query.window), (1, 20, Window::default()));
            assert!(asked.is_plain_browsing() && asked.query.facets);
        }
        assert!(read(&[("category_id", "printing"), ("page", "2")]).expect("good").is_plain_browsing());
        for needs_search in [
            ("search", "x"),
            ("brand", "x"),
            ("attr.a", "b"),
            ("min_price", "1"),
            ("in_stock", "true"),
            ("sort", "name"),
        ] {
            assert!(!read(&[needs_search]).expect("good").is_plain_browsing(), "{needs_search:?}");
        }
    }

    #[test]
    fn all_bad_parameters_are_named() {
        let bad = [
            ("category_id", "a.b.c"),
            ("search", &"x".repeat(201)),
            ("page", "0"),
            ("limit", "101"),
            ("sort", "cheap"),
            ("min_price", "1.999"),
            ("max_price", "-1"),
            ("in_stock", "yes"),
            ("facets", "1"),
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
        assert_eq!(refused(&[("page", "101"), ("limit", "100")]), ["page out_of_range"]);
        assert_eq!(refused(&[("page", "9223372036854775807")]), ["page out_of_range"]);
        assert_eq!(refused(&[("min_price", "2"), ("max_price", "1.99")]), ["max_price out_of_range"]);
        assert_eq!(refused(&[("brand", "x"); 21]), ["brand too_long"]);
        assert_eq!(refused(&[("attr.a", "x"); 21]), ["attr too_long"]);
    }
}
