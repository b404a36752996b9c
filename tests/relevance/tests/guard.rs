//! Guards search quality: bounds somewhat below the measured values, on the generated catalogue, with the OpenSearch of
//! `SOUK_CONTRACT_OPENSEARCH`. Without it this test is skipped; CI sets it.

use std::collections::BTreeSet;

use souk_relevance::catalogue::Catalogue;
use souk_relevance::derive::derive;
use souk_relevance::measure::{Tally, measure};
use souk_relevance::shop::Shop;

/// Few enough to be indexed in seconds, and enough that words match many products.
const PRODUCTS: u64 = 3_000;
/// Queries of each kind.
const OF_EACH: u64 = 16;
const SEED: u64 = 11;
/// Kinds of query that this catalogue has; its names have no model numbers.
const KINDS: usize = 44;

#[tokio::test]
async fn search_quality_is_within_bounds() {
    let Ok(url) = std::env::var("SOUK_CONTRACT_OPENSEARCH") else {
        eprintln!("skipped: SOUK_CONTRACT_OPENSEARCH names no OpenSearch");
        return;
    };
    let catalogue = Catalogue::generated(PRODUCTS).expect("a catalogue");
    let queries = derive(&catalogue, SEED, OF_EACH);
    let shop = Shop::open(&url, &format!("test-guard-{}", std::process::id()), &catalogue).await.expect("filled");
    let measured = measure(&shop.index, &catalogue, queries.iter()).await;
    shop.close().await.expect("removed");
    let (tallies, misses) = measured.expect("answered");

    let mut all = Tally::default();
    for (kind, tally) in &tallies {
        all.merge(tally);
        let (found, listed) = (tally.hit_10(), tally.precision_10());
        assert!(found.is_none_or(|share| share >= 850), "{kind}: {found:?} of a thousand among ten; {misses:#?}");
        // "piece" of a 450 piece set is judged to be a thing.
        let bound = if kind.starts_with("thing:") { 800 } else { 850 };
        assert!(listed.is_none_or(|share| share >= bound), "{kind}: {listed:?} of a thousand right; {misses:#?}");
    }
    assert_eq!((tallies.len(), all.empty), (KINDS, 0), "{misses:#?}");
    for (what, share, bound) in [
        ("first", all.hit_1(), 960),
        ("among ten", all.hit_10(), 985),
        ("reciprocal rank", all.reciprocal_rank(), 970),
        ("lists", all.precision_10(), 970),
    ] {
        assert!(
            share.is_some_and(|share| share >= bound),
            "{what}: {share:?} of a thousand, {bound} expected; {misses:#?}"
        );
    }
}

#[test]
fn the_generated_catalogue_has_every_kind_of_query_but_model_numbers() {
    let catalogue = Catalogue::generated(PRODUCTS).expect("a catalogue");
    let kinds: BTreeSet<_> = derive(&catalogue, SEED, OF_EACH).iter().map(|query| query.kind).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
}

#[test]
fn the_same_seed_gives_the_same_queries_and_half_of_them_are_held_out() {
    let catalogue = Catalogue::generated(500).expect("a catalogue");
    let queries = |seed| {
        derive(&catalogue, seed, 6)
            .iter()
            .map(|q| format!("{} {} {:?}", q.kind, q.text, q.relevant))
            .collect::<Vec<_>>()
    };
    assert_eq!(queries(1), queries(1));
    assert_ne!(queries(1), queries(2));
    let held_out = derive(&catalogue, 1, 6).iter().filter(|query| query.held_out).count();
    assert!((queries(1).len() / 2 - 5..=queries(1).len() / 2).contains(&held_out), "{held_out}");
}
