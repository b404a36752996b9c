//! The source file of an endpoint: declaration, handler and a test that fails until it is completed.
//!
//! The result is not formatted; rustfmt is.

use super::endpoint::{Caller, FILL_IN, NewEndpoint, example_id, pascal};

/// A body that the generated code accepts.
pub(super) const EXAMPLE_BODY: &str = r#"{"text": "FILL IN"}"#;

/// The text of `functions/<service>/src/<name>.rs`.
pub(super) fn text(endpoint: &NewEndpoint) -> String {
    let head = format!("//! `{}`: {}.\n", endpoint.route, endpoint.summary_inside());
    let parts = [head, imports(endpoint), operation(endpoint), handler_type(endpoint), ids(endpoint)];
    let parts =
        parts.into_iter().chain([request_type(endpoint), response_type(endpoint), handle(endpoint), tests(endpoint)]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The type of an id in a path.
enum IdType {
    /// Of the domain.
    Domain(&'static str),
    /// A refund or return of an order.
    Ordinal,
    /// Unknown: declared in the new file.
    New(String),
}

impl IdType {
    fn of(parameter: &str, endpoint: &NewEndpoint) -> Self {
        match parameter {
            "category_id" => Self::Domain("CategoryId"),
            "collection_id" => Self::Domain("CollectionId"),
            "order_id" => Self::Domain("OrderId"),
            "product_id" => Self::Domain("ProductId"),
            "user_id" => Self::Domain("UserId"),
            "refund_id" | "return_id" if endpoint.service == "orders" => Self::Ordinal,
            _ => Self::New(pascal(parameter)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Domain(name) => name,
            Self::Ordinal => "OrdinalId",
            Self::New(name) => name,
        }
    }
}

/// The ids of the path: name and type.
fn path_ids(endpoint: &NewEndpoint) -> Vec<(&str, IdType)> {
    endpoint.route.parameters().into_iter().map(|name| (name, IdType::of(name, endpoint))).collect()
}

fn imports(endpoint: &NewEndpoint) -> String {
    let ids = path_ids(endpoint);
    let declares_ids = ids.iter().any(|(_, id)| matches!(id, IdType::New(_)));
    let (mut standard, mut external, mut own) = (String::new(), String::new(), String::new());
    if declares_ids {
        standard += "use std::fmt;\nuse std::str::FromStr;\n\n";
        external += "use souk_domain::validation::Invalid;\n";
    }
    if endpoint.has_body || endpoint.answers_json() {
        external += "use schemars::JsonSchema;\n";
    }
    if endpoint.answers_json() {
        external += "use serde::Serialize;\n";
    }
    let domain: Vec<_> =
        ids.iter().filter(|(_, id)| matches!(id, IdType::Domain(_))).map(|(_, id)| id.name()).collect();
    match domain[..] {
        [] => {}
        [only] => external += &format!("use souk_domain::ids::{only};\n"),
        _ => external += &format!("use souk_domain::ids::{{{}}};\n", domain.join(", ")),
    }
    if ids.iter().any(|(_, id)| matches!(id, IdType::Ordinal)) {
        own += "\nuse crate::ordinal_id::OrdinalId;\n";
    }
    if endpoint.caller.is_staff() {
        external += "use souk_domain::permission::Permission;\n";
    }
    external += "use souk_runtime::Dependencies;\nuse souk_runtime::config::ConfigError;\n\
         use souk_runtime::contract::{Caller, Operation, Tag};\n\
         use souk_runtime::http::{Endpoint, Problem, Reply, Request};\n";
    standard + &external + &own
}

/// The group of the operation in the document.
fn tag(endpoint: &NewEndpoint) -> &'static str {
    match (endpoint.service.as_str(), endpoint.caller.is_staff()) {
        ("catalog" | "inventory", false) => "Catalogue",
        ("catalog", true) => "StaffCatalogue",
        ("inventory", true) => "StaffStock",
        ("orders" | "payments" | "cart", true) => "StaffOrders",
        ("orders", false) => "Orders",
        ("payments", false) => "Payments",
        ("cart", false) => "Cart",
        (_, true) => "Administration",
        (_, false) => "Accounts",
    }
}

fn operation(endpoint: &NewEndpoint) -> String {
    let (name, route, handler) = (&endpoint.name, &endpoint.route, endpoint.name.pascal());
    let caller = match endpoint.caller {
        Caller::Anyone => "Anyone".to_owned(),
        Caller::Guest => "Guest".to_owned(),
        Caller::Account => "Shopper".to_owned(),
        Caller::Staff(permission) => format!("Staff({})", permission.path()),
    };
    let new = format!("Operation::new(\"{name}\", \"{route}\", Caller::{caller}, Tag::{})", tag(endpoint));
    let mut calls = vec![new];
    calls.push(format!(".summary(\"{}\")", endpoint.summary()));
    calls.push(format!(".description(\"{FILL_IN}: what a client developer has to know, or remove this line\")"));
    if route.method != "GET" {
        calls.push(format!(
            ".repeated(\"{FILL_IN}: what a second request does (sentences), or .idempotency_key(…) instead\")"
        ));
    }
    if endpoint.has_body {
        calls.push(format!(".body::<{handler}Request>(r#\"{EXAMPLE_BODY}\"#)"));
    }
    let status = endpoint.status();
    calls.push(if endpoint.answers_json() {
        format!(".answers::<{handler}Response>({status}, \"{FILL_IN}: what the response is.\")")
    } else {
        format!(".answers_empty({status}, \"{FILL_IN}: what is done.\")")
    });
    calls.push(format!("// {FILL_IN}: .problem(status, code, when) for each problem of its own, or remove this line"));
    format!("/// The endpoint in the HTTP contract.\npub fn operation() -> Operation {{\n{}\n}}\n", calls.join("\n"))
}

fn handler_type(endpoint: &NewEndpoint) -> String {
    let (handler, summary) = (endpoint.name.pascal(), endpoint.summary());
    format!(
        "/// {summary}.
pub struct {handler};

impl {handler} {{
    /// Reads its configuration from the environment.
    // {FILL_IN}: its stores, such as `deps.orders()?`, which become fields, or remove this line
    pub fn from_dependencies(_: &Dependencies) -> Result<Self, ConfigError> {{
        Ok(Self)
    }}
}}
"
    )
}

/// Types of ids that are new.
fn ids(endpoint: &NewEndpoint) -> String {
    let new = path_ids(endpoint).into_iter().filter_map(|(_, id)| match id {
        IdType::New(name) => Some(format!(
            "// {FILL_IN}: which ids are valid; if another endpoint needs it, it belongs in souk_domain::ids
struct {name}(String);

impl FromStr for {name} {{
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {{
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let valid = (1..=64).contains(&raw.len()) && raw.bytes().all(is_letter);
        if valid {{ Ok(Self(raw.to_owned())) }} else {{ Err(Invalid::new(\"invalid_format\", \"must be an id\")) }}
    }}
}}

impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str(&self.0)
    }}
}}
"
        )),
        IdType::Domain(_) | IdType::Ordinal => None,
    });
    new.collect::<Vec<_>>().join("\n")
}

fn request_type(endpoint: &NewEndpoint) -> String {
    if !endpoint.has_body {
        return String::new();
    }
    format!(
        "/// Longest text, in characters.
const MAX_TEXT_CHARS: usize = 500;

/// The request of `{}`.
#[derive(JsonSchema)]
pub struct {}Request {{
    /// {FILL_IN}: the members of the request and what they mean.
    #[schemars(length(min = 1, max = MAX_TEXT_CHARS))]
    pub text: String,
}}
",
        endpoint.route,
        endpoint.name.pascal()
    )
}

/// The members of the response: declaration and value.
fn response_members(endpoint: &NewEndpoint) -> Vec<(String, String)> {
    let text = |name: &str, value: String| (format!("{name}: String,"), value);
    let mut members: Vec<_> =
        path_ids(endpoint).iter().map(|(name, _)| text(name, format!("{name}: {name}.to_string()"))).collect();
    if endpoint.has_body {
        members.push(text("text", "text".to_owned()));
    }
    if members.is_empty() {
        members.push(("message: &'static str,".to_owned(), format!("message: \"{FILL_IN}\"")));
    }
    members
}

fn response_type(endpoint: &NewEndpoint) -> String {
    if !endpoint.answers_json() {
        return String::new();
    }
    let members: Vec<_> = response_members(endpoint).into_iter().map(|(declaration, _)| declaration).collect();
    format!(
        "/// {FILL_IN}: what it is, and below, its members and what they mean.
#[derive(Serialize, JsonSchema)]
struct {}Response {{
{}
}}
",
        endpoint.name.pascal(),
        members.join("\n")
    )
}

fn handle(endpoint: &NewEndpoint) -> String {
    let handler = endpoint.name.pascal();
    let mut steps = Vec::new();
    match endpoint.caller {
        Caller::Anyone => {}
        Caller::Guest => steps.push("request.user()?;".to_owned()),
        Caller::Account => steps.push("request.account()?;".to_owned()),
        Caller::Staff(permission) => steps.push(format!("request.staff({})?;", permission.path())),
    }
    for (name, id) in path_ids(endpoint) {
        let (id, what) = (id.name().to_owned(), name.trim_end_matches("_id").replace('_', " "));
        steps.push(if endpoint.answers_json() {
            format!("let {name}: {id} = request.path_id(\"{name}\", \"{what}\")?;")
        } else {
            format!("request.path_id::<{id}>(\"{name}\", \"{what}\")?;")
        });
    }
    if endpoint.has_body {
        steps.push("let mut fields = request.fields()?;".to_owned());
        steps.push("let text = fields.text(\"text\", MAX_TEXT_CHARS);".to_owned());
        steps.push("let (text,) = fields.finish((text,))?;".to_owned());
    }
    let request = if steps.is_empty() { "_" } else { "request" };
    steps.push(format!("// {FILL_IN}: what it does."));
    steps.push(reply(endpoint));
    format!(
        "impl Endpoint for {handler} {{
    async fn handle(&self, {request}: &Request) -> Result<Reply, Problem> {{
        {}
    }}
}}
",
        steps.join("\n")
    )
}

fn reply(endpoint: &NewEndpoint) -> String {
    // The audit log keeps the values before and after a change by staff.
    let audit = if endpoint.is_audited() {
        format!(".audit(&\"{FILL_IN}: what was there before\", &\"{FILL_IN}: what is there now\")")
    } else {
        String::new()
    };
    if !endpoint.answers_json() {
        return format!("Ok(Reply::no_content(){audit})");
    }
    let values: Vec<_> = response_members(endpoint).into_iter().map(|(_, value)| value).collect();
    let response = format!("&{}Response {{ {} }}", endpoint.name.pascal(), values.join(", "));
    match endpoint.status() {
        200 => format!("Ok(Reply::ok({response}){audit})"),
        status => format!("Ok(Reply::json({status}, {response}){audit})"),
    }
}

fn tests(endpoint: &NewEndpoint) -> String {
    let (name, handler) = (&endpoint.name, endpoint.name.pascal());
    let (imports, caller, title) = match endpoint.caller {
        Caller::Anyone => ("", "", "anyone_gets_an_answer"),
        Caller::Guest => (CALLER_IMPORTS, ".from_guest(user(1))", "a_guest_gets_an_answer"),
        Caller::Account => (CALLER_IMPORTS, ".from_user(user(1))", "an_account_gets_an_answer"),
        Caller::Staff(_) => (CALLER_IMPORTS, ".from_staff(user(9))", "staff_get_an_answer"),
    };
    let answered = format!(
        "#[tokio::test]
    async fn {title}() {{
        let reply = {handler}.handle(&request(){caller}).await.expect(\"an answer\");
        let expected = \"{FILL_IN}: the answer\";
        assert_eq!(reply.body(), expected, \"{name} does nothing yet: state here what it does, then make it do that\");
    }}
"
    );
    let parts = [refused(endpoint), not_found(endpoint, caller), invalid(endpoint, caller)];
    format!(
        "#[cfg(test)]
mod tests {{
    {imports}use super::*;

    fn request() -> Request {{
        {}
    }}

    {answered}
    {}
}}
",
        request(endpoint),
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n    ")
    )
}

const CALLER_IMPORTS: &str = "use souk_testkit::user;\n\n    ";

/// The request of the tests, without a caller.
fn request(endpoint: &NewEndpoint) -> String {
    let mut request = format!("Request::new(\"{}\", \"{}\")", endpoint.route.method, endpoint.route.example_path());
    for name in endpoint.route.parameters() {
        request += &format!(".with_path(\"{name}\", \"{}\")", example_id(name));
    }
    if endpoint.has_body {
        request += &format!(".with_json(r#\"{EXAMPLE_BODY}\"#)");
    }
    request
}

/// A test that expects a problem.
fn problem_test(endpoint: &NewEndpoint, title: &str, request: &str, problem: &str) -> String {
    format!(
        "#[tokio::test]
    async fn {title}() {{
        let request = {request};
        let problem = {}.handle(&request).await.expect_err(\"refused\");
        assert_eq!((problem.status(), problem.code()), {problem});
    }}
",
        endpoint.name.pascal()
    )
}

fn refused(endpoint: &NewEndpoint) -> Option<String> {
    let test = |title, request: &str, problem| Some(problem_test(endpoint, title, request, problem));
    match endpoint.caller {
        Caller::Anyone => None,
        Caller::Guest => test("callers_without_a_token_are_refused", "request()", "(401, \"token_required\")"),
        Caller::Account => {
            test("guests_are_refused", "request().from_guest(user(1))", "(403, \"verified_account_required\")")
        }
        Caller::Staff(_) => test("shoppers_are_refused", "request().from_user(user(1))", "(403, \"forbidden\")"),
    }
}

fn not_found(endpoint: &NewEndpoint, caller: &str) -> Option<String> {
    let parameters = endpoint.route.parameters();
    let first = parameters.first()?;
    let route = format!("Request::new(\"{}\", \"{}\")", endpoint.route.method, endpoint.route.example_path());
    let request = format!("{route}.with_path(\"{first}\", \"no id\"){caller}");
    Some(problem_test(endpoint, "an_invalid_id_is_not_found", &request, "(404, \"not_found\")"))
}

fn invalid(endpoint: &NewEndpoint, caller: &str) -> Option<String> {
    let request = format!("request().with_json(\"{{}}\"){caller}");
    let test = || problem_test(endpoint, "missing_fields_are_refused", &request, "(422, \"invalid_fields\")");
    endpoint.has_body.then(test)
}
