//! Fills a deployed shop: a staff user, and the sample catalogue.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::Api;
use crate::aws::Aws;
use crate::clock::Stopwatch;
use crate::paths::{self, Paths};
use crate::progress::{self, Phase};
use crate::{deploy, import, interrupt, random};

/// Remembers, inside the local AWS, how far the sample is: `loading` or `loaded`.
const SAMPLE: &str = "/souk/local/sample";
/// How long search may take to know a loaded catalogue, for every started thousand of products.
const INDEX_WAIT_PER_THOUSAND: Duration = Duration::from_mins(3);

/// Who may load products and ship orders.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Staff {
    /// The account.
    pub(crate) email: String,
    /// Its password.
    pub(crate) password: String,
}

/// The staff user of an earlier `up` when it still can log in, else a new one. Says whether it is new.
pub(crate) fn ensure_staff(api: &Api, aws: &Aws, paths: &Paths) -> Result<(Staff, bool)> {
    let phase = Phase::start("make a staff user");
    let file = paths.home.join("staff.json");
    let known = fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Staff>(&text).ok());
    if let Some(staff) = known
        && api.login(&staff.email, &staff.password)?.status == 200
    {
        grant(aws, &staff)?;
        phase.done(&format!("{} is there", staff.email));
        return Ok((staff, false));
    }
    let staff = register(api)?;
    grant(aws, &staff)?;
    paths::write_whole(&file, &serde_json::to_vec_pretty(&staff)?, true)?;
    phase.done(&staff.email);
    Ok((staff, true))
}

/// An address that is taken (its password was lost) makes room for another.
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

/// Loads the sample unless the shop has products, and waits until search knows them. Says whether it loaded.
pub(crate) fn ensure_products(products: u64, staff: &Staff, api: &Api, aws: &Aws) -> Result<bool> {
    if products == 0 {
        return Ok(false);
    }
    let there = api.product_count()?;
    let half_loaded = aws.parameter(SAMPLE)?.is_some_and(|state| state == "loading");
    if there > 0 && !half_loaded {
        Phase::start("load the sample catalogue").done(&format!("the shop has {there} products"));
        return Ok(false);
    }
    aws.put_parameter(SAMPLE, "loading")?;
    let lines = import::sample_lines(products, souk_sample::DEFAULT_SEED);
    let summary = import::load("load the sample catalogue", lines, api, staff)?;
    if summary.bad > 0 {
        bail!("the shop refused {} lines of the sample catalogue", summary.bad);
    }
    wait_indexed(products, api)?;
    aws.put_parameter(SAMPLE, "loaded")?;
    Ok(true)
}

fn wait_indexed(products: u64, api: &Api) -> Result<()> {
    let mut phase = Phase::start("wait until search knows every product");
    let thousands = u32::try_from(products / 1_000 + 1).context("that many products")?;
    let waiting = Stopwatch::start();
    loop {
        let known = api.product_count()?;
        if known >= products {
            phase.done(&format!("{known} products"));
            return Ok(());
        }
        if waiting.elapsed() > INDEX_WAIT_PER_THOUSAND * thousands {
            bail!("search knows only {known} of {products} products after {}", waiting.text());
        }
        phase.tick(&format!("{} {known}", progress::bar(known, products)));
        interrupt::sleep_millis(250)?;
    }
}
