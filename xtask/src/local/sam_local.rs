//! What `sam local invoke` needs to run a function against the running shop: `sam-local/template.yaml` and
//! `sam-local/env.json`.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::aws::{Aws, Function};
use crate::local::deploy;
use crate::paths::{self, Paths};
use crate::stack::Ports;

/// Environment variables by function, in sam's `--env-vars` format.
type Variables = BTreeMap<String, BTreeMap<String, String>>;

/// The line of template.yaml with the processor architecture of functions on AWS.
const ARCHITECTURE: &str = "    Architectures: [arm64]\n";
/// The beginning of the variables that all functions have.
const VARIABLES: &str = "\n    Environment: {Variables: {";

/// Writes both files. The names of tables change with the stack.
pub(crate) fn write(aws: &Aws, ports: Ports, paths: &Paths) -> Result<()> {
    let folder = paths.home.join("sam-local");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let deployed = fs::read_to_string(paths.root.join("template.yaml")).context("cannot read template.yaml")?;
    let template = template(&deployed, &ports.aws_url(), &paths.root)?;
    paths::write_whole(&folder.join("template.yaml"), template.as_bytes(), false)?;
    let variables = variables(aws.functions()?);
    paths::write_whole(&folder.join("env.json"), &serde_json::to_vec_pretty(&variables)?, false)
}

/// Adapts the deployed template to this machine: its processor, for which `up` builds; MiniStack's address, as sam sets
/// only variables that a template names; absolute paths.
fn template(deployed: &str, aws_url: &str, root: &Path) -> Result<String> {
    for line in [ARCHITECTURE, VARIABLES] {
        if !deployed.contains(line) {
            bail!("template.yaml has no line with `{}`", line.trim());
        }
    }
    let architecture = if ARCH == "aarch64" { "arm64" } else { ARCH };
    let architecture = format!("    Architectures: [{architecture}]\n");
    let variables = format!("{VARIABLES}AWS_ENDPOINT_URL: '{aws_url}', ");
    let code = format!("CodeUri: {}/target/", root.display());
    let here = deployed.replace(ARCHITECTURE, &architecture).replacen(VARIABLES, &variables, 1);
    Ok(here.replace("CodeUri: target/", &code))
}

fn variables(functions: Vec<Function>) -> Variables {
    let prefix = format!("{}-", deploy::STACK);
    let known = functions.into_iter().filter_map(|function| {
        let name = function.name.strip_prefix(&prefix)?;
        Some((logical_id(name), function.environment?.variables))
    });
    known.collect()
}

/// `place-order` is `PlaceOrderFunction` in template.yaml.
fn logical_id(function: &str) -> String {
    let words = function.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<String>() + "Function"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_template_is_adapted_to_this_machine() {
        let deployed = include_str!("../../../template.yaml");
        let here = template(deployed, "http://127.0.0.1:4566", Path::new("/souk")).expect("it names a processor");
        assert!(!here.contains("[arm64]") || ARCH == "aarch64");
        assert!(here.contains("    Environment: {Variables: {AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', CURRENCY: "));
        assert!(
            here.contains("CodeUri: /souk/target/lambda/orders/bootstrap.zip\n") && !here.contains("CodeUri: target/")
        );
        assert!(template("Globals: {}", "", Path::new("/")).is_err());
    }

    #[test]
    fn functions_are_named_as_in_the_template() {
        let listed = json!([
            { "FunctionName": "souk-place-order", "Environment": { "Variables": { "CURRENCY": "USD" } } },
            { "FunctionName": "souk-bare" },
            { "FunctionName": "other-login", "Environment": { "Variables": {} } },
        ]);
        let found = variables(serde_json::from_value(listed).expect("as Lambda lists them"));
        assert_eq!(found.len(), 1);
        assert_eq!(found["PlaceOrderFunction"]["CURRENCY"], "USD");
        let deployed = include_str!("../../../template.yaml");
        assert!(deployed.contains(&format!("\n  {}:\n", logical_id("remove-cart-item"))));
    }
}
