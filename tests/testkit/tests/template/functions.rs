//! Every function has its name, handler, logs and sample event, and can be read.

use std::fs;
use std::path::Path;

use serde_yaml_ng::Value;

use crate::document::{TEMPLATE, Template, named, service, text, word};

#[test]
fn every_function_has_its_name_handler_logs_and_sample_event() {
    let template = Template::read();
    let logs = template.resources("AWS::Logs::LogGroup");
    for (function, properties) in template.functions() {
        let word = word(function);
        assert_eq!(text(&properties["FunctionName"]), format!("${{AWS::StackName}}-{word}"));
        assert_eq!(properties["Handler"], word.as_str(), "{function}");
        let group =
            named(&properties["LoggingConfig"]["LogGroup"]).unwrap_or_else(|| panic!("{function} has no log group"));
        let expected = format!("/aws/lambda/${{AWS::StackName}}-{}", service(properties));
        assert_eq!(text(&logs[group]["LogGroupName"]), expected, "{function}");
        check_sample_event(&word, properties);
    }
}

/// For an endpoint, the event has the route of the function, and the values of its parameters.
fn check_sample_event(word: &str, function: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../events/{word}.json"));
    let event = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    let event: serde_json::Value = serde_json::from_str(&event).expect("an event is JSON");
    let api = &function["Events"]["Api"]["Properties"];
    let Some(route) = api["Path"].as_str() else { return };
    assert_eq!(event["routeKey"], format!("{} {route}", text(&api["Method"]).to_uppercase()), "{word}");
    let parameters = event["pathParameters"].as_object().into_iter().flatten();
    let called = parameters.fold(route.to_owned(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), value.as_str().expect("a text"))
    });
    assert!(event["rawPath"] == called.as_str() && !called.contains('{'), "{word}: {}", event["rawPath"]);
}

/// Raised by a dated decision in docs/decisions.md only, like the number of resources in local/count_resources.py.
const TEMPLATE_LINES: usize = 3_900;
/// Maximum lines of a function whose only event source is the API.
const ENDPOINT_LINES: usize = 30;

#[test]
fn the_template_can_be_read() {
    let lines = TEMPLATE.lines().count();
    assert!(lines <= TEMPLATE_LINES, "{lines} lines");
    for (function, properties) in Template::read().functions() {
        let sources = properties["Events"].as_mapping();
        if sources.is_some_and(|sources| sources.values().all(|source| source["Type"] == "HttpApi")) {
            let head = format!("  {function}:");
            let body = TEMPLATE.lines().skip_while(|line| *line != head).skip(1);
            let lines = 1 + body.take_while(|line| line.starts_with("    ")).count();
            assert!(lines <= ENDPOINT_LINES, "{function} has {lines} lines");
        }
    }
}
