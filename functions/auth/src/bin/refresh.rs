//! `POST /auth/refresh`

use souk_auth_functions::SessionKeeper;
use souk_auth_functions::refresh::Refresh;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = Refresh { users: wiring.users()?, keeper: SessionKeeper::from_wiring(&wiring).await? };
    http::run("refresh", endpoint).await
}
