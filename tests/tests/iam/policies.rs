//! The statements of the functions' roles, as they are deployed.

use std::fmt;

use serde_json::{Value, json};
use souk_e2e::Shop;

/// A statement of an inline policy. SAM makes one policy of each entry of `Policies` in template.yaml.
#[derive(Clone)]
pub(crate) struct Statement {
    /// The function: `place-order`.
    pub(crate) function: String,
    role: String,
    policy: String,
    /// The whole policy.
    document: Value,
    /// Which of its statements.
    index: usize,
    /// `dynamodb:PutItem`
    pub(crate) actions: Vec<String>,
    /// ARNs, with `*` in some.
    pub(crate) resources: Vec<String>,
    /// The keys of its conditions.
    pub(crate) conditions: Vec<String>,
}

/// Every statement of every function's role, without the managed policies that SAM adds for logs, streams and queues.
pub(crate) fn statements(shop: &Shop) -> Vec<Statement> {
    let mut functions = shop.functions();
    functions.sort();
    functions.iter().flat_map(|function| statements_of(function, shop)).collect()
}

fn statements_of(function: &str, shop: &Shop) -> Vec<Statement> {
    let arn = shop.function(function).text("Role");
    let role = arn.rsplit('/').next().unwrap_or_default();
    let listed = iam(shop, "ListRolePolicies", &[("RoleName", role)]);
    let names = listed.split("<member>").skip(1).filter_map(|rest| Some(rest.split_once("</member>")?.0.to_owned()));
    names.flat_map(|policy| statements_in(function, role, &policy, shop)).collect()
}

fn statements_in(function: &str, role: &str, policy: &str, shop: &Shop) -> Vec<Statement> {
    let answer = iam(shop, "GetRolePolicy", &[("RoleName", role), ("PolicyName", policy)]);
    let text = between(&answer, "<PolicyDocument>", "</PolicyDocument>");
    let mut document: Value = serde_json::from_str(&decoded(text)).unwrap_or_else(|error| panic!("{error}: {text}"));
    if document["Statement"].is_object() {
        document["Statement"] = json!([document["Statement"]]);
    }
    let entries = document["Statement"].as_array().expect("statements").clone();
    let statement = |(index, entry): (usize, &Value)| Statement {
        function: function.to_owned(),
        role: role.to_owned(),
        policy: policy.to_owned(),
        document: document.clone(),
        index,
        actions: texts(&entry["Action"]),
        resources: texts(&entry["Resource"]),
        conditions: condition_keys(&entry["Condition"]),
    };
    entries.iter().enumerate().map(statement).collect()
}

impl Statement {
    /// Removes the statement from the role, and ends the function's processes.
    pub(crate) fn remove(&self, shop: &Shop) {
        let mut document = self.document.clone();
        document["Statement"].as_array_mut().expect("statements").remove(self.index);
        if document["Statement"] == json!([]) {
            iam(shop, "DeleteRolePolicy", &[("RoleName", &self.role), ("PolicyName", &self.policy)]);
        } else {
            self.put(&document, shop);
        }
        self.end_processes(shop);
    }

    /// Replaces its conditions, and ends the function's processes.
    pub(crate) fn set_conditions(&self, conditions: &Value, shop: &Shop) {
        let mut document = self.document.clone();
        document["Statement"][self.index]["Condition"] = conditions.clone();
        self.put(&document, shop);
        self.end_processes(shop);
    }

    /// Undoes that.
    pub(crate) fn restore(&self, shop: &Shop) {
        self.put(&self.document, shop);
        self.end_processes(shop);
    }

    fn put(&self, document: &Value, shop: &Shop) {
        let (text, names) = (document.to_string(), [("RoleName", &self.role), ("PolicyName", &self.policy)]);
        let mut parameters: Vec<(&str, &str)> = names.iter().map(|(name, value)| (*name, value.as_str())).collect();
        parameters.push(("PolicyDocument", &text));
        iam(shop, "PutRolePolicy", &parameters);
    }

    /// A process may have read keys and secrets that it may not read any more, and after a refused call its circuit breaker
    /// may be open.
    fn end_processes(&self, shop: &Shop) {
        end_processes(&self.function, shop);
    }

    /// Whether it allows this.
    pub(crate) fn allows(&self, action: &str, resource: &str) -> bool {
        self.actions.iter().any(|allowed| matches(allowed, action))
            && self.resources.iter().any(|allowed| matches(allowed, resource))
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resources: Vec<_> = self.resources.iter().map(|arn| short(arn)).collect();
        write!(f, "{} on {}", self.actions.join(", "), resources.join(", "))
    }
}

/// Ends all processes of a function.
pub(crate) fn end_processes(function: &str, shop: &Shop) {
    let timeout = shop.function(function).whole("Timeout");
    shop.configure(function, &json!({"Timeout": timeout}));
}

/// The part of an ARN that names the resource: `table/souk-OrdersTable-1A2B`.
pub(crate) fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

/// Whether a text matches a pattern with `*`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => {
            let Some(text) = text.strip_prefix(start) else { return false };
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(rest, &text[at..]))
        }
    }
}

fn iam(shop: &Shop, action: &str, parameters: &[(&str, &str)]) -> String {
    let mut all = vec![("Action", action), ("Version", "2010-05-08")];
    all.extend_from_slice(parameters);
    shop.query("iam", &all)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| Some(rest.split_once(end)?.0)).unwrap_or_default()
}

/// Undoes the percent-encoding of IAM, and the escapes of XML.
fn decoded(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [byte, others @ ..] = rest {
        let code =
            (*byte == b'%').then(|| others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())).flatten();
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) => (bytes.push(code), rest = &others[2..]).1,
            None => (bytes.push(*byte), rest = others).1,
        }
    }
    String::from_utf8(bytes).expect("a policy is UTF-8")
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn condition_keys(value: &Value) -> Vec<String> {
    let operators = value.as_object().into_iter().flat_map(|operators| operators.values());
    operators.filter_map(Value::as_object).flat_map(|keys| keys.keys().cloned()).collect()
}
