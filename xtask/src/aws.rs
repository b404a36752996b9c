//! Calls to the local AWS. Without an SDK, which would take longer to compile than everything else in xtask.

use std::collections::BTreeMap;
use std::fs::File;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

use crate::api;

/// The region of the local stack.
pub(crate) const REGION: &str = "us-east-1";
/// The timeout of calls that do not invoke a function. Sam deploys, so none of them is slow.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// Longer than a function may run (15 minutes).
const FUNCTION_TIMEOUT: Duration = Duration::from_mins(16);

/// MiniStack's AWS services. It checks no signature; the header only selects the service.
pub(crate) struct Aws {
    url: String,
    agent: Agent,
}

/// A CloudFormation stack.
#[derive(Debug, PartialEq)]
pub(crate) struct StackState {
    /// `CREATE_COMPLETE`, …
    pub(crate) status: String,
    /// Its outputs.
    pub(crate) outputs: BTreeMap<String, String>,
}

/// A function as Lambda lists it.
#[derive(Deserialize)]
pub(crate) struct Function {
    /// `souk-place-order`, …
    #[serde(rename = "FunctionName")]
    pub(crate) name: String,
    /// None for a function without variables.
    #[serde(rename = "Environment")]
    pub(crate) environment: Option<Environment>,
}

/// The environment of a function.
#[derive(Deserialize)]
pub(crate) struct Environment {
    /// The variables by name.
    #[serde(rename = "Variables", default)]
    pub(crate) variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionPage {
    functions: Vec<Function>,
    next_marker: Option<String>,
}

impl Aws {
    /// A client of the MiniStack at this URL.
    pub(crate) fn new(url: String) -> Self {
        Self { url, agent: api::agent(CALL_TIMEOUT) }
    }

    /// The same, with a timeout for functions that run for minutes.
    pub(crate) fn for_long_functions(url: String) -> Self {
        Self { url, agent: api::agent(FUNCTION_TIMEOUT) }
    }

    /// The URL of MiniStack.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The state of a CloudFormation stack; `None` if it does not exist.
    pub(crate) fn stack(&self, name: &str) -> Result<Option<StackState>> {
        let (status, text) = self.cloudformation("DescribeStacks", name)?;
        match status {
            200 => Ok(parse_stack(&text)),
            400 if text.contains("does not exist") => Ok(None),
            _ => bail!("DescribeStacks answers {status}: {text}"),
        }
    }

    /// Starts deleting a stack.
    pub(crate) fn delete_stack(&self, name: &str) -> Result<()> {
        let (status, text) = self.cloudformation("DeleteStack", name)?;
        if status != 200 {
            bail!("DeleteStack answers {status}: {text}");
        }
        Ok(())
    }

    /// Creates a bucket unless it exists.
    pub(crate) fn create_bucket(&self, name: &str) -> Result<()> {
        let request = self.agent.put(format!("{}/{name}", self.url)).header("authorization", credential("s3"));
        let status = request.send_empty().context("S3 does not answer")?.status().as_u16();
        if ![200, 409].contains(&status) {
            bail!("CreateBucket answers {status}");
        }
        Ok(())
    }

    /// Writes an object, from a file of any size.
    pub(crate) fn put_object(&self, bucket: &str, key: &str, content: &File) -> Result<()> {
        let request = self.agent.put(format!("{}/{bucket}/{key}", self.url)).header("authorization", credential("s3"));
        let status = request.send(content).context("S3 does not answer")?.status().as_u16();
        if status != 200 {
            bail!("PutObject answers {status}");
        }
        Ok(())
    }

    /// The content of an object, which has to fit into memory.
    pub(crate) fn object(&self, bucket: &str, key: &str) -> Result<Vec<u8>> {
        self.s3(&format!("{bucket}/{key}"))
    }

    /// All keys with this prefix. Neither they nor the prefix may contain characters that URLs or XML escape.
    pub(crate) fn object_keys(&self, bucket: &str, prefix: &str) -> Result<Vec<String>> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let after = keys.last().map_or("", String::as_str);
            let page = self.s3(&format!("{bucket}?list-type=2&prefix={prefix}&start-after={after}"))?;
            let page = String::from_utf8(page).context("ListObjectsV2 did not return text")?;
            let known = keys.len();
            keys.extend(page.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned())));
            if keys.len() == known {
                return Ok(keys);
            }
        }
    }

    fn s3(&self, path: &str) -> Result<Vec<u8>> {
        let request = self.agent.get(format!("{}/{path}", self.url)).header("authorization", credential("s3"));
        let mut response = request.call().context("S3 does not answer")?;
        let content = response.body_mut().read_to_vec().context("S3's answer was cut off")?;
        if response.status() != 200 {
            bail!("S3 answers {} to {path}", response.status());
        }
        Ok(content)
    }

    /// An SSM parameter: a value that is saved, restored and lost together with the rest of the local AWS.
    pub(crate) fn parameter(&self, name: &str) -> Result<Option<String>> {
        let (status, answer) = self.json("ssm", "AmazonSSM.GetParameter", &json!({ "Name": name }))?;
        match status {
            200 => Ok(answer.pointer("/Parameter/Value").and_then(Value::as_str).map(str::to_owned)),
            400 => Ok(None),
            _ => bail!("GetParameter answers {status}: {answer}"),
        }
    }

    /// Writes an SSM parameter.
    pub(crate) fn put_parameter(&self, name: &str, value: &str) -> Result<()> {
        let request = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true });
        let (status, answer) = self.json("ssm", "AmazonSSM.PutParameter", &request)?;
        if status != 200 {
            bail!("PutParameter answers {status}: {answer}");
        }
        Ok(())
    }

    /// Creates a secret and returns its ARN.
    pub(crate) fn create_secret(&self, name: &str, value: &str) -> Result<String> {
        let request = json!({ "Name": name, "SecretString": value });
        let (status, answer) = self.json("secretsmanager", "secretsmanager.CreateSecret", &request)?;
        match answer.get("ARN").and_then(Value::as_str) {
            Some(arn) if status == 200 => Ok(arn.to_owned()),
            _ => bail!("CreateSecret answers {status}: {answer}"),
        }
    }

    /// Makes an address one that SES sends from. The local SES verifies it at once.
    pub(crate) fn verify_sender(&self, address: &str) -> Result<()> {
        let request =
            self.agent.post(format!("{}/v2/email/identities", self.url)).header("authorization", credential("ses"));
        let request = request.header("content-type", "application/json");
        let mut response =
            request.send(json!({ "EmailIdentity": address }).to_string()).context("SES does not answer")?;
        let text = response.body_mut().read_to_string().context("SES's answer was cut off")?;
        if response.status() != 200 && !text.contains("AlreadyExists") {
            bail!("CreateEmailIdentity answers {}: {text}", response.status());
        }
        Ok(())
    }

    /// Invokes a function and waits for its response.
    pub(crate) fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.url);
        let request = self.agent.post(&url).header("authorization", credential("lambda"));
        let mut response = request.send(payload.to_string()).with_context(|| format!("cannot invoke {function}"))?;
        let failed = response.status() != 200 || response.headers().contains_key("x-amz-function-error");
        let text = response.body_mut().read_to_string().context("the function's answer was cut off")?;
        if failed {
            bail!("{function} failed: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Every function.
    pub(crate) fn functions(&self) -> Result<Vec<Function>> {
        let mut functions = Vec::new();
        let mut marker = None;
        loop {
            let url = format!("{}/2015-03-31/functions/", self.url);
            let request = self.agent.get(&url).header("authorization", credential("lambda"));
            let request = request.query_pairs(marker.iter().map(|marker: &String| ("Marker", marker.as_str())));
            let mut response = request.call().context("Lambda does not answer")?;
            let text = response.body_mut().read_to_string().context("Lambda's answer was cut off")?;
            if response.status() != 200 {
                bail!("ListFunctions answers {}: {text}", response.status());
            }
            let page: FunctionPage =
                serde_json::from_str(&text).context("ListFunctions returned an unexpected response")?;
            functions.extend(page.functions);
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(functions);
            }
        }
    }

    /// The first items of a table, in DynamoDB's JSON: about as many as `limit`, and all of a smaller table.
    pub(crate) fn scan(&self, table: &str, limit: usize) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let mut request = json!({ "TableName": table, "ConsistentRead": true });
            if let Some(start) = start {
                request["ExclusiveStartKey"] = start;
            }
            let (status, mut answer) = self.json("dynamodb", "DynamoDB_20120810.Scan", &request)?;
            if status != 200 {
                bail!("Scan of {table} answers {status}: {answer}");
            }
            items.extend(answer["Items"].as_array_mut().map(std::mem::take).unwrap_or_default());
            start = answer.get("LastEvaluatedKey").filter(|key| !key.is_null()).cloned();
            if start.is_none() || items.len() >= limit {
                return Ok(items);
            }
        }
    }

    fn cloudformation(&self, action: &str, stack: &str) -> Result<(u16, String)> {
        let request = self.agent.post(format!("{}/", self.url)).header("authorization", credential("cloudformation"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let form = format!("Action={action}&Version=2010-05-15&StackName={stack}");
        let mut response = request.send(form).context("CloudFormation does not answer")?;
        let text = response.body_mut().read_to_string().context("CloudFormation's answer was cut off")?;
        Ok((response.status().as_u16(), text))
    }

    fn json(&self, service: &str, target: &str, body: &Value) -> Result<(u16, Value)> {
        let request = self.agent.post(format!("{}/", self.url)).header("authorization", credential(service));
        let request = request.header("content-type", "application/x-amz-json-1.1").header("x-amz-target", target);
        let mut response = request.send(body.to_string()).with_context(|| format!("{service} does not answer"))?;
        let text = response.body_mut().read_to_string().with_context(|| format!("{target}'s answer was cut off"))?;
        Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }
}

fn credential(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=none"
    )
}

/// Reads status and outputs from the XML of `DescribeStacks`.
fn parse_stack(xml: &str) -> Option<StackState> {
    let status = between(xml, "<StackStatus>", "</StackStatus>")?.to_owned();
    let mut outputs = BTreeMap::new();
    let mut rest = xml;
    while let Some(key) = between(rest, "<OutputKey>", "</OutputKey>") {
        let at = rest.find("<OutputKey>")? + "<OutputKey>".len();
        rest = &rest[at..];
        outputs.insert(key.to_owned(), between(rest, "<OutputValue>", "</OutputValue>")?.to_owned());
    }
    Some(StackState { status, outputs })
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_read_from_xml() {
        let xml = "<r><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>\
            <member><OutputKey>ApiId</OutputKey><OutputValue>abc</OutputValue></member>\
            <member><OutputKey>B</OutputKey><OutputValue>c</OutputValue></member></Outputs></r>";
        let stack = parse_stack(xml).expect("it is complete");
        assert_eq!(stack.status, "CREATE_COMPLETE");
        assert_eq!(stack.outputs["ApiId"], "abc");
        assert_eq!(stack.outputs["B"], "c");
        assert_eq!(parse_stack("<r/>"), None);
    }
}
