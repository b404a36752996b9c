//! `cargo xtask openapi` runs this. It writes docs/openapi.yaml and the tables of docs/api.md; with the folder of recorded
//! responses as argument, it first replaces the examples.

use std::env;
use std::io;

fn main() -> io::Result<()> {
    if let Some(folder) = env::args_os().nth(1) {
        souk_openapi::replace_examples(folder.as_ref())?;
    }
    for file in souk_openapi::generated_files() {
        std::fs::write(&file.path, &file.text)?;
    }
    Ok(())
}
