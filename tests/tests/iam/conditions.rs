//! The conditions of functions' roles: mails are sent by the shop's address only, and functions that need no secrets of
//! accounts read only the other attributes of credentials.

use std::panic::{self, AssertUnwindSafe};

use serde_json::{Value, json};
use souk_e2e::fresh_email;

use crate::policies::Statement;
use crate::usage;
use crate::world::World;

/// Asserts that the local AWS evaluates each kind of condition.
pub(crate) fn check(world: &World, statements: &[Statement]) {
    sender(world);
    attributes(world, statements);
}

/// Asserts that `send-mail` cannot send from another address.
fn sender(world: &World) {
    let _other = world.with_variable("send-mail", "MAIL_SENDER", "ceo@bank.example");
    let message = json!({"template": "password_changed", "email": fresh_email()});
    let is_refused = is_refused(world, "ses:SendEmail", || world.deliver("send-mail", &message));
    assert!(is_refused, "send-mail may send from any address");
}

/// Asserts that a function reads no attribute of credentials that its role does not name, and never whole items.
fn attributes(world: &World, statements: &[Statement]) {
    let is_it = |one: &&Statement| one.conditions.iter().any(|key| key == "dynamodb:Attributes");
    let restricted: Vec<&Statement> = statements.iter().filter(is_it).collect();
    let mut functions: Vec<&str> = restricted.iter().map(|one| one.function.as_str()).collect();
    functions.sort_unstable();
    let expected = ["admin-export-account", "export-account", "get-account", "invite-staff", "send-mail"];
    assert_eq!(functions, expected, "functions that read no secrets of accounts");
    let statement = restricted.into_iter().find(|one| one.function == "get-account").expect("a statement");
    let read = || drop(world.account().caller.get("/account").is(200));
    for conditions in [
        json!({"ForAllValues:StringEquals": {"dynamodb:Attributes": ["email", "user_id"]}}),
        // As it is evaluated for a read that names no attributes.
        json!({"StringEquals": {"dynamodb:Select": "ALL_ATTRIBUTES"}}),
    ] {
        let is_refused = with_conditions(world, statement, &conditions, || is_refused(world, "dynamodb:GetItem", read));
        assert!(is_refused, "get-account reads other attributes than with {conditions}");
    }
    read();
}

fn with_conditions<T>(world: &World, statement: &Statement, conditions: &Value, run: impl FnOnce() -> T) -> T {
    statement.set_conditions(conditions, world.shop);
    let result = run();
    statement.restore(world.shop);
    result
}

/// Whether something fails because the local AWS refuses a function this action.
fn is_refused(world: &World, action: &str, run: impl FnOnce()) -> bool {
    usage::take(world.shop);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ())); // it shall fail
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    panic::set_hook(hook);
    done.is_err() && usage::take(world.shop).into_iter().any(|used| used.denied && used.action == action)
}
