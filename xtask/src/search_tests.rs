//! The stage `search` of `cargo xtask test`: a stack with a shared cache, on which the tests measure how old lists are
//! (tests/tests/freshness.rs), and then kill OpenSearch and take its data away (tests/tests/outage).

use anyhow::Result;

use crate::paths::Paths;
use crate::redis::Redis;
use crate::stack::Ports;
use crate::{check, down, process, up};

/// Where its shop lives.
const HOME: &str = "target/local-test/search";

/// Makes the stack, runs the tests, stops everything.
pub(crate) fn run(paths: &Paths, held_back: &mut Vec<String>) -> Result<()> {
    let test = paths.with_home(HOME);
    drop(test.lock()?); // makes its folders
    let redis = Redis::start(&test)?;
    let parameters = || {
        // The emulator has no networks: any name will do.
        let network = ["CacheSubnetIds=subnet-local", "CacheSecurityGroupIds=sg-local"].map(str::to_owned);
        [&[format!("CacheUrl={}", redis.url())], &network[..]].concat()
    };
    let options = up::Options { detach: true, fresh: true, products: 0 };
    let tested = up::start_with(&|_| Ok(parameters()), &options, Ports::free()?, &test).and_then(|_| {
        for name in ["freshness", "outage"] {
            let mut cargo = process::cargo(paths);
            cargo.args(["test", "--package", "souk-e2e", "--features", "chaos", "--test", name, "--locked"]);
            cargo.args(["--", "--test-threads=1"]); // what is timed is timed alone
            cargo.env("SOUK_STACK", test.home.join("stack.json"));
            check::run_tests(&mut cargo, held_back)?;
        }
        Ok(())
    });
    let _lock = test.lock()?;
    down::stop_all(&test)?;
    tested
}
