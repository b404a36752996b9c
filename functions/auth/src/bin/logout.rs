//! `POST /auth/logout`

use souk_auth_functions::logout::Logout;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("logout", Logout { sessions: wiring.sessions()?, clock: wiring.clock() }).await
}
