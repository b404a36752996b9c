//! How an endpoint declares its part of the HTTP contract. Everything that describes the API follows from these
//! declarations: docs/openapi.yaml, the tables of docs/api.md, and the tests that hold template.yaml to them.
//!
//! A function never calls its own declaration, so the linker leaves it out of the deployed binaries.

mod order_conflict;
mod parameter;
mod problems;
mod schema;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use souk_domain::permission::Permission;
use souk_domain::rate_limit::RateClass;

pub use order_conflict::OrderConflict;
pub use parameter::{Location, Parameter, UNDESCRIBED_ID};
pub use problems::DeclaredProblem;
pub use schema::{PRODUCT_ID_PATTERN, cursor, flag, one_of, page_limit, price, text};

/// Makes a schema. Types that are used more than once become named components of the document.
pub type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// One operation of the HTTP API: a method on a path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The handler name of its function, such as `add-cart-item`.
    pub function: &'static str,
    /// The method, in upper case.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// The group that it is listed in.
    pub tag: Tag,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What a client developer has to know beyond the summary. Markdown.
    pub description: String,
    /// Who may call it.
    pub caller: Caller,
    /// Whether its authorizer reads the session, so that a session that has ended is refused at once.
    pub checks_session: bool,
    /// What happens when a client sends it again.
    pub retry: Retry,
    /// Its parameters. Those in the path are declared by the path.
    pub parameters: Vec<Parameter>,
    /// Its request body.
    pub body: Option<RequestBody>,
    /// Its responses, except problems.
    pub responses: Vec<DeclaredResponse>,
    /// What clients call next with values of the response.
    pub links: Vec<Link>,
    /// Its own problems; [`Operation::all_problems`] adds those that follow from the rest of the declaration.
    pub problems: Vec<DeclaredProblem>,
}

/// A group of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Registration, log-in, sessions and what belongs to an account.
    Accounts,
    /// Products, categories and stock as shoppers see them.
    Catalogue,
    /// The cart.
    Cart,
    /// Orders and returns of a shopper.
    Orders,
    /// Payments and the webhooks of payment providers.
    Payments,
    /// Products, collections, imports and synonyms.
    StaffCatalogue,
    /// Orders, returns and refunds.
    StaffOrders,
    /// Stock.
    StaffStock,
    /// Staff, their roles, the audit log, and accounts as staff see them.
    Administration,
    /// The description of the API itself.
    Contract,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone, without a token.
    Anyone,
    /// Anyone with a token: a guest, or an account.
    Guest,
    /// An account with a verified address.
    Shopper,
    /// A member of staff with this permission.
    Staff(Permission),
    /// Stripe, which signs its requests.
    Stripe,
}

/// What happens when a client sends a request again because it got no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It reads only.
    Read,
    /// It takes an `Idempotency-Key`.
    Key {
        /// What the second request with the same key does and gets: sentences.
        answer: &'static str,
        /// For how long the key is stored, such as "as long as the order".
        stored: &'static str,
    },
    /// It takes no key: what the second request does, in sentences.
    Repeat(&'static str),
}

/// A request body.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Its media type.
    pub media_type: &'static str,
    /// Whether it must be sent.
    pub required: bool,
    /// Its schema.
    pub schema: MakeSchema,
    /// An example that works in a shop with such products and orders, as JSON; none for other media types.
    pub example: &'static str,
}

/// A response without a problem.
#[derive(Debug, Clone)]
pub struct DeclaredResponse {
    /// Its status.
    pub status: u16,
    /// What it says.
    pub description: &'static str,
    /// The schema of its body; none if it has no body.
    pub schema: Option<MakeSchema>,
    /// How it may be cached.
    pub caching: Caching,
}

/// An operation that takes values of another one's request or response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The handler name of its function.
    pub function: &'static str,
    /// Its parameters, each with a runtime expression of OpenAPI, such as `$response.body#/order_id`.
    pub parameters: &'static [(&'static str, &'static str)],
}

/// How a response may be cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Not at all.
    NoStore,
    /// By anyone, as `Cache-Control` says. It has an `ETag`, and `If-None-Match` is answered with 304.
    Public,
}

impl Operation {
    /// An operation of a function, such as
    /// `Operation::new("add-cart-item", "POST /cart/items", Caller::Guest, Tag::Cart)`.
    pub fn new(function: &'static str, route: &'static str, caller: Caller, tag: Tag) -> Self {
        let (method, path) = route.split_once(' ').expect("a route is a method and a path");
        let parameters = path.split(['{', '}']).skip(1).step_by(2).map(Parameter::path).collect();
        Self {
            function,
            method,
            path,
            tag,
            summary: "",
            description: String::new(),
            caller,
            checks_session: matches!(caller, Caller::Shopper | Caller::Staff(_)),
            retry: Retry::Read,
            parameters,
            body: None,
            responses: Vec::new(),
            links: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Its authorizer reads the session, so that a session that has ended is refused at once. Implied for accounts and
    /// staff.
    #[must_use]
    pub fn checks_session(self) -> Self {
        Self { checks_session: true, ..self }
    }

    /// What it does, in a line without a full stop, such as "Adds units of a product to the cart".
    #[must_use]
    pub fn summary(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// What a client developer has to know beyond the summary: full sentences.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// It takes an `Idempotency-Key`: what a second request with the key does and gets (sentences), and for how long the
    /// key is stored (such as "as long as the order").
    #[must_use]
    pub fn idempotency_key(self, answer: &'static str, stored: &'static str) -> Self {
        Self { retry: Retry::Key { answer, stored }, ..self }
    }

    /// It changes something and takes no key: what a second request does, in sentences.
    #[must_use]
    pub fn repeated(self, effect: &'static str) -> Self {
        Self { retry: Retry::Repeat(effect), ..self }
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, schema: Schema, description: &'static str) -> Self {
        self.parameters.push(Parameter::query(name, schema, description));
        self
    }

    /// A parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// A JSON body that must be sent, with an example.
    #[must_use]
    pub fn body<T: JsonSchema>(self, example: &'static str) -> Self {
        self.any_body(RequestBody { media_type: "application/json", required: true, schema: schema_of::<T>, example })
    }

    /// A JSON body that may be left out, with an example.
    #[must_use]
    pub fn optional_body<T: JsonSchema>(self, example: &'static str) -> Self {
        self.any_body(RequestBody { media_type: "application/json", required: false, schema: schema_of::<T>, example })
    }

    /// Any body.
    #[must_use]
    pub fn any_body(self, body: RequestBody) -> Self {
        Self { body: Some(body), ..self }
    }

    /// A response with a JSON body that nobody may cache.
    #[must_use]
    pub fn answers<T: JsonSchema>(self, status: u16, description: &'static str) -> Self {
        self.response(status, description, Some(schema_of::<T>), Caching::NoStore)
    }

    /// The response 200 with a JSON body that anyone may cache, with an `ETag`.
    #[must_use]
    pub fn answers_cacheable<T: JsonSchema>(self, description: &'static str) -> Self {
        self.response(200, description, Some(schema_of::<T>), Caching::Public)
    }

    /// A response without a body.
    #[must_use]
    pub fn answers_empty(self, status: u16, description: &'static str) -> Self {
        self.response(status, description, None, Caching::NoStore)
    }

    fn response(
        mut self,
        status: u16,
        description: &'static str,
        schema: Option<MakeSchema>,
        caching: Caching,
    ) -> Self {
        self.responses.push(DeclaredResponse { status, description, schema, caching });
        self
    }

    /// An operation that clients call next: the handler name of its function, and its parameters, each with a runtime
    /// expression of OpenAPI, such as `$response.body#/order_id` or `$request.path.order_id`.
    #[must_use]
    pub fn link(mut self, function: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Self {
        self.links.push(Link { function, parameters });
        self
    }

    /// A problem of its own, and when a client gets it.
    #[must_use]
    pub fn problem(self, status: u16, code: &'static str, when: &'static str) -> Self {
        self.add_problem(DeclaredProblem { status, code, when, members: None })
    }

    /// A problem with further members, which `T` describes. All problems of a status share a schema, so `T` is inline
    /// (`#[schemars(inline)]`), and each of its members is optional (`skip_serializing_if`) and says with which codes it
    /// occurs.
    #[must_use]
    pub fn problem_with<T: JsonSchema>(self, status: u16, code: &'static str, when: &'static str) -> Self {
        self.add_problem(DeclaredProblem { status, code, when, members: Some(schema_of::<T>) })
    }

    fn add_problem(mut self, problem: DeclaredProblem) -> Self {
        self.problems.push(problem);
        self
    }

    /// Its id in the document.
    pub fn operation_id(&self) -> String {
        operation_id(self.function)
    }

    /// The class of its route, whose limit it shares.
    pub fn rate_class(&self) -> RateClass {
        RateClass::of_route(self.method, self.path)
    }

    /// Whether it needs a token.
    pub fn needs_token(&self) -> bool {
        matches!(self.caller, Caller::Guest | Caller::Shopper | Caller::Staff(_))
    }
}

/// The id of a function's operation in the document: the handler name in camel case.
pub fn operation_id(function: &str) -> String {
    let mut words = function.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |id, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        id + &initial.to_uppercase() + rest
    })
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl RequestBody {
    /// Whether it is JSON.
    pub fn is_json(&self) -> bool {
        self.media_type == "application/json"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_declares_its_path_parameters() {
        let operation = Operation::new(
            "retry-refund",
            "POST /admin/orders/{order_id}/refunds/{refund_id}/retry",
            Caller::Staff(Permission::RefundsWrite),
            Tag::StaffOrders,
        );
        let names: Vec<_> = operation.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!((operation.method, names), ("POST", vec!["order_id", "refund_id"]));
        assert_eq!(operation.operation_id(), "retryRefund");
    }
}
