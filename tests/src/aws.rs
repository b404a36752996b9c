//! Direct calls to the local AWS: queues, rules, tables, functions. Without an SDK, which would take longer to compile
//! than the tests.

use std::time::Duration;

use serde_json::{Value, json};

use crate::json::Json;
use crate::shop::Shop;
use crate::wait::{SOON_SECONDS, eventually};

/// How long a function that reads everything may take on a small machine that runs other tests.
const CALL_TIMEOUT: Duration = Duration::from_mins(5);

impl Shop {
    /// Invokes a function that has no route (`redrive`).
    pub fn invoke(&self, function: &str, payload: &Value) -> Json {
        self.try_invoke(function, payload).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, where the function may fail.
    pub fn try_invoke(&self, function: &str, payload: &Value) -> Result<Json, String> {
        self.aws("lambda", &format!("{}/invocations", self.function_path(function)), None, payload)
    }

    /// Invokes an idempotent function that reads whole tables until it answers: on a small machine under load a read may
    /// time out. Every other failure panics.
    pub fn invoke_until_available(&self, function: &str, payload: &Value) -> Json {
        eventually(SOON_SECONDS, &format!("{function} finds its database available"), || {
            match self.try_invoke(function, payload) {
                Ok(report) => Some(report),
                Err(error) if error.contains("is unavailable") => None,
                Err(error) => panic!("{error}"),
            }
        })
    }

    /// A variable of a function's environment, such as the name of a table.
    pub fn variable(&self, function: &str, name: &str) -> String {
        self.function(function).text(&format!("Environment.Variables.{name}"))
    }

    /// The configuration of a function.
    pub fn function(&self, function: &str) -> Json {
        let path = format!("{}/configuration", self.function_path(function));
        let request =
            self.api.agent.get(format!("{}{path}", self.aws_url)).header("authorization", credential("lambda"));
        parse(&path, request.call()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Changes the configuration of a function, whose processes end.
    pub fn configure(&self, function: &str, changes: &Value) {
        let path = format!("{}/configuration", self.function_path(function));
        let request =
            self.api.agent.put(format!("{}{path}", self.aws_url)).header("authorization", credential("lambda"));
        let sent = request.header("content-type", "application/json").send(changes.to_string());
        parse(&path, sent).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Stops or allows invocations of a function. Meanwhile its queues keep their messages.
    pub fn allow_invocations(&self, function: &str, allowed: bool) {
        self.cap_invocations(function, (!allowed).then_some(0));
    }

    /// Sets or removes the reserved concurrency of a function, which is a cap.
    pub fn cap_invocations(&self, function: &str, at_most: Option<u32>) {
        let url = format!("{}/2017-10-31/functions/{}-{function}/concurrency", self.aws_url, self.stack_name);
        let authorization = credential("lambda");
        let sent = match at_most {
            None => self.api.agent.delete(url).header("authorization", authorization).call(),
            Some(at_most) => {
                let request = self.api.agent.put(url).header("authorization", authorization);
                let body = json!({"ReservedConcurrentExecutions": at_most}).to_string();
                request.header("content-type", "application/json").send(body)
            }
        };
        let status = sent.unwrap_or_else(|error| panic!("{error}")).status();
        assert!(status.is_success(), "the concurrency of {function} is not changed: {status}");
    }

    /// The names of the stack's functions: `place-order`.
    pub fn functions(&self) -> Vec<String> {
        let (mut names, mut marker) = (Vec::new(), String::new());
        loop {
            let url = format!("{}/2015-03-31/functions/?Marker={marker}", self.aws_url);
            let request = self.api.agent.get(url).header("authorization", credential("lambda"));
            let page = parse("ListFunctions", request.call()).unwrap_or_else(|error| panic!("{error}"));
            let of_stack = |name: String| Some(name.strip_prefix(&self.stack_name)?.strip_prefix('-')?.to_owned());
            names.extend(page.texts("Functions", "FunctionName").into_iter().filter_map(of_stack));
            match page.at("NextMarker").map(|next| next.text("")).filter(|next| !["", "null"].contains(&next.as_str()))
            {
                Some(next) => marker = next,
                None => return names,
            }
        }
    }

    /// Calls an action of a service of the query protocol (IAM) and returns its XML.
    pub fn query(&self, service: &str, parameters: &[(&str, &str)]) -> String {
        let request = self.api.agent.post(&self.aws_url).header("authorization", credential(service));
        let mut response = request.send_form(parameters.iter().copied()).unwrap_or_else(|error| panic!("{error}"));
        let body = response.body_mut().read_to_string().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(response.status(), 200, "{parameters:?} answered {body}");
        body
    }

    /// The permissions that functions used or were refused since the last call (local/ministack_local.py).
    pub fn take_permissions(&self) -> Vec<Json> {
        let sent = self.api.agent.post(format!("{}/_souk/permissions", self.aws_url)).send_empty();
        parse("permissions", sent).unwrap_or_else(|error| panic!("{error}")).list("")
    }

    /// Calls an action of a service of the JSON protocol: `action("sqs", "AmazonSQS.SendMessage", …)`.
    pub fn action(&self, service: &str, target: &str, body: &Value) -> Json {
        self.aws(service, "/", Some(target), body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The URL of one of the shop's queues: `payment`, `payment-dead-letters`.
    pub fn queue_url(&self, name: &str) -> String {
        let name = format!("{}-{name}", self.stack_name);
        self.action("sqs", "AmazonSQS.GetQueueUrl", &json!({"QueueName": name})).text("QueueUrl")
    }

    /// Writes an object into the shop's imports bucket.
    pub fn put_object(&self, key: &str, content: &str) {
        let request = self.api.agent.put(self.object_url(&format!("/{key}"))).header("authorization", credential("s3"));
        let answer = request.send(content).unwrap_or_else(|error| panic!("{key} is not written: {error}"));
        assert_eq!(answer.status(), 200, "{key}");
    }

    /// Keys and contents of the objects of the imports bucket with this prefix.
    pub fn objects(&self, prefix: &str) -> Vec<(String, String)> {
        let get = |path: &str| {
            let request = self.api.agent.get(self.object_url(path)).header("authorization", credential("s3"));
            let mut answer = request.call().unwrap_or_else(|error| panic!("no answer to {path}: {error}"));
            assert_eq!(answer.status(), 200, "{path}");
            answer.body_mut().read_to_string().expect("a text")
        };
        let list = get(&format!("?list-type=2&prefix={prefix}"));
        let keys = list.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0));
        keys.map(|key| (key.to_owned(), get(&format!("/{key}")))).collect()
    }

    fn object_url(&self, path: &str) -> String {
        format!("{}/{}{path}", self.aws_url, self.variable("import-upload", "IMPORTS_BUCKET"))
    }

    fn function_path(&self, function: &str) -> String {
        format!("/2015-03-31/functions/{}-{function}", self.stack_name)
    }

    /// The local AWS checks no signature; the header only names the service.
    fn aws(&self, service: &str, path: &str, target: Option<&str>, body: &Value) -> Result<Json, String> {
        let request =
            self.api.agent.post(format!("{}{path}", self.aws_url)).header("authorization", credential(service));
        let request = request.header("content-type", "application/x-amz-json-1.0");
        let request = target.into_iter().fold(request, |request, target| request.header("x-amz-target", target));
        let request = request.config().timeout_global(Some(CALL_TIMEOUT)).build();
        parse(target.unwrap_or(path), request.send(body.to_string()))
    }
}

fn credential(service: &str) -> String {
    let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none")
}

fn parse(name: &str, sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Json, String> {
    let mut response = sent.map_err(|error| format!("{name} got no answer: {error}"))?;
    let failed = response.status() != 200 || response.headers().contains_key("x-amz-function-error");
    let body = response.body_mut().read_to_string();
    let body = body.map_err(|error| format!("the answer to {name} broke off: {error}"))?;
    if failed {
        return Err(format!("{name} answered {} {body}", response.status()));
    }
    let body = if body.is_empty() { "{}" } else { &body }; // some actions have no output
    Json::parse(body).ok_or_else(|| format!("{name} answered no JSON: {body}"))
}
