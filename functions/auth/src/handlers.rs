//! The functions of the service by handler name.

use souk_runtime::service::{Direct, DirectAsync, Handlers, Http, HttpAsync};

use crate::create_guest::CreateGuest;
use crate::get_jwks::GetJwks;
use crate::login::Login;
use crate::logout::Logout;
use crate::prepare_signing_key::PrepareSigningKey;
use crate::refresh::Refresh;
use crate::rotate_signing_key::RotateSigningKey;
use crate::session_authorizer::SessionAuthorizer;
use crate::token_authorizer::TokenAuthorizer;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("create-guest", &HttpAsync(|deps| Box::pin(CreateGuest::from_dependencies(deps)))),
    ("get-jwks", &Http(GetJwks::from_dependencies)),
    ("login", &HttpAsync(|deps| Box::pin(Login::from_dependencies(deps)))),
    ("logout", &HttpAsync(|deps| Box::pin(Logout::from_dependencies(deps)))),
    ("prepare-signing-key", &Direct(PrepareSigningKey::from_dependencies)),
    ("refresh", &HttpAsync(|deps| Box::pin(Refresh::from_dependencies(deps)))),
    ("rotate-signing-key", &Direct(RotateSigningKey::from_dependencies)),
    ("session-authorizer", &DirectAsync(|deps| Box::pin(SessionAuthorizer::from_dependencies(deps)))),
    ("token-authorizer", &DirectAsync(|deps| Box::pin(TokenAuthorizer::from_dependencies(deps)))),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "auth");
    }
}
