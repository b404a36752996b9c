//! Fills a deployed shop with the sample catalogue.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use souk_accounts::staff::StaffSession;

use crate::api::Api;
use crate::aws::Aws;
use crate::clock::Stopwatch;
use crate::import::Login;
use crate::progress::{self, Phase};
use crate::{import, interrupt};

/// The parameter of the local AWS with the state of the sample: `loading` or `loaded`.
const SAMPLE: &str = "/souk/local/sample";
/// How long indexing may take for each thousand products.
const INDEX_WAIT_PER_THOUSAND: Duration = Duration::from_mins(3);

/// Loads the sample unless the shop has products, and waits until it is indexed. Returns whether it was loaded.
pub(crate) fn ensure_products(products: u64, staff: &StaffSession, api: &Api, aws: &Aws) -> Result<bool> {
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
    let summary = import::load("load the sample catalogue", lines, api, &Login::Local(staff))?;
    if summary.bad > 0 {
        bail!("the shop refused {} lines of the sample catalogue", summary.bad);
    }
    wait_indexed(products, api)?;
    aws.put_parameter(SAMPLE, "loaded")?;
    Ok(true)
}

fn wait_indexed(products: u64, api: &Api) -> Result<()> {
    let mut phase = Phase::start("wait until all products are indexed");
    let thousands = u32::try_from(products / 1_000 + 1).context("that many products")?;
    let waiting = Stopwatch::start();
    loop {
        let known = api.product_count()?;
        if known >= products {
            phase.done(&format!("{known} products"));
            return Ok(());
        }
        if waiting.elapsed() > INDEX_WAIT_PER_THOUSAND * thousands {
            bail!("only {known} of {products} products are indexed after {}", waiting.text());
        }
        phase.tick(&format!("{} {known}", progress::bar(known, products)));
        interrupt::sleep_millis(250)?;
    }
}
