//! Invokes functions that have no route: those of the local shop directly, those on AWS through the `aws` command line
//! with the permissions of its user.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::aws::Aws;
use crate::paths::Paths;
use crate::stack::Stack;

/// Longer than a function may run (15 minutes), in seconds.
const READ_TIMEOUT_SECONDS: &str = "960";

/// The shop whose functions are invoked.
pub(crate) enum Operator<'a> {
    /// The local shop: its AWS and its stack.
    Local(Aws, String),
    /// The shop of this stack on AWS.
    OnAws(String, &'a Paths),
}

impl<'a> Operator<'a> {
    /// The shop of a stack on AWS, or the local one if none is named.
    pub(crate) fn of(stack: Option<&str>, paths: &'a Paths) -> Result<Self> {
        if let Some(stack) = stack {
            return Ok(Self::OnAws(stack.to_owned(), paths));
        }
        let stack = Stack::read(&paths.home.join("stack.json"))?;
        Ok(Self::Local(Aws::for_long_functions(stack.aws_endpoint_url), stack.stack_name))
    }

    /// Invokes a function (`redrive`) and waits for its response.
    pub(crate) fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        match self {
            Self::Local(aws, stack) => aws.invoke(&format!("{stack}-{function}"), payload),
            Self::OnAws(stack, paths) => invoke(&format!("{stack}-{function}"), payload, paths),
        }
    }
}

/// Runs `aws lambda invoke`, which writes the response to a file, and to standard output whether the function failed.
fn invoke(function: &str, payload: &Value, paths: &Paths) -> Result<Value> {
    fs::create_dir_all(&paths.home).with_context(|| format!("cannot create {}", paths.home.display()))?;
    let (payload_file, file) = (paths.home.join("operator-payload.json"), paths.home.join("operator-response.json"));
    fs::write(&payload_file, payload.to_string())
        .with_context(|| format!("cannot write {}", payload_file.display()))?;
    let mut aws = Command::new("aws");
    aws.args(["lambda", "invoke", "--function-name", function, "--cli-read-timeout", READ_TIMEOUT_SECONDS]);
    // As a file of bytes, which both versions of the command line accept.
    aws.args(["--query", "FunctionError", "--output", "text", "--payload"]);
    aws.arg(format!("fileb://{}", payload_file.display())).arg(&file);
    let failure = run_aws(&mut aws).with_context(|| format!("cannot invoke {function}"))?;
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if failure.trim() != "None" {
        bail!("{function} failed: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{function} did not return JSON"))
}

/// Runs the `aws` command line and returns its output.
pub(crate) fn run_aws(aws: &mut Command) -> Result<String> {
    let Ok(output) = aws.output() else {
        bail!(
            "the aws command line is missing: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
        )
    };
    if !output.status.success() {
        bail!("the aws command line failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
