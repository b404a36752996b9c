//! The crash matrix: every step of an order's life is broken right before and right after each of its outside effects, in
//! every way of [`Fault`]. Then whoever asked asks again, the platform delivers what it would deliver again, and in the end
//! money, stock and orders must agree.
//!
//! The matrix is made from `rows::ROWS`. `coverage` fails when a function of template.yaml that moves orders or stock has no
//! row, and does not compile when an event of the order's life has none.

mod coverage;
mod rows;
mod scene;
mod steps;

use souk_faults::gate::Fault;

use crate::rows::Row;
use crate::scene::Scene;

/// Whether whoever asked asks again after the break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    AsksAgain,
    IsGone,
}

/// Breaks one step in every way.
async fn break_everywhere(row: &Row) {
    let effects = Box::pin(undisturbed(row)).await;
    assert!(!effects.is_empty(), "{} has no outside effect to break", row.name);
    let mut broken = 0;
    for effect in 0..effects.len() {
        for fault in Fault::ALL {
            for afterwards in [Afterwards::AsksAgain, Afterwards::IsGone] {
                let mut scene = Scene::open(&format!(
                    "{} {fault:?} at effect {effect} of {effects:?}, who asked {afterwards:?}",
                    row.name
                ))
                .await;
                (row.prepare)(&mut scene).await;
                scene.shop.gate.arm(effect, fault);
                (row.act)(&mut scene).await;
                scene.shop.gate.open();
                if afterwards == Afterwards::AsksAgain {
                    (row.act)(&mut scene).await;
                }
                scene.settle_down().await;
                scene.check(row, afterwards == Afterwards::AsksAgain).await;
                broken += 1;
            }
        }
    }
    eprintln!("{}: {broken} ways over the effects {effects:?}", row.name);
}

/// The step as it should be; returns its effects.
async fn undisturbed(row: &Row) -> Vec<String> {
    let mut scene = Scene::open(&format!("{}, undisturbed", row.name)).await;
    (row.prepare)(&mut scene).await;
    scene.shop.gate.open();
    (row.act)(&mut scene).await;
    let effects = scene.shop.gate.open();
    scene.settle_down().await;
    scene.check(row, true).await;
    effects
}
