//! `cargo xtask sample`: prints the generated catalogue.

use std::io::{self, BufWriter, Write as _};

use anyhow::{Context, Result};

/// Options of `cargo xtask sample`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Number of products
    #[arg(long, value_name = "N", default_value_t = 2000)]
    products: u64,
    /// Seed of the generator
    #[arg(long, value_name = "S", default_value_t = souk_sample::DEFAULT_SEED)]
    seed: u64,
}

/// Prints the catalogue. A closed pipe (`| head`) ends it without an error.
pub(crate) fn run(options: &Options) -> Result<()> {
    match print(options.seed, options.products, &mut io::stdout().lock()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot print the catalogue"),
    }
}

/// Writes the first products of a catalogue, one per line.
pub(crate) fn print(seed: u64, products: u64, output: &mut impl io::Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    for index in 0..products {
        writeln!(output, "{}", souk_sample::line(seed, index))?;
    }
    output.flush()
}
