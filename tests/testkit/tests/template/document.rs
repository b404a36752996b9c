//! `template.yaml` as the tests read it.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

pub(crate) const TEMPLATE: &str = include_str!("../../../../template.yaml");

pub(crate) struct Template(pub(crate) Value);

impl Template {
    pub(crate) fn read() -> Self {
        Self(serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML"))
    }

    pub(crate) fn resources(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let resources = self.0["Resources"].as_mapping().expect("Resources").iter();
        let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id.as_str().expect("a name"), &resource["Properties"])).collect()
    }

    pub(crate) fn functions(&self) -> BTreeMap<&str, &Value> {
        let functions = self.resources("AWS::Serverless::Function");
        assert!(functions.len() > 20, "{}", functions.len());
        functions
    }

    /// The sources of events of every function but HTTP: function, source, type, properties.
    pub(crate) fn sources(&self) -> Vec<(&str, &str, &str, &Value)> {
        let mut sources = Vec::new();
        for (function, properties) in self.functions() {
            for (name, event) in properties["Events"].as_mapping().into_iter().flatten() {
                let kind = event["Type"].as_str().expect("a type");
                if kind != "HttpApi" {
                    sources.push((function, name.as_str().expect("a name"), kind, &event["Properties"]));
                }
            }
        }
        assert!(sources.len() > 5, "{}", sources.len());
        sources
    }

    /// The dead-letter queues.
    pub(crate) fn dead_letter_queues(&self) -> BTreeSet<&str> {
        let queues = self.resources("AWS::SQS::Queue");
        queues.into_keys().filter(|id| id.ends_with("DeadLetterQueue")).collect()
    }

    /// The dead-letter queue of a queue.
    pub(crate) fn dead_letters_of(&self, queue: &str) -> Option<&str> {
        self.resources("AWS::SQS::Queue")
            .get(queue)
            .and_then(|queue| named(&queue["RedrivePolicy"]["deadLetterTargetArn"]))
    }

    pub(crate) fn alarms(&self, namespace: &str, metric: &str) -> BTreeSet<&str> {
        let alarms = self.resources("AWS::CloudWatch::Alarm").into_values();
        let of_metric = alarms.filter(|alarm| alarm["Namespace"] == namespace && alarm["MetricName"] == metric);
        of_metric.filter_map(|alarm| named(&alarm["Dimensions"][0]["Value"])).collect()
    }
}

/// The resource that `!Ref X` or `!GetAtt X.Y` names.
pub(crate) fn named(value: &Value) -> Option<&str> {
    let Value::Tagged(tagged) = value else { return None };
    let name = tagged.value.as_str().filter(|_| tagged.tag == "Ref" || tagged.tag == "GetAtt")?;
    Some(name.split_once('.').map_or(name, |(resource, _)| resource))
}

/// The text of `!Sub text`, or of a plain text.
pub(crate) fn text(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    }
}

/// `orders` of `target/lambda/orders/`: the service whose binary the function runs.
pub(crate) fn service(function: &Value) -> &str {
    let path = text(&function["CodeUri"]).strip_prefix("target/lambda/").expect("a binary that cargo lambda builds");
    path.split_once('/').expect("a folder").0
}

/// `place-order` of `PlaceOrderFunction`.
pub(crate) fn word(function: &str) -> String {
    let mut word = String::new();
    for letter in function.strip_suffix("Function").expect("a function is called …Function").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}
