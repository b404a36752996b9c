//! The secrets that these services read when they start.

use souk_auth::{AccessTokenIssuer, DeviceTokens, MacKey, Pseudonyms, RefreshTokens, SigningSecret};
use souk_runtime::{Dependencies, Error};

/// Issues access tokens with the private keys.
pub async fn access_token_issuer(deps: &Dependencies) -> Result<AccessTokenIssuer, Error> {
    let secret = SigningSecret::new(client(deps), deps.config().text("SIGNING_KEY_SECRET")?);
    Ok(AccessTokenIssuer::load(secret, deps.clock(), deps.random()).await?)
}

/// Issues and verifies refresh tokens.
pub async fn refresh_tokens(deps: &Dependencies) -> Result<RefreshTokens, Error> {
    Ok(RefreshTokens::new(mac_key(deps, "REFRESH_TOKEN_SECRET").await?))
}

/// Makes pseudonyms for counters and logs.
pub async fn pseudonyms(deps: &Dependencies) -> Result<Pseudonyms, Error> {
    Ok(Pseudonyms::new(mac_key(deps, "PSEUDONYM_SECRET").await?))
}

/// Issues and verifies the tokens of known devices.
pub async fn device_tokens(deps: &Dependencies) -> Result<DeviceTokens, Error> {
    Ok(DeviceTokens::new(mac_key(deps, "PSEUDONYM_SECRET").await?))
}

async fn mac_key(deps: &Dependencies, variable: &'static str) -> Result<MacKey, Error> {
    Ok(MacKey::read(&client(deps), deps.config().text(variable)?).await?)
}

fn client(deps: &Dependencies) -> aws_sdk_secretsmanager::Client {
    aws_sdk_secretsmanager::Client::new(deps.sdk())
}
