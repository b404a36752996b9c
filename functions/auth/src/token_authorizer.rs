//! The HTTP API's authorizer of guests' and shoppers' routes: verifies the access token before any function runs.
//!
//! The API caches the response for a minute, and the session is not read: a session that has ended can use these routes
//! until the access token expires, at most 16 minutes after it was issued.

use souk_auth::AccessTokenVerifier;
use souk_domain::time::Timestamp;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};

use crate::authorizer_event::{AuthorizerRequest, AuthorizerResponse, Context, log, verify};
use crate::key_store::access_token_verifier;

/// Verifies access tokens for the API.
pub struct TokenAuthorizer {
    /// The keys that verify tokens.
    pub tokens: AccessTokenVerifier,
}

impl TokenAuthorizer {
    /// With the verification keys of the shop.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { tokens: access_token_verifier(deps).await? })
    }
}

impl DirectHandler for TokenAuthorizer {
    type Request = AuthorizerRequest;
    type Response = AuthorizerResponse;

    async fn handle(&self, request: AuthorizerRequest, _: Timestamp) -> Result<AuthorizerResponse, Error> {
        let context = match verify(&request, &self.tokens).await {
            Ok(caller) => Context::of_token(&caller),
            Err(refused) => refused,
        };
        log("token-authorizer", &context);
        Ok(context.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_auth::ACCESS_TOKEN_SECONDS;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_good_token_names_its_caller_and_any_other_says_why_not() {
        let shop = Fixture::with_account().await;
        let authorizer = TokenAuthorizer { tokens: shop.verifier().await };
        let session = shop.logged_in().await;
        let token = session["token"].as_str().expect("a token");
        let ask = async |header: &str| -> Value {
            let request = AuthorizerRequest { identity_source: vec![header.to_owned()], ..Default::default() };
            let response = authorizer.handle(request, Timestamp::from_millis(0)).await.expect("a response");
            serde_json::to_value(response).expect("JSON")["context"].clone()
        };
        let session_id = shop.caller(&session).await.session_id;
        let caller = json!({"user_id": session["user_id"], "session_id": session_id, "kind": "shopper"});
        assert_eq!(ask(&format!("Bearer {token}")).await, caller);
        assert_eq!(ask(&format!("bearer {token}")).await, caller);
        for bad in ["", "Bearer", "Bearer x", token, &format!("Basic {token}"), &format!("Bearer {token}x")] {
            assert_eq!(ask(bad).await, json!({"token_problem": "invalid"}), "{bad}");
        }
        shop.clock.advance_seconds(ACCESS_TOKEN_SECONDS + 60);
        assert_eq!(ask(&format!("Bearer {token}")).await, json!({"token_problem": "expired"}));
    }
}
