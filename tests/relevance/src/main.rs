//! `cargo xtask bench relevance`, or by hand: `souk-relevance URL [--catalogue FILE] [--seed N] [--each N] [--misses]`,
//! URL being an OpenSearch. Without a catalogue the generated one is measured. `--ask TEXT`, any number of times,
//! prints the first ten for a text instead. `--stemmers` compares stemmers on the catalogue's nouns instead.

#![allow(clippy::print_stdout, reason = "a command line tool talks to people on standard output")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use souk_relevance::catalogue::Catalogue;
use souk_relevance::derive::derive;
use souk_relevance::measure::{Miss, Tally, measure};
use souk_relevance::shop::Shop;
use souk_relevance::stemmers::{Compared, compare};
use souk_search::SearchQuery;

/// Products of the generated catalogue.
const GENERATED: u64 = 20_000;

struct Options {
    url: String,
    catalogue: Option<String>,
    seed: u64,
    of_each: u64,
    misses: bool,
    stemmers: bool,
    texts: Vec<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let url = arguments.next().ok_or("the first argument must be the address of an OpenSearch")?;
        let mut options =
            Self { url, catalogue: None, seed: 1, of_each: 100, misses: false, stemmers: false, texts: Vec::new() };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--catalogue" => options.catalogue = Some(value()?),
                "--seed" => options.seed = value()?.parse()?,
                "--each" => options.of_each = value()?.parse()?,
                "--misses" => options.misses = true,
                "--stemmers" => options.stemmers = true,
                "--ask" => options.texts.push(value()?),
                _ => return Err(format!("unknown argument {argument}").into()),
            }
        }
        Ok(options)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let catalogue = match &options.catalogue {
        Some(file) => Catalogue::open(Path::new(file))?,
        None => Catalogue::generated(GENERATED)?,
    };
    let alias = format!("relevance-{}", std::process::id());
    let shop = if options.stemmers {
        Shop::empty(&options.url, &alias).await?
    } else {
        Shop::open(&options.url, &alias, &catalogue).await?
    };
    let measured = match options.texts.as_slice() {
        _ if options.stemmers => stemmers(&options.url, &alias, &catalogue).await,
        [] => report(&shop, &catalogue, &options).await,
        texts => ask(&shop, &catalogue, texts).await,
    };
    shop.close().await?;
    measured
}

async fn ask(shop: &Shop, catalogue: &Catalogue, texts: &[String]) -> Result<(), Box<dyn Error>> {
    for text in texts {
        let page = shop.index.search(&SearchQuery { text: Some(text.clone()), ..SearchQuery::default() }).await?;
        println!("\n{text}: {} found", page.total);
        for id in page.product_ids.iter().take(10) {
            let item = catalogue.items.iter().find(|item| item.product.product_id == *id);
            let leaf = item.and_then(|item| item.product.category.leaf()).map_or("", |leaf| &leaf.name);
            println!("    {} [{leaf}]", item.map_or("", |item| &item.product.name));
        }
    }
    Ok(())
}

async fn stemmers(url: &str, alias: &str, catalogue: &Catalogue) -> Result<(), Box<dyn Error>> {
    let of = |(all, split): (usize, usize)| format!("{split} of {all}");
    println!(
        "{:<28} {:>12} {:>12} {:>9} {:>14} {:>7}",
        "two stems for one noun:", "seen", "held out", "missed %", "false friends", "others"
    );
    let compared = compare(url, alias, catalogue).await?;
    for Compared { name, counts } in &compared {
        let Some(counts) = counts else {
            println!("{name:<28} not on this server");
            continue;
        };
        println!(
            "{name:<28} {:>12} {:>12} {:>9} {:>14} {:>7}",
            of(counts.seen),
            of(counts.held_out),
            format!("{}.{}", counts.missed_thousandths / 10, counts.missed_thousandths % 10),
            counts.false_friends.len(),
            counts.others,
        );
    }
    for Compared { name, counts } in &compared {
        let Some(counts) = counts else { continue };
        println!("\n{name}\n    two stems: {}", counts.examples.join(" "));
        println!("    false friends: {}", counts.false_friends.join(" "));
        println!("    others: {}", counts.other_examples.join(" "));
    }
    Ok(())
}

async fn report(shop: &Shop, catalogue: &Catalogue, options: &Options) -> Result<(), Box<dyn Error>> {
    let queries = derive(catalogue, options.seed, options.of_each);
    println!("{} products, {} queries, seed {}", catalogue.items.len(), queries.len(), options.seed);
    // Warm-up, not counted.
    measure(&shop.index, catalogue, queries.iter().step_by(10)).await?;
    for (name, held_out) in [("seen while tuning", false), ("held out", true)] {
        let half = queries.iter().filter(|query| query.held_out == held_out);
        let (tallies, misses) = measure(&shop.index, catalogue, half).await?;
        print(name, &tallies);
        // Misses of held-out queries are not shown.
        for Miss { kind, text, expected, found } in misses.iter().filter(|_| options.misses && !held_out) {
            println!("{kind}: {text}\n    expected {expected}\n    found    {found}");
        }
    }
    Ok(())
}

fn print(name: &str, tallies: &BTreeMap<&str, Tally>) {
    println!(
        "\n{name:<30} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8}",
        "n", "hit@1", "hit@10", "MRR", "P@10", "empty", "p50 ms", "p99 ms"
    );
    let mut all = Tally::default();
    for (kind, tally) in tallies {
        print_row(kind, tally);
        all.merge(tally);
    }
    print_row("all", &all);
}

fn print_row(kind: &str, tally: &Tally) {
    let share = |share: Option<u64>| share.map_or("-".to_owned(), |share| format!("{}.{}", share / 10, share % 10));
    let (first, ten, rank, list) = (tally.hit_1(), tally.hit_10(), tally.reciprocal_rank(), tally.precision_10());
    println!(
        "{kind:<30} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8}",
        tally.asked,
        share(first),
        share(ten),
        share(rank),
        share(list),
        tally.empty,
        ms(tally.percentile(50)),
        ms(tally.percentile(99)),
    );
}

fn ms(time: Duration) -> String {
    format!("{}.{}", time.as_micros() / 1000, time.as_micros() / 100 % 10)
}
