//! Measures search quality: queries are derived from a catalogue by rules, run, and scored against the products that
//! the same rules say are relevant. Deterministic for a seed.
//!
//! Half of the queries of each kind is held out: tune search with the other half, and report both. Relevance comes
//! neither from human judgements nor from search itself.

pub mod catalogue;
pub mod derive;
pub mod derived;
mod edits;
pub mod measure;
mod nouns;
pub mod plurals;
pub mod shop;
pub mod stemmers;
mod things;
