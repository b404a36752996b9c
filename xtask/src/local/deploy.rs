//! Deploys template.yaml, unmodified, to MiniStack.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::aws::Aws;
use crate::clock::Stopwatch;
use crate::paths::Paths;
use crate::progress::Phase;
use crate::stack::Ports;
use crate::{interrupt, process};

/// The CloudFormation stack.
pub(crate) const STACK: &str = "souk";
/// The bucket to which sam uploads the archives of the services.
const BUCKET: &str = "souk-deploy";
/// The parameters that samconfig.toml sets for the local stack.
/// A search may take longer here than on AWS: OpenSearch shares its cores with everything else.
const LOCAL_PARAMETERS: [&str; 4] =
    ["Stage=local", "MailSender=shop@souk.example", "RefundApprovalAmount=100000", "SearchTimeoutMs=1500"];
/// The address of `MailSender`, as which the local SES sends mails.
const MAIL_SENDER: &str = "shop@souk.example";
/// The parameter in MiniStack's Parameter Store with the fingerprint of the last deployment.
const DEPLOYED: &str = "/souk/local/deployed";
/// The longest wait for a deployment that an earlier run started.
const SETTLE_WAIT: Duration = Duration::from_mins(5);

/// Deploys unless exactly this is deployed already. `functions` changes whenever a binary does. `parameters`
/// (`HoldSeconds=60`) replace those of samconfig.toml. Returns the API's address, and whether it deployed.
pub(crate) fn run(
    functions: &str,
    parameters: &[String],
    aws: &Aws,
    ports: Ports,
    paths: &Paths,
) -> Result<(String, bool)> {
    let mut phase = Phase::start("deploy template.yaml with sam");
    let wanted = fingerprint(functions, parameters, paths)?;
    aws.verify_sender(MAIL_SENDER)?;
    let stack = settled(aws, &mut phase)?;
    let usable = stack.is_some_and(|status| ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status.as_str()));
    if usable && aws.parameter(DEPLOYED)?.is_some_and(|deployed| deployed == wanted) {
        phase.done("nothing changed");
        return Ok((api_url(aws, ports)?, false));
    }
    aws.create_bucket(BUCKET)?;
    let mut sam = Command::new(paths.python_tool("sam"));
    process::local_aws(&mut sam, &ports.aws_url(), paths).current_dir(&paths.root);
    sam.env("SAM_CLI_POLL_DELAY", "0.2"); // seconds; 5 by default, for the rate limits of AWS
    sam.args(["deploy", "--template-file", "template.yaml", "--config-env", "local", "--stack-name", STACK]);
    sam.args(["--region", crate::aws::REGION, "--s3-bucket", BUCKET]);
    sam.args(["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]);
    if !parameters.is_empty() {
        // This replaces what samconfig.toml says.
        sam.arg("--parameter-overrides").args(LOCAL_PARAMETERS).args(parameters);
    }
    process::run_logged(&mut sam, &paths.log("deploy"), &mut phase)?;
    aws.put_parameter(DEPLOYED, &wanted)?;
    phase.done("");
    Ok((api_url(aws, ports)?, true))
}

fn api_url(aws: &Aws, ports: Ports) -> Result<String> {
    let stack = aws.stack(STACK)?.context("the stack is gone")?;
    let api = stack.outputs.get("ApiId").context("template.yaml has no output ApiId")?;
    Ok(format!("{}/_aws/execute-api/{api}", ports.aws_url()))
}

/// Waits until no operation is in progress and returns the stack's status; none if there is no stack. A stack whose
/// creation failed is deleted, as CloudFormation cannot update it.
fn settled(aws: &Aws, phase: &mut Phase) -> Result<Option<String>> {
    let waiting = Stopwatch::start();
    loop {
        let Some(stack) = aws.stack(STACK)? else { return Ok(None) };
        match stack.status.as_str() {
            "REVIEW_IN_PROGRESS" => return Ok(Some(stack.status)),
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" => aws.delete_stack(STACK)?,
            "DELETE_COMPLETE" => return Ok(None),
            status if !status.ends_with("_IN_PROGRESS") => return Ok(Some(stack.status)),
            _ => {}
        }
        if waiting.elapsed() > SETTLE_WAIT {
            bail!("the stack is stuck in {}: start again with `cargo xtask up --fresh`", stack.status);
        }
        phase.tick(&stack.status);
        interrupt::sleep_millis(200)?;
    }
}

/// A fingerprint of everything that decides what is deployed.
fn fingerprint(functions: &str, parameters: &[String], paths: &Paths) -> Result<String> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut text = String::new();
    // The launcher decides how MiniStack reads the template.
    for name in ["template.yaml", "samconfig.toml", "local/ministack_local.py"] {
        let content = fs::read_to_string(paths.root.join(name)).with_context(|| format!("cannot read {name}"))?;
        writeln!(text, "{name}\n{content}")?;
    }
    let mut hasher = DefaultHasher::new();
    (text, functions, parameters).hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
