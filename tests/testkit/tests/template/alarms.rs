//! Alarms and metrics.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Template, named, text, word};

/// Most metrics of an alarm with a math expression, as CloudWatch has it.
const ALARM_METRICS: usize = 10;

/// One alarm watches several functions; its graph shows the errors of each by name.
#[test]
fn every_function_is_watched_by_one_alarm_that_names_it() {
    let template = Template::read();
    let mut watched: BTreeMap<&str, &str> = BTreeMap::new();
    for (alarm, properties) in template.resources("AWS::CloudWatch::Alarm") {
        let Some(queries) = properties["Metrics"].as_sequence() else { continue };
        let (metrics, sums): (Vec<_>, Vec<_>) = queries.iter().partition(|query| query["Expression"].is_null());
        assert!(metrics.len() <= ALARM_METRICS, "{alarm} has {} metrics", metrics.len());
        // A function without a call has no data: without FILL, the sum would have none either.
        assert!(sums.len() == 1 && sums[0]["Expression"] == "SUM(FILL(METRICS(), 0))", "{alarm}");
        for query in metrics {
            let metric = &query["MetricStat"]["Metric"];
            assert!(metric["Namespace"] == "AWS/Lambda" && metric["MetricName"] == "Errors", "{alarm}");
            assert!(query["MetricStat"]["Stat"] == "Sum" && query["ReturnData"] == false, "{alarm}");
            let function = named(&metric["Dimensions"][0]["Value"]).expect("a function of this template");
            assert_eq!(query["Label"], word(function).as_str(), "{alarm}");
            assert_eq!(watched.insert(function, alarm), None, "{function} is watched twice");
        }
    }
    assert_eq!(watched.into_keys().collect::<BTreeSet<_>>(), template.functions().into_keys().collect());
}

#[test]
fn metrics_of_this_stack_are_in_one_namespace() {
    let template = Template::read();
    let own = "Souk/${AWS::StackName}";
    let filters = template.resources("AWS::Logs::MetricFilter");
    assert!(!filters.is_empty());
    for (id, filter) in filters {
        assert_eq!(text(&filter["MetricTransformations"][0]["MetricNamespace"]), own, "{id}");
    }
    for (id, alarm) in template.resources("AWS::CloudWatch::Alarm") {
        let namespace = text(&alarm["Namespace"]);
        assert!(alarm["Namespace"].is_null() || namespace.starts_with("AWS/") || namespace == own, "{id}: {namespace}");
    }
}

#[test]
fn every_alarm_has_an_action_and_a_description() {
    for (id, alarm) in Template::read().resources("AWS::CloudWatch::Alarm") {
        assert!(!alarm["AlarmActions"].is_null() && !alarm["AlarmDescription"].is_null(), "{id}");
    }
}
