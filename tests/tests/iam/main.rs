//! Least privilege: each statement of each function's role is removed in turn, and the scenarios that use the function
//! must fail.
//!
//! The local AWS evaluates the policies of template.yaml at every call of a function and records which permissions were used
//! (local/ministack_local.py). The test runs every scenario once, so it knows which scenario needs which statement. Then it
//! removes one statement, ends the processes of the function, so that nothing is cached, runs the scenarios that need the
//! statement until one fails, and puts the statement back. A failure counts only if the local AWS refused the function
//! something meanwhile.
//!
//! It has a separate stack (`cargo xtask test --stage iam`), with Stripe as the provider and a second person for refunds
//! above 50.00. By default a random sample of statements is removed; with `--all` all of them.

mod conditions;
mod custom_resource;
mod mutation;
mod policies;
#[path = "../chaos/provider.rs"]
#[allow(dead_code, reason = "the test chaos uses the rest of it")]
mod provider;
mod report;
mod scenarios;
mod usage;
mod world;

use souk_e2e::{Shop, expect_limits};

use crate::report::Report;
use crate::world::World;

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage iam"]
fn the_removal_of_any_statement_of_a_role_is_noticed() {
    expect_limits();
    let world = World::start(Shop::open());
    let before = usage::take(world.shop); // of the deployment, such as those of custom resources
    let statements = policies::statements(world.shop);
    let runs = usage::record(&world);
    conditions::check(&world, &statements);
    let report = Report::new(&world, before, &statements, &runs);
    report.print_usage();
    let mutants = mutation::run(&world, mutation::sample(&statements), &runs);
    report.print_mutants(&mutants);
    report.check(&mutants);
}
