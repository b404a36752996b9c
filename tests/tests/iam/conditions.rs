//! The only condition of a function's role: mails are sent only from the shop's address.

use std::panic::{self, AssertUnwindSafe};

use serde_json::json;
use souk_e2e::fresh_email;

use crate::usage;
use crate::world::World;

/// Asserts that `send-mail` cannot send from another address.
pub(crate) fn check(world: &World) {
    let _other = world.with_variable("send-mail", "MAIL_SENDER", "ceo@bank.example");
    usage::take(world.shop);
    let message = json!({"template": "password_changed", "email": fresh_email()});
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ())); // it has to fail
    let sent = panic::catch_unwind(AssertUnwindSafe(|| world.deliver("send-mail", &message)));
    panic::set_hook(hook);
    let refused = usage::take(world.shop).into_iter().any(|used| used.denied && used.action == "ses:SendEmail");
    assert!(sent.is_err() && refused, "send-mail may send from any address");
}
