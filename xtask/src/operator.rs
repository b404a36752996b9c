//! Functions without a route, asked by an operator: those of the shop that runs here straight, those on AWS through the
//! `aws` command line and the rights of its user.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::aws::Aws;
use crate::paths::Paths;
use crate::stack::Stack;

/// The longest that a function may run, and a little, in seconds.
const READ_TIMEOUT_SECONDS: &str = "960";

/// Where the functions are.
pub(crate) enum Operator<'a> {
    /// Here.
    Local(Aws, String),
    /// On AWS, in this stack.
    OnAws(String, &'a Paths),
}

impl<'a> Operator<'a> {
    /// Of a stack on AWS, or of the shop that runs here if none is named.
    pub(crate) fn of(stack: Option<&str>, paths: &'a Paths) -> Result<Self> {
        if let Some(stack) = stack {
            return Ok(Self::OnAws(stack.to_owned(), paths));
        }
        let stack = Stack::read(&paths.home.join("stack.json"))?;
        Ok(Self::Local(Aws::patient(stack.aws_endpoint_url), stack.stack_name))
    }

    /// Calls a function (`redrive`) and waits for its answer.
    pub(crate) fn ask(&self, function: &str, payload: &Value) -> Result<Value> {
        match self {
            Self::Local(aws, stack) => aws.invoke(&format!("{stack}-{function}"), payload),
            Self::OnAws(stack, paths) => invoke(&format!("{stack}-{function}"), payload, paths),
        }
    }
}

/// `aws lambda invoke`, which writes the function's answer to a file and whether it failed to standard output.
fn invoke(function: &str, payload: &Value, paths: &Paths) -> Result<Value> {
    fs::create_dir_all(&paths.home).with_context(|| format!("cannot create {}", paths.home.display()))?;
    let (question, file) = (paths.home.join("operator-question.json"), paths.home.join("operator-answer.json"));
    fs::write(&question, payload.to_string()).with_context(|| format!("cannot write {}", question.display()))?;
    let mut aws = Command::new("aws");
    aws.args(["lambda", "invoke", "--function-name", function, "--cli-read-timeout", READ_TIMEOUT_SECONDS]);
    // As a file of bytes, which both versions of the command line take as it is.
    aws.args(["--query", "FunctionError", "--output", "text", "--payload"]);
    aws.arg(format!("fileb://{}", question.display())).arg(&file);
    let failure = run_aws(&mut aws).with_context(|| format!("cannot invoke {function}"))?;
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if failure.trim() != "None" {
        bail!("{function} failed: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{function} answers no JSON"))
}

/// Runs the `aws` command line with the rights of its user and returns what it says.
pub(crate) fn run_aws(aws: &mut Command) -> Result<String> {
    let Ok(output) = aws.output() else {
        bail!(
            "the aws command line is missing: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
        )
    };
    if !output.status.success() {
        bail!("the aws command line says: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
