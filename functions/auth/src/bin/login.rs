//! `POST /auth/login`

use souk_auth_functions::SessionKeeper;
use souk_auth_functions::login::Login;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let keeper = SessionKeeper::from_wiring(&wiring).await?;
    http::run("login", Login { users: wiring.users()?, limits: wiring.limits()?, keeper }).await
}
