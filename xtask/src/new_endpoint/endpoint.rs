//! What the command is asked for.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Error, Result, bail, ensure};

/// Marks a text that a person replaces. A test fails while one is left.
pub(super) const FILL_IN: &str = "FILL IN";
/// Longest name: with the name of the stack it must be at most 64 characters.
const MAX_NAME_CHARS: usize = 40;
/// Longest summary: the line of the changelog must not be too long.
const MAX_SUMMARY_CHARS: usize = 70;

/// An endpoint that does not exist yet.
#[derive(Clone)]
pub(super) struct NewEndpoint {
    pub(super) name: Name,
    pub(super) route: Route,
    pub(super) service: String,
    pub(super) caller: Caller,
    pub(super) summary: Option<Summary>,
    pub(super) has_body: bool,
}

/// Who may call it, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum CallerOption {
    /// Anyone, without a token
    Anyone,
    /// Anyone with a token: a guest, or an account
    Guest,
    /// Accounts with a verified address
    Account,
    /// Staff with a permission
    Staff,
}

impl CallerOption {
    /// With the permission that only staff have.
    pub(super) fn with(self, permission: Option<Permission>) -> Result<Caller> {
        match (self, permission) {
            (Self::Staff, Some(permission)) => Ok(Caller::Staff(permission)),
            (Self::Staff, None) => bail!("a call for staff needs a permission"),
            (_, Some(_)) => bail!("only a call for staff has a permission"),
            (Self::Anyone, None) => Ok(Caller::Anyone),
            (Self::Guest, None) => Ok(Caller::Guest),
            (Self::Account, None) => Ok(Caller::Account),
        }
    }
}

/// Who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Anyone,
    Guest,
    Account,
    Staff(Permission),
}

impl Caller {
    /// Whether it is for staff.
    pub(super) const fn is_staff(self) -> bool {
        matches!(self, Self::Staff(_))
    }

    /// The authorizer that template.yaml names; none if it is the default one.
    pub(super) const fn authorizer(self) -> Option<&'static str> {
        match self {
            Self::Anyone => Some("NONE"),
            Self::Guest => None,
            Self::Account | Self::Staff(_) => Some("SessionAuthorizer"),
        }
    }
}

/// The text in docs/architecture.md.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::Guest => f.write_str("guest or account"),
            Self::Account => f.write_str("account"),
            Self::Staff(permission) => write!(f, "staff, {}", permission.as_str()),
        }
    }
}

/// The names of `souk_domain::permission::Permission`; a test compares them.
pub(super) const PERMISSIONS: [&str; 11] = [
    "catalogue:read",
    "catalogue:write",
    "stock:read",
    "stock:write",
    "orders:read",
    "orders:write",
    "refunds:write",
    "accounts:read",
    "accounts:write",
    "staff:manage",
    "audit:read",
];

/// The permission that staff need to call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permission(&'static str);

impl FromStr for Permission {
    type Err = Error;

    fn from_str(raw: &str) -> Result<Self> {
        let known = PERMISSIONS.into_iter().find(|name| *name == raw).map(Self);
        known.with_context(|| format!("the permissions are {}", PERMISSIONS.join(", ")))
    }
}

impl Permission {
    /// `stock:write`
    pub(super) const fn as_str(self) -> &'static str {
        self.0
    }

    /// `Permission::StockWrite`
    pub(super) fn path(self) -> String {
        format!("Permission::{}", pascal(self.0))
    }
}

/// The handler name, such as `add-order-note`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl FromStr for Name {
    type Err = Error;

    fn from_str(raw: &str) -> Result<Self> {
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        ensure!(
            raw.split('-').all(is_word),
            "a name has lower-case words with '-' between them, such as add-order-note"
        );
        ensure!(raw.len() <= MAX_NAME_CHARS, "a name has at most {MAX_NAME_CHARS} characters");
        Ok(Self(raw.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Name {
    /// `add_order_note`
    pub(super) fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// `AddOrderNote`
    pub(super) fn pascal(&self) -> String {
        pascal(&self.0)
    }

    /// `addOrderNote`
    pub(super) fn camel(&self) -> String {
        let pascal = self.pascal();
        let (initial, rest) = pascal.split_at(1); // a name begins with an ASCII letter
        initial.to_lowercase() + rest
    }

    /// `AddOrderNoteFunction`
    pub(super) fn resource(&self) -> String {
        self.pascal() + "Function"
    }
}

/// The words of a name, each with a capital letter.
pub(super) fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let (initial, rest) = word.split_at(word.len().min(1));
        initial.to_uppercase() + rest
    };
    name.split(['-', '_', ':']).map(capital).collect()
}

/// A method and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

impl FromStr for Route {
    type Err = Error;

    fn from_str(raw: &str) -> Result<Self> {
        let Some((method, path)) = raw.split_once(' ') else {
            bail!("a route is a method and a path, such as \"POST /orders/{{order_id}}/notes\"")
        };
        ensure!(METHODS.contains(&method), "the method is one of {}", METHODS.join(", "));
        let Some(parts) = path.strip_prefix('/') else { bail!("a path begins with /") };
        ensure!(
            parts.split('/').all(is_part),
            "each part of a path is either a word (a-z, 0-9, '-', '.') or a name in braces (a-z, '_')"
        );
        let route = Self { method: method.to_owned(), path: path.to_owned() };
        let mut parameters = route.parameters();
        parameters.sort_unstable();
        ensure!(parameters.is_sorted_by(|one, next| one != next), "each parameter of a path has a name of its own");
        Ok(route)
    }
}

fn is_part(part: &str) -> bool {
    match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => {
            let lower = |letter: char| letter.is_ascii_lowercase();
            name.starts_with(lower)
                && name.ends_with(lower)
                && name.chars().all(|letter| lower(letter) || letter == '_')
        }
        None => {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Route {
    /// The names of the path parameters.
    pub(super) fn parameters(&self) -> Vec<&str> {
        self.path.split(['{', '}']).skip(1).step_by(2).collect()
    }

    /// The same for routes that API Gateway cannot tell apart: `POST /orders/{}/notes`.
    pub(super) fn shape(&self) -> String {
        let constant: Vec<_> = self.path.split(['{', '}']).step_by(2).collect();
        format!("{} {}", self.method, constant.join("{}"))
    }

    /// Whether requests with this method may have a body.
    pub(super) fn may_have_a_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method.as_str())
    }

    /// The path with example ids.
    pub(super) fn example_path(&self) -> String {
        let parts = self.path.split(['{', '}']).enumerate();
        parts.map(|(index, part)| if index % 2 == 0 { part } else { example_id(part) }).collect()
    }
}

/// An id as it could be in a request.
pub(super) fn example_id(parameter: &str) -> &'static str {
    match parameter {
        "order_id" => "01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a",
        "user_id" => "01a1fce4-de60-7a10-8c3e-5d2f9b7a6e01",
        "product_id" => "1399",
        "category_id" => "printing",
        "collection_id" => "summer-sale",
        _ => "1",
    }
}

/// What an endpoint does, in a line: `Adds a note to an order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary(String);

impl FromStr for Summary {
    type Err = Error;

    fn from_str(raw: &str) -> Result<Self> {
        let plain = raw.chars().all(|c| !c.is_control() && !"\"\\|{}".contains(c));
        let begins = raw.starts_with(|c: char| c.is_ascii_uppercase());
        ensure!(
            plain && begins && !raw.ends_with('.') && raw.chars().count() <= MAX_SUMMARY_CHARS,
            "a summary is plain text of at most {MAX_SUMMARY_CHARS} characters, which begins with a capital letter and does \
             not end with a full stop"
        );
        Ok(Self(raw.to_owned()))
    }
}

impl NewEndpoint {
    /// Fails if its parts contradict each other.
    pub(super) fn check(&self) -> Result<()> {
        let for_staff = self.route.path.starts_with("/admin/");
        match self.caller {
            Caller::Staff(_) if !for_staff => bail!("the path of a call for staff begins with /admin/"),
            Caller::Anyone | Caller::Guest | Caller::Account if for_staff => {
                bail!("only staff may call what is under /admin/")
            }
            _ => Ok(()),
        }
    }

    /// What it does, without a full stop.
    pub(super) fn summary(&self) -> String {
        self.summary.as_ref().map_or_else(|| format!("{FILL_IN}: what it does"), |summary| summary.0.clone())
    }

    /// What it does, in the middle of a sentence: `adds a note to an order`.
    pub(super) fn summary_inside(&self) -> String {
        let Some(Summary(summary)) = &self.summary else { return self.summary() };
        let (initial, rest) = summary.split_at(1);
        let is_word = rest.starts_with(|c: char| c.is_ascii_lowercase());
        if is_word { initial.to_lowercase() + rest } else { summary.clone() }
    }

    /// The status of its success.
    pub(super) fn status(&self) -> u16 {
        match self.route.method.as_str() {
            "DELETE" => 204,
            "POST" if self.has_body => 201,
            _ => 200,
        }
    }

    /// Whether staff change something with it, so that it is audited.
    pub(super) fn is_audited(&self) -> bool {
        self.caller.is_staff() && self.route.method != "GET"
    }

    /// Whether its success has a body.
    pub(super) fn answers_json(&self) -> bool {
        self.status() != 204
    }

    /// Whether anyone may read it, also with HEAD.
    pub(super) fn is_public_read(&self) -> bool {
        self.caller == Caller::Anyone && self.route.method == "GET"
    }
}
