//! `POST /auth/register`

use souk_auth_functions::SessionKeeper;
use souk_auth_functions::register::Register;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = Register { users: wiring.users()?, keeper: SessionKeeper::from_wiring(&wiring).await? };
    http::run("register", endpoint).await
}
