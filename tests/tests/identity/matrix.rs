//! Authorization: every operation of docs/openapi.yaml is called by every kind of caller. The expected response follows
//! from the document (`x-caller`, `x-permission`, `x-checks-session`) and from the permissions of each role.
//!
//! docs/authorization-matrix.md is the expected table. The test writes the current one to the home of the stack.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use souk_e2e::{Caller, Json, Response, Route, Shop, map_concurrently, print_line, routes};

use crate::requests;

/// The permissions of each role, as docs/security.md names them.
const ROLES: [(&str, &[&str]); 6] = [
    ("catalogue", &["catalogue:read", "catalogue:write", "stock:read"]),
    ("stock", &["stock:read", "stock:write", "catalogue:read"]),
    ("orders", &["orders:read", "orders:write", "stock:read"]),
    ("refunds", &["orders:read", "refunds:write"]),
    ("support", &["catalogue:read", "stock:read", "orders:read", "accounts:read"]),
    (
        ADMINISTRATOR,
        &[
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
        ],
    ),
];
const ADMINISTRATOR: &str = "administrator";
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/authorization-matrix.md");
const HEADING: &str = "# Authorization matrix\n
Every route, and every kind of caller. ✓: the function reads the request, and its answer depends on the request. A number:
the status of the refusal. Paths with ids name what belongs to the column `account`.\n
The test `every_route_lets_in_exactly_its_callers` (tests/tests/identity/matrix.rs) makes this file from the route table,
and calls every cell on the deployed shop.\n\n";
/// Calls at a time.
const CALLS_AT_ONCE: usize = 4;
/// Callers that are made at a time. Each needs several hashes of passwords.
const CALLERS_AT_ONCE: usize = 4;

/// A kind of caller.
struct Column {
    name: &'static str,
    caller: Caller,
    token: Token,
    is_account: bool,
    /// Whether the orders and sessions in the paths are its own.
    is_owner: bool,
    permissions: &'static [&'static str],
    has_second_factor: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Missing,
    Invalid,
    Ended,
    Valid,
}

/// The expected response to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The function reads the request, and its response depends on that.
    LetIn,
    /// This status and code. The gateway's own answer has no code.
    Refused(u16, &'static str),
}

impl Column {
    fn of(name: &'static str, caller: Caller, token: Token) -> Self {
        Self { name, caller, token, is_account: false, is_owner: false, permissions: &[], has_second_factor: false }
    }

    fn account(name: &'static str, caller: Caller) -> Self {
        Self { is_account: true, ..Self::of(name, caller, Token::Valid) }
    }

    fn staff(name: &'static str, caller: Caller, permissions: &'static [&'static str]) -> Self {
        Self { permissions, has_second_factor: true, ..Self::account(name, caller) }
    }

    fn expected(&self, route: &Route) -> Expected {
        use Expected::{LetIn, Refused};
        if route.is_public() {
            return LetIn;
        }
        match self.token {
            Token::Missing => return Refused(401, ""),
            Token::Invalid => return Refused(401, "token_invalid"),
            Token::Ended if route.checks_session => return Refused(401, "session_ended"),
            Token::Ended | Token::Valid => {}
        }
        match (route.caller.as_str(), route.permission.as_deref()) {
            ("guest", None) if requests::names_owned(route) && !self.is_owner => Refused(404, "not_found"),
            ("account", None) if self.is_account => LetIn,
            ("account", None) => Refused(403, "verified_account_required"),
            ("staff", Some(permission)) if !self.permissions.contains(&permission) => Refused(403, "forbidden"),
            ("staff", Some(_)) if !self.has_second_factor => Refused(403, "second_factor_missing"),
            ("guest", None) | ("staff", Some(_)) => LetIn,
            other => panic!("{} {}: callers {other:?} are not known", route.method, route.path),
        }
    }
}

#[test]
fn every_route_lets_in_exactly_its_callers() {
    let shop = Shop::open();
    let (owner, resources) = requests::owner(shop);
    let columns = columns(shop, owner);
    let routes = routes();
    // All routes of one caller, then those of the next one: a function gets one call at a time, and few processes are
    // started.
    let cells: Vec<(&Column, &Route)> =
        columns.iter().flat_map(|column| routes.iter().map(move |route| (column, route))).collect();
    let started = Instant::now();
    let answers = map_concurrently(CALLS_AT_ONCE, &cells, |(column, route)| {
        requests::call(&column.caller, route, &resources).send()
    });
    let elapsed = started.elapsed();
    let wrong: Vec<String> = cells
        .iter()
        .zip(&answers)
        .filter_map(|((column, route), answer)| {
            let expected = column.expected(route);
            let fits = is(answer, expected, requests::names_owned(route));
            (!fits).then(|| format!("{}: {answer}, expected {expected:?}", column.name))
        })
        .collect();
    let count = answers.len();
    print_line(&format!("authorization matrix: {count} cells in {:.1} s", elapsed.as_secs_f64()));
    assert!(wrong.is_empty(), "{} of {count} cells:\n{}", wrong.len(), wrong.join("\n"));
    let file = shop.home().join("authorization-matrix.md");
    fs::write(&file, document(&routes, &columns)).expect("the home of the stack is writable");
    let current = fs::read_to_string(&file).ok() == fs::read_to_string(DOCUMENT).ok();
    assert!(current, "docs/authorization-matrix.md is not current: copy {} over it", file.display());
}

fn is(answer: &Response, expected: Expected, names_owned: bool) -> bool {
    match expected {
        // If the owner got 404, the 404 of another caller would prove nothing.
        Expected::LetIn => {
            ![401, 403].contains(&answer.status) && answer.status < 500 && !(names_owned && answer.status == 404)
        }
        Expected::Refused(status, code) => (answer.status, code_of(answer).as_str()) == (status, code),
    }
}

fn code_of(answer: &Response) -> String {
    let code = Json::parse(&answer.body).and_then(|body| body.at("code"));
    code.map(|code| code.text("")).unwrap_or_default()
}

/// Callers of each kind, made at the same time.
fn columns(shop: &'static Shop, owner: Caller) -> Vec<Column> {
    let members = map_concurrently(CALLERS_AT_ONCE, &ROLES, |(role, _)| shop.new_member(&[role]).caller);
    let ended = shop.new_member(&[ADMINISTRATOR]);
    let log_out = serde_json::json!({"refresh_token": ended.refresh_token});
    assert_eq!(shop.anyone().post("/auth/logout", log_out).status, 204);
    let without_factor = shop.verified();
    shop.grant(&without_factor.user_id, &[ADMINISTRATOR]);
    let without_factor = shop.log_in(&without_factor.email, None);
    let all = ROLES.iter().find(|(role, _)| *role == ADMINISTRATOR).map_or(&[][..], |(_, permissions)| permissions);

    let mut columns = vec![
        Column::of("nobody", shop.anyone(), Token::Missing),
        Column::of("invalid token", shop.anyone().with_token("not-a-token"), Token::Invalid),
        Column::of("guest", shop.guest(), Token::Valid),
        Column::of("pending account", shop.shopper(), Token::Valid),
        Column { is_owner: true, ..Column::account("account", owner) },
        Column::account("another account", shop.account()),
    ];
    columns.extend(
        ROLES.iter().zip(members).map(|((role, permissions), caller)| Column::staff(role, caller, permissions)),
    );
    columns.push(Column {
        has_second_factor: false,
        ..Column::staff("administrator without second factor", without_factor.caller, all)
    });
    columns.push(Column {
        token: Token::Ended,
        ..Column::staff("administrator whose session has ended", ended.caller, all)
    });
    columns
}

/// A Markdown table with a row for each route.
fn document(routes: &[Route], columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut table =
        format!("{HEADING}| route | for | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for route in routes {
        let callers = route.permission.as_deref().unwrap_or(&route.caller);
        let _ = write!(table, "| `{} {}` | {callers} |", route.method, route.path);
        for column in columns {
            let _ = match column.expected(route) {
                Expected::LetIn => write!(table, " ✓ |"),
                Expected::Refused(status, _) => write!(table, " {status} |"),
            };
        }
        table.push('\n');
    }
    table
}
