//! The keys that verify access tokens, as the token library reads them.

use souk_auth::{AccessTokenVerifier, KeyError, KeyFuture, VerificationKeySource};
use souk_domain::signing_key::VerificationKey;
use souk_runtime::{Dependencies, Error};
use souk_store::VerificationKeys;

/// Reads the keys from their table.
struct KeyStore(VerificationKeys);

impl VerificationKeySource for KeyStore {
    fn read(&self) -> KeyFuture<'_, Vec<VerificationKey>> {
        Box::pin(async {
            self.0.list().await.map_err(|error| {
                // The known keys stay in use, so this line is the only sign that a revocation may not have arrived.
                tracing::error!(event = "keys_not_read", %error, "the verification keys cannot be read");
                KeyError::Unavailable(error.to_string())
            })
        })
    }
}

/// Verifies access tokens with the keys of the table.
pub(crate) async fn access_token_verifier(deps: &Dependencies) -> Result<AccessTokenVerifier, Error> {
    Ok(AccessTokenVerifier::load(KeyStore(deps.verification_keys()?), deps.clock()).await?)
}
