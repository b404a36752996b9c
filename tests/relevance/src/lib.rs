//! How well search finds, measured: queries are derived from a catalogue by rules, asked, and scored against what the
//! same rules say must be found. Deterministic for a seed.
//!
//! Half of the queries of each kind is held out: whoever changes how search works looks at the other half, and reports
//! both. Nothing here comes from people's judgements, and nothing of search itself is used to decide what is right.

pub mod catalogue;
pub mod derive;
mod edits;
pub mod measure;
mod nouns;
pub mod shop;
