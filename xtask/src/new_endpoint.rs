//! `cargo xtask new-endpoint`: writes what every endpoint has, and lists what only a person can fill in.
//!
//! It first makes all texts in memory and refuses what does not fit. Only then does it write files.

mod docs;
mod endpoint;
mod event;
mod registration;
mod source;
mod steps;
mod template;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::endpoint::{CallerOption, Name, NewEndpoint, Permission, Route, Summary};
use crate::local::functions::SERVICES;
use crate::paths::{self, Paths};

/// Options of `cargo xtask new-endpoint`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Method and path, such as "POST /orders/{order_id}/notes"
    route: Route,
    /// The name of the endpoint, such as add-order-note
    #[arg(long)]
    name: Name,
    /// The service that gets it, such as orders
    #[arg(long)]
    service: String,
    /// Who may call it
    #[arg(long)]
    caller: CallerOption,
    /// With --caller staff: the permission that it needs, such as stock:write
    #[arg(long, required_if_eq("caller", "staff"))]
    permission: Option<Permission>,
    /// What it does, such as "Adds a note to an order"
    #[arg(long)]
    summary: Option<Summary>,
    /// A POST, PUT or PATCH without a request body
    #[arg(long)]
    no_body: bool,
}

/// Writes the files and prints what is left to do.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let endpoint = NewEndpoint {
        name: options.name.clone(),
        route: options.route.clone(),
        service: options.service.clone(),
        caller: options.caller.with(options.permission)?,
        summary: options.summary.clone(),
        has_body: options.route.may_have_a_body() && !options.no_body,
    };
    let files = plan(&endpoint, &paths.root)?;
    for file in &files {
        paths::write_whole(&paths.root.join(&file.path), file.text.as_bytes(), false)?;
        println!("{} {}", if file.before.is_empty() { "wrote  " } else { "changed" }, file.path);
    }
    println!("\n{}", steps::left(&endpoint, &files, &paths.root)?);
    Ok(())
}

/// A file of the workspace with its new text.
struct FileText {
    /// From the root of the workspace.
    path: String,
    /// The text that it has; empty if it does not exist.
    before: String,
    /// The text that it gets.
    text: String,
}

/// All files that the command writes. Fails if the endpoint cannot be added.
fn plan(endpoint: &NewEndpoint, root: &Path) -> Result<Vec<FileText>> {
    endpoint.check()?;
    check_service(endpoint, root)?;
    let crate_folder = format!("functions/{}/src", endpoint.service);
    let module = endpoint.name.snake();
    let edited = |path: &str, edit: &dyn Fn(&str) -> Result<String>| -> Result<FileText> {
        let before = read(root, path)?;
        let text = edit(&before).with_context(|| path.to_owned())?;
        Ok(FileText { path: path.to_owned(), before, text })
    };
    let formatted = |path: &str, edit: &dyn Fn(&str) -> Result<String>| -> Result<FileText> {
        edited(path, &|before| registration::formatted(&edit(before)?, root))
    };
    let new = |path: String, text: String| -> Result<FileText> {
        if root.join(&path).exists() {
            bail!("{path} exists");
        }
        Ok(FileText { path, before: String::new(), text })
    };
    if root.join(&crate_folder).join(&module).exists() {
        bail!("{crate_folder}/{module} exists");
    }
    Ok(vec![
        edited("template.yaml", &|text| template::with_endpoint(text, endpoint))?,
        new(format!("{crate_folder}/{module}.rs"), registration::formatted(&source::text(endpoint), root)?)?,
        formatted(&format!("{crate_folder}/lib.rs"), &|text| registration::in_lib(text, endpoint))?,
        formatted(&format!("{crate_folder}/handlers.rs"), &|text| registration::in_handlers(text, endpoint))?,
        formatted(&format!("{crate_folder}/operations.rs"), &|text| registration::in_operations(text, endpoint))?,
        new(format!("events/{}.json", endpoint.name), event::text(endpoint))?,
        edited("docs/architecture.md", &|text| docs::in_architecture(text, endpoint))?,
        edited("CHANGELOG.md", &|text| docs::in_changelog(text, endpoint))?,
    ])
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

/// Crates that the code of a new endpoint uses.
const CRATES: [&str; 6] = ["schemars", "serde", "souk-domain", "souk-runtime", "souk-testkit", "tokio"];

/// The service exists and has the crates that the new code uses.
fn check_service(endpoint: &NewEndpoint, root: &Path) -> Result<()> {
    let service = &endpoint.service;
    if !SERVICES.contains(&service.as_str()) {
        bail!("there is no service {service:?}; the services are {}", SERVICES.join(", "));
    }
    if !root.join(format!("functions/{service}/src/operations.rs")).exists() {
        bail!("{service} has no routes: it needs the modules `operations` and `handlers` of the other services first");
    }
    let manifest = format!("functions/{service}/Cargo.toml");
    let manifest_text = read(root, &manifest)?;
    let has = |name: &str| manifest_text.lines().any(|line| line.starts_with(&format!("{name}.workspace")));
    let missing: Vec<_> = CRATES.into_iter().filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        bail!("a new endpoint uses {}: add that to {manifest} first", missing.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
