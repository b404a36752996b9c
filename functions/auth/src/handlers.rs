//! The functions of the service by handler name.

use souk_runtime::service::{Direct, DirectAsync, Handlers, Http, HttpAsync};

use crate::authorizer::Authorizer;
use crate::grant_role::GrantRole;
use crate::login::Login;
use crate::logout::Logout;
use crate::refresh::Refresh;
use crate::register::Register;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("authorizer", &DirectAsync(|deps| Box::pin(Authorizer::from_dependencies(deps)))),
    ("grant-role", &Direct(GrantRole::from_dependencies)),
    ("login", &HttpAsync(|deps| Box::pin(Login::from_dependencies(deps)))),
    ("logout", &Http(Logout::from_dependencies)),
    ("refresh", &HttpAsync(|deps| Box::pin(Refresh::from_dependencies(deps)))),
    ("register", &HttpAsync(|deps| Box::pin(Register::from_dependencies(deps)))),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "auth");
    }
}
