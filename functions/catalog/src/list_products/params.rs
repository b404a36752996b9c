//! The query parameters.

use schemars::json_schema;
use souk_domain::cursor;
use souk_domain::ids::{CATEGORY_ID_PATTERN, MAX_CATEGORY_ID_CHARS, MAX_COLLECTION_ID_CHARS};
use souk_domain::money::Currency;
use souk_domain::validation::{FieldError, Invalid, text};
use souk_runtime::contract::{self, Operation, Parameter, flag, page_limit, price};
use souk_runtime::http::{AllRead, Fields, Problem, Request};
use souk_search::{MAX_DEPTH, Position, SearchQuery, Sort, Window};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: i64 = 100;
const MAX_SEARCH_CHARS: usize = 200;
/// Most brands, and most attribute values, of one request.
const MAX_CHOICES: usize = 20;
/// Longest brand, attribute name or attribute value.
const MAX_CHOICE_CHARS: usize = 500;
/// Parameters that filter by an attribute begin so.
const ATTRIBUTE: &str = "attr.";

/// Adds the parameters to the endpoint in the HTTP contract.
pub(super) fn declare(operation: Operation) -> Operation {
    let category_id =
        json_schema!({"type": "string", "maxLength": MAX_CATEGORY_ID_CHARS, "pattern": CATEGORY_ID_PATTERN});
    let collection_id =
        json_schema!({"type": "string", "maxLength": MAX_COLLECTION_ID_CHARS, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"});
    let brands = json_schema!({"type": "array", "maxItems": MAX_CHOICES, "items": contract::text(MAX_CHOICE_CHARS)});
    let sort = json_schema!({"type": "string", "enum": Sort::ALL.map(Sort::as_str), "default": "relevance"});
    let page = json_schema!({"type": "integer", "minimum": 1, "maximum": MAX_DEPTH, "default": 1});
    let flag_with_default = |default: bool| json_schema!({"type": "boolean", "default": default});
    let of_cursor = "`next_cursor` of the page before, instead of `page`. Without either: the first page. Leave `sort` and \
        the filters as they were: a cursor of another order or of other filters is refused with 422.";
    operation
        .query(
            "category_id",
            category_id,
            "Only products of this department or category, with those inside it. An id that staff have merged or \
             deleted counts as the one that replaces it.",
        )
        .query("collection_id", collection_id, "Only products of this collection. Unknown: no products.")
        .query("search", contract::text(MAX_SEARCH_CHARS), "The text that the shopper typed.")
        .query(
            "brand",
            brands,
            "Only products of this brand, ignoring case and accents. Repeated: of any of these brands.",
        )
        .parameter(attribute_parameter())
        .query("min_price", price(), "Only products at this price or a higher one, in the shop's currency.")
        .query("max_price", price(), "Only products at this price or a lower one. Not below `min_price`.")
        .query("in_stock", flag(), "`true`: only products in stock. `false`: only products that are sold out.")
        .query(
            "sort",
            sort,
            "The order. `relevance`: best match first; without `search`, in stock first and latest release first. \
             `newest`: latest release first.",
        )
        .query("page", page, "The number of the page, from 1. `page` times `limit` is at most 10,000.")
        .query("limit", page_limit(MAX_LIMIT, DEFAULT_LIMIT.into()), "The maximum number of products on a page.")
        .query("cursor", contract::cursor(), of_cursor)
        .query("facets", flag_with_default(true), "`false` leaves out the facets, which makes the response faster.")
        .query(
            "highlight",
            flag_with_default(false),
            "`true` adds `name_html` to the products: the name with its matches marked.",
        )
}

/// All parameters `attr.<name>` as one: a client writes the members of an exploded object as parameters of their own.
fn attribute_parameter() -> Parameter {
    let value = contract::text(MAX_CHOICE_CHARS);
    let schema = json_schema!({
        "type": "object",
        // Names begin and end with a visible character, and have single spaces.
        "propertyNames": {
            "pattern": r"^attr\.[^\s\x00-\x1f\x7f-\x9f]+( [^\s\x00-\x1f\x7f-\x9f]+)*$",
            "maxLength": ATTRIBUTE.len() + MAX_CHOICE_CHARS,
        },
        "maxProperties": MAX_CHOICES,
        "additionalProperties": {"anyOf": [value, {"type": "array", "items": value, "maxItems": MAX_CHOICES}]},
        "examples": [{"attr.Colour": ["Cyan", "Black"], "attr.Page yield": "750"}],
    });
    let description = "Only products with these attributes, each as a parameter of its own: `attr.<name>=<value>`, such \
        as `attr.Colour=Cyan` or `attr.Page%20yield=750`. Names and values are those of the product's `attributes`, \
        ignoring case and accents. Values of one name are alternatives; all names must match. At most 20 values.";
    Parameter::query("attr", schema, description).style("form", true)
}

pub(super) struct ListProductsParams {
    pub(super) query: SearchQuery,
    /// None with a cursor.
    pub(super) page: Option<u32>,
    pub(super) limit: u32,
}

impl ListProductsParams {
    pub(super) fn read(request: &Request, currency: Currency) -> Result<Self, Problem> {
        let mut fields = request.query();
        let query = query(&mut fields, request, currency);
        let page = fields.optional_integer("page", 1..=i64::from(u32::MAX));
        let limit = fields.optional_integer("limit", 1..=MAX_LIMIT);
        let after = position(&mut fields, query.as_ref());
        if let (Some(Some(_)), Some(Some(_))) = (page, &after) {
            fields.refuse([FieldError::new("page", "conflict", "must be left out when a cursor is sent")]);
        }
        let window = (page, limit, after).values().and_then(|(page, limit, after)| {
            // Both are within their bounds, which fit.
            let page = page.and_then(|page| u32::try_from(page).ok()).unwrap_or(1);
            let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
            if let Some(after) = after {
                return Some((None, limit, Window::after(after, limit)));
            }
            let window = Window::new(page, limit).map_err(|invalid| fields.refuse([invalid.at("page")])).ok()?;
            Some((Some(page), limit, window))
        });
        let (query, (page, limit, window)) = fields.finish((query, window))?;
        Ok(Self { query: SearchQuery { window, ..query }, page, limit })
    }
}

/// Everything but the part of the list that is asked for.
fn query(fields: &mut Fields<'_>, request: &Request, currency: Currency) -> Option<SearchQuery> {
    let category_id = fields.optional_parsed("category_id");
    let collection_id = fields.optional_parsed("collection_id");
    let text = fields.optional_text("search", MAX_SEARCH_CHARS);
    let sort = fields.optional_parsed::<Sort>("sort");
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
    let brand = brands(fields, request);
    let attributes = attributes(fields, request);

    let (category_id, collection_id, text) = (category_id, collection_id, text).values()?;
    let (sort, facets, highlight) = (sort, facets, highlight).values()?;
    let (min_price, max_price, in_stock, brand, attributes) =
        (min_price, max_price, in_stock, brand, attributes).values()?;
    Some(SearchQuery {
        category_id,
        collection_id,
        text,
        brand,
        attributes,
        min_price_minor: min_price.map(|price| price.minor()),
        max_price_minor: max_price.map(|price| price.minor()),
        in_stock,
        sort: sort.unwrap_or_default(),
        facets: facets.unwrap_or(true),
        highlight: highlight.unwrap_or(false),
        ..SearchQuery::default()
    })
}

/// The position that the cursor names in the list of a query. A client could make a cursor of its own, so the types of
/// its values are checked: OpenSearch would refuse them, which looks like an outage.
#[expect(clippy::option_option, reason = "invalid, missing and present are three different cases")]
fn position(fields: &mut Fields<'_>, query: Option<&SearchQuery>) -> Option<Option<Position>> {
    let position = fields.optional_cursor::<Position>(query.map(SearchQuery::list_id))?;
    if let (Some(position), Some(query)) = (&position, query)
        && !position.is_of(query.sort, query.text.is_some())
    {
        fields.refuse([cursor::malformed().at("cursor")]);
        return None;
    }
    Some(position)
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
    use proptest::prelude::*;

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
            ("collection_id", "summer-sale"),
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
        assert_eq!(query.collection_id.as_ref().map(souk_domain::ids::CollectionId::as_str), Some("summer-sale"));
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
            ("collection_id", "x"),
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
            ("category_id", "a..b"),
            ("collection_id", "a.b"),
            ("search", &"x".repeat(201)),
            ("sort", "cheap"),
            ("min_price", "1.999"),
            ("max_price", "-1"),
            ("in_stock", "yes"),
            ("facets", "1"),
            ("highlight", "no"),
            ("brand", " "),
            ("attr. ", "x"),
            ("page", "0"),
            ("limit", "101"),
            ("cursor", "7"),
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
        assert_eq!(refused(&[("page", "99999999999")]), ["page out_of_range"]);
        assert_eq!(refused(&[("min_price", "2"), ("max_price", "1.99")]), ["max_price out_of_range"]);
        assert_eq!(refused(&[("brand", "x"); 21]), ["brand too_long"]);
        assert_eq!(refused(&[("attr.a", "x"); 21]), ["attr too_long"]);
    }

    /// The status, and what is wrong with which field.
    fn refusal(parameters: &[(&str, &str)]) -> (u16, Vec<String>) {
        let problem = read(parameters).err().expect("refused");
        (problem.status(), problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect())
    }

    /// The cursor of a position in the list that these parameters select.
    fn cursor(parameters: &[(&str, &str)], position: &str) -> String {
        read(parameters).expect("good").query.list_id().cursor(&position)
    }

    type List = &'static [(&'static str, &'static str)];

    /// A list in each order, and a position in it.
    const LISTS: [(List, &str); 6] = [
        (&[("sort", "price_asc")], r#"[1,"sku-1"]"#),
        (&[("sort", "price_desc")], r#"[1,"sku-1"]"#),
        (&[("sort", "newest")], r#"[1,"sku-1"]"#),
        (&[("sort", "name")], r#"["ink","sku-1"]"#),
        (&[("sort", "relevance")], r#"[1,1,"sku-1"]"#),
        (&[("sort", "relevance"), ("search", "ink")], r#"[1.5,1,"sku-1"]"#),
    ];

    fn cursor_refused() -> (u16, Vec<String>) {
        (422, vec!["cursor invalid_format".to_owned()])
    }

    #[test]
    fn a_cursor_replaces_a_page_of_its_own_list() {
        for (list, position) in LISTS {
            let cursor = cursor(list, position);
            let own = [list, &[("cursor", cursor.as_str()), ("limit", "5"), ("facets", "false")]].concat();
            let params = read(&own).expect("good");
            assert_eq!((params.page, params.limit), (None, 5));
            assert_eq!(params.query.window, Window::after(position.parse().expect("a position"), 5));
            assert!(!params.query.is_plain_browsing());
            assert_eq!(refusal(&[&own[..], &[("page", "1")]].concat()), (422, vec!["page conflict".to_owned()]));
        }
        assert!(read(&[("cursor", &cursor(&[], r#"[1,1,"sku-1"]"#))]).is_ok(), "relevance is the default");
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let filters = [
            ("category_id", "printing"),
            ("collection_id", "sale"),
            ("search", "toner"),
            ("brand", "HP"),
            ("attr.Colour", "Cyan"),
            ("min_price", "1"),
            ("max_price", "2"),
            ("in_stock", "true"),
        ];
        for (list, position) in LISTS {
            let cursor = cursor(list, position);
            let sent = [("cursor", cursor.as_str())];
            for (other, _) in LISTS.iter().filter(|(other, _)| *other != list) {
                assert_eq!(refusal(&[other, &sent[..]].concat()), cursor_refused(), "{list:?} {other:?}");
            }
            for filter in filters {
                // The first of a repeated parameter counts.
                assert_eq!(refusal(&[&[filter], list, &sent].concat()), cursor_refused(), "{list:?} {filter:?}");
            }
        }
    }

    #[test]
    fn a_cursor_of_the_wrong_types_is_refused() {
        let huge = format!("[{},\"x\"]", "9".repeat(400));
        let positions =
            ["", "[]", "x", r#"[true,"x"]"#, r#"[1.5,"x"]"#, r#"[1e400,"x"]"#, "[1,2]", r#"[1,"a b"]"#, &huge];
        for (list, _) in LISTS {
            for position in positions {
                let cursor = cursor(list, position);
                assert_eq!(refusal(&[list, &[("cursor", &cursor)]].concat()), cursor_refused(), "{list:?} {position}");
            }
            let good = cursor(list, r#"[1,"sku-1"]"#);
            let long = cursor(list, &format!("[1,\"{}\"]", "x".repeat(2_000)));
            for text in ["7", "*", "WzEsInNrdS0xIl0", "W3RydWUsIngiXQ", &good[..12], &good[1..], &long] {
                assert_eq!(refusal(&[list, &[("cursor", text)]].concat()), cursor_refused(), "{text}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_parameters_are_read_or_refused(
            parameters in prop::collection::vec(
                (
                    "category_id|collection_id|search|sort|page|limit|cursor|min_price|max_price|in_stock|facets|brand|attr\\..{0,3}|.{0,5}",
                    "|true|name|newest|[0-9]{1,25}|[0-9]{1,4}\\.[0-9]{1,3}|[a-z.]{0,12}|[A-Za-z0-9_-]{0,40}|.{0,30}",
                ),
                0..10,
            ),
        ) {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            match read(&parameters) {
                Ok(params) => prop_assert_eq!(params.query.window.limit(), params.limit),
                Err(problem) => prop_assert!(problem.status() == 422 && !problem.errors().is_empty()),
            }
        }
    }
}
