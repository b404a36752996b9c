//! The distribution of template.yaml: which requests may be answered from the cache, and what the API gets of the others.

use serde_yaml_ng::Value;

const TEMPLATE: &str = include_str!("../../../template.yaml");
/// Managed policies of CloudFront, by their ids.
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/// Errors that CloudFront keeps unless it is told not to.
const KEPT_ERRORS: [u16; 7] = [404, 414, 500, 501, 502, 503, 504];
const DEFAULT_ERROR_SECONDS: u64 = 10;
/// CloudFront's header for the client's address.
pub(super) const VIEWER_HEADER: &str = "cloudfront-viewer-address";

/// CloudFront's configuration.
pub(super) struct Distribution {
    /// In their order: the first whose pattern matches applies.
    behaviors: Vec<Behavior>,
    /// For all other paths.
    default: Behavior,
    /// What each request to the API has in addition.
    pub(super) origin_headers: Vec<(String, String)>,
    /// Statuses of errors, each with the seconds that such an error is kept.
    errors: Vec<(u64, u64)>,
}

/// What applies to a path.
pub(super) struct Behavior {
    pattern: String,
    pub(super) methods: Vec<String>,
    pub(super) cache: CachePolicy,
    /// Whether the API gets all headers and cookies of the client, and the query.
    pub(super) forwards_all: bool,
    /// Otherwise the headers that the API gets beside those of the key, in lower case.
    pub(super) forwarded: Vec<String>,
}

/// What identifies a response in the cache, and how many seconds it stays there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CachePolicy {
    pub(super) min: u64,
    pub(super) default: u64,
    pub(super) max: u64,
    /// Headers of the key, in lower case. The API gets them too.
    pub(super) headers: Vec<String>,
    /// Whether the query belongs to the key. The API gets it then.
    pub(super) has_query: bool,
}

impl Distribution {
    /// That of template.yaml, with these values of its parameters.
    pub(super) fn of_template(parameters: &[(&str, &str)]) -> Self {
        let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
        let resources = &template["Resources"];
        let config = &resources["EdgeDistribution"]["Properties"]["DistributionConfig"];
        let [origin] = list(&config["Origins"]) else { panic!("one origin") };
        let header = |header: &Value| {
            let value = text(&header["HeaderValue"]);
            let parameter = parameters.iter().find(|(name, _)| *name == value);
            (text(&header["HeaderName"]).to_lowercase(), parameter.map_or(value, |(_, value)| *value).to_owned())
        };
        let error = |error: &Value| (number(&error["ErrorCode"]), number(&error["ErrorCachingMinTTL"]));
        Self {
            behaviors: list(&config["CacheBehaviors"]).iter().map(|it| Behavior::read(it, resources)).collect(),
            default: Behavior::read(&config["DefaultCacheBehavior"], resources),
            origin_headers: list(&origin["OriginCustomHeaders"]).iter().map(header).collect(),
            errors: list(&config["CustomErrorResponses"]).iter().map(error).collect(),
        }
    }

    /// For how many seconds CloudFront keeps an error, whatever its `Cache-Control` says.
    pub(super) fn error_seconds(&self, status: u16) -> u64 {
        let configured = self.errors.iter().find(|(known, _)| *known == u64::from(status));
        let default = if KEPT_ERRORS.contains(&status) { DEFAULT_ERROR_SECONDS } else { 0 };
        configured.map_or(default, |(_, seconds)| *seconds)
    }

    /// What applies to a path, which has no query.
    pub(super) fn behavior(&self, path: &str) -> &Behavior {
        let found = self.behaviors.iter().find(|behavior| matches(&behavior.pattern, path));
        found.unwrap_or(&self.default)
    }
}

impl Behavior {
    fn read(behavior: &Value, resources: &Value) -> Self {
        let request_policy = text(&behavior["OriginRequestPolicyId"]);
        let forwards_all = request_policy == ALL_VIEWER_EXCEPT_HOST;
        let mut forwarded = Vec::new();
        if !forwards_all {
            let config = &resources[request_policy]["Properties"]["OriginRequestPolicyConfig"];
            forwarded = lower(&config["HeadersConfig"]["Headers"]);
            assert!(forwarded.iter().any(|name| name == VIEWER_HEADER), "the API gets the client's address");
            assert_eq!(text(&config["QueryStringsConfig"]["QueryStringBehavior"]), "none");
            assert_eq!(text(&config["CookiesConfig"]["CookieBehavior"]), "none");
        }
        Self {
            pattern: behavior["PathPattern"].as_str().unwrap_or("*").to_owned(),
            methods: list(&behavior["AllowedMethods"]).iter().map(|method| text(method).to_owned()).collect(),
            cache: CachePolicy::read(text(&behavior["CachePolicyId"]), resources),
            forwards_all,
            forwarded,
        }
    }
}

impl CachePolicy {
    fn read(id: &str, resources: &Value) -> Self {
        if id == CACHING_DISABLED {
            return Self { min: 0, default: 0, max: 0, headers: Vec::new(), has_query: false };
        }
        let config = &resources[id]["Properties"]["CachePolicyConfig"];
        let key = &config["ParametersInCacheKeyAndForwardedToOrigin"];
        let query = text(&key["QueryStringsConfig"]["QueryStringBehavior"]);
        assert!(["all", "none"].contains(&query), "this proxy knows no list of parameters");
        assert_eq!(text(&key["CookiesConfig"]["CookieBehavior"]), "none");
        Self {
            min: number(&config["MinTTL"]),
            default: number(&config["DefaultTTL"]),
            max: number(&config["MaxTTL"]),
            headers: lower(&key["HeadersConfig"]["Headers"]),
            has_query: query == "all",
        }
    }
}

/// Whether a path matches a pattern: `*` stands for any characters, `?` for one.
fn matches(pattern: &str, path: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return path.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    if first == '*' {
        let mut ends = path.char_indices().map(|(end, _)| end).chain([path.len()]);
        return ends.any(|end| matches(rest, &path[end..]));
    }
    let mut path = path.chars();
    path.next().is_some_and(|next| first == '?' || first == next) && matches(rest, path.as_str())
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

/// Names of headers in lower case.
fn lower(names: &Value) -> Vec<String> {
    list(names).iter().map(|name| text(name).to_lowercase()).collect()
}

/// A text, or the name that a `!Ref` refers to.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is a text in template.yaml"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value:?} is a number in template.yaml"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use crate::routes::routes;

    fn distribution() -> Distribution {
        Distribution::of_template(&[("EdgeSecret", "secret")])
    }

    #[test]
    fn patterns_match_as_in_cloudfront() {
        for (pattern, path, expected) in [
            ("/products", "/products", true),
            ("/products", "/products/a", false),
            ("/products", "/admin/products", false),
            ("/products/*/document", "/products/a/document", true),
            ("/products/*/document", "/products/a/b/document", true),
            ("/products/*/document", "/products/document", false),
            ("/products/*/document", "/products/a/documents", false),
            ("/a?", "/ab", true),
            ("/a?", "/a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_secret_goes_to_the_api() {
        assert_eq!(distribution().origin_headers, [("x-souk-origin".to_owned(), "secret".to_owned())]);
    }

    /// Of each operation that answers with `max-age`, and of no other.
    #[test]
    fn only_cacheable_operations_without_a_token_are_cached() {
        let cached = [
            "GET /.well-known/jwks.json",
            "GET /categories",
            "GET /collections",
            "GET /openapi.json",
            "GET /products",
            "GET /products/suggest",
            "GET /products/{product_id}/document",
        ];
        let distribution = distribution();
        for route in routes() {
            let behavior = distribution.behavior(&route.example_path());
            let name = format!("{} {}", route.method, route.path);
            assert_eq!(behavior.cache.max > 0, cached.contains(&name.as_str()), "{name}");
            assert!(behavior.methods.contains(&route.method), "{name} is forwarded");
            if behavior.cache.max > 0 {
                assert!(route.is_public() && behavior.cache.min == 0 && !behavior.forwards_all, "{name}");
                let parameters = &contract::document()["paths"][&route.path]["get"]["parameters"];
                let has_query = parameters.as_array().into_iter().flatten().any(|it| it["in"] == "query");
                assert_eq!(behavior.cache.has_query, has_query, "the query of {name}");
            } else {
                assert!(behavior.forwards_all, "{name} gets the token");
            }
        }
    }

    #[test]
    fn no_error_is_kept() {
        let distribution = distribution();
        for status in 400..=599 {
            assert_eq!(distribution.error_seconds(status), 0, "{status}");
        }
    }
}
