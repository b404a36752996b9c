//! The crash matrix: every step of an order's lifecycle gets every [`Fault`] at each of its outside effects. Then the
//! client retries or gives up, the platform delivers again, and in the end money, stock and orders must be reconciled.
//!
//! The matrix is built from `rows::ROWS`. `coverage` fails when a function of template.yaml that writes orders or stock
//! has no row, and does not compile when an event of the order has none.

mod coverage;
mod rows;
mod scenario;
mod steps;

use souk_faults::injector::Fault;

use crate::rows::Row;
use crate::scenario::Scenario;

/// Whether the client retries after the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Retries,
    GivesUp,
}

/// Runs one step with every fault at every effect.
async fn inject_everywhere(row: &Row) {
    let effects = Box::pin(without_faults(row)).await;
    assert!(!effects.is_empty(), "{} has no outside effect", row.name);
    let mut cases = 0;
    for effect in 0..effects.len() {
        for fault in Fault::ALL {
            for client in [Client::Retries, Client::GivesUp] {
                let mut scenario = Scenario::open(&format!(
                    "{} {fault:?} at effect {effect} of {effects:?}, the client {client:?}",
                    row.name
                ))
                .await;
                (row.prepare)(&mut scenario).await;
                scenario.shop.injector.inject(effect, fault);
                (row.act)(&mut scenario).await;
                scenario.shop.injector.clear();
                if client == Client::Retries {
                    (row.act)(&mut scenario).await;
                }
                scenario.run_until_idle().await;
                let retried = client == Client::Retries;
                scenario.check(retried, if retried { row.ends } else { row.ends_without_retry }).await;
                cases += 1;
            }
        }
    }
    eprintln!("{}: {cases} cases over the effects {effects:?}", row.name);
}

/// Runs the step without faults; returns its effects.
async fn without_faults(row: &Row) -> Vec<String> {
    let mut scenario = Scenario::open(&format!("{}, without faults", row.name)).await;
    (row.prepare)(&mut scenario).await;
    scenario.shop.injector.clear();
    (row.act)(&mut scenario).await;
    let effects = scenario.shop.injector.clear();
    scenario.run_until_idle().await;
    scenario.check(true, row.ends).await;
    effects
}
