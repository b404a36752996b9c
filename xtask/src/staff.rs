//! The staff user of a deployed shop.

use std::fs;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::Api;
use crate::aws::Aws;
use crate::local::deploy;
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::random;

/// A user with the staff role.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Staff {
    /// The address of the account.
    pub(crate) email: String,
    /// Its password.
    pub(crate) password: String,
}

/// Returns the staff user of an earlier `up` if it can still log in, otherwise a new one, and whether it is new.
pub(crate) fn ensure(api: &Api, aws: &Aws, paths: &Paths) -> Result<(Staff, bool)> {
    let phase = Phase::start("create a staff user");
    let file = paths.home.join("staff.json");
    let known = fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Staff>(&text).ok());
    if let Some(staff) = known
        && api.login(&staff.email, &staff.password)?.status == 200
    {
        grant(aws, &staff)?;
        phase.done(&format!("{} exists", staff.email));
        return Ok((staff, false));
    }
    let staff = register(api)?;
    grant(aws, &staff)?;
    paths::write_whole(&file, &serde_json::to_vec_pretty(&staff)?, true)?;
    phase.done(&staff.email);
    Ok((staff, true))
}

/// Uses another address if the first is taken, which happens after its password was lost.
fn register(api: &Api) -> Result<Staff> {
    let password = random::hex(16)?;
    let mut email = "staff@souk.example".to_owned();
    for _ in 0..3 {
        let answer = api.register(&email, &password)?;
        match answer.status {
            201 => return Ok(Staff { email, password }),
            409 => email = format!("staff-{}@souk.example", random::hex(4)?),
            _ => bail!("cannot register {email}: {}", answer.problem()),
        }
    }
    bail!("no free address for the staff user")
}

fn grant(aws: &Aws, staff: &Staff) -> Result<()> {
    let function = format!("{}-grant-role", deploy::STACK);
    aws.invoke(&function, &json!({ "email": staff.email, "role": "staff" })).map(drop)
}
