//! Queues, streams and schedules: no event is lost without notice.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use crate::document::{Template, named};

#[test]
fn every_queue_has_a_dead_letter_queue_with_an_alarm() {
    let template = Template::read();
    let dead_letter_queues = template.dead_letter_queues();
    for queue in template.resources("AWS::SQS::Queue").into_keys() {
        if !dead_letter_queues.contains(queue) {
            let target = template.dead_letters_of(queue).unwrap_or_else(|| panic!("{queue} has no dead-letter queue"));
            assert!(dead_letter_queues.contains(target), "the dead letters of {queue} go to {target}");
        }
    }
    let alarms = template.alarms("AWS/SQS", "ApproximateNumberOfMessagesVisible");
    let silent: Vec<_> = dead_letter_queues.difference(&alarms).collect();
    assert!(silent.is_empty(), "no alarm for {silent:?}");
}

/// The next run of these functions does the work of a failed one, and their alarm rings, so they need no failure
/// destination.
const WITHOUT_DESTINATION: [&str; 2] = ["ReconcileFunction", "RotateSigningKeyFunction"];

#[test]
fn every_event_source_has_a_failure_destination() {
    let template = Template::read();
    let dead_letter_queues = template.dead_letter_queues();
    let seconds = |value: &Value| value.as_u64().unwrap_or(10); // the template's default
    for (function, name, kind, source) in template.sources() {
        let properties = template.functions()[function];
        let on_failure =
            |config: &Value| named(&config["DestinationConfig"]["OnFailure"]["Destination"]).map(str::to_owned);
        let destination = match kind {
            "SQS" => {
                let queue = named(&source["Queue"]).expect("a queue of this template");
                let hidden =
                    template.resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"].as_u64().expect("seconds");
                assert!(
                    hidden >= 6 * seconds(&properties["Timeout"]),
                    "the visibility timeout of {queue} is too short for {function}"
                );
                template.dead_letters_of(queue).map(str::to_owned)
            }
            "DynamoDB" => on_failure(source),
            // Lambda calls the function asynchronously.
            "Schedule" if WITHOUT_DESTINATION.contains(&function) => continue,
            "Schedule" | "ScheduleV2" | "S3" | "EventBridgeRule" => on_failure(&properties["EventInvokeConfig"]),
            other => panic!("{function}.{name}: state here the failure destination of a source of type {other}"),
        };
        let destination = destination.unwrap_or_else(|| panic!("{function}.{name} has no failure destination"));
        assert!(dead_letter_queues.contains(destination.as_str()), "{function}.{name} sends failures to {destination}");
        if ["SQS", "DynamoDB"].contains(&kind) {
            assert_eq!(source["FunctionResponseTypes"][0], "ReportBatchItemFailures", "{function}.{name}");
        }
        if kind == "DynamoDB" {
            let hours = source["MaximumRecordAgeInSeconds"].as_u64().expect("a maximum age") / 3600;
            assert!(hours <= 12, "{function}.{name} must give up while the stream still has its records");
        }
    }
}

#[test]
fn no_stream_has_more_than_two_consumers() {
    let mut consumers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let template = Template::read();
    for (function, _, kind, source) in template.sources() {
        if kind == "DynamoDB" {
            consumers.entry(named(&source["Stream"]).expect("a stream")).or_default().insert(function);
        }
    }
    for (table, functions) in consumers {
        assert!(functions.len() <= 2, "{table}: {functions:?}");
    }
}

/// `redrive` is configured with every dead-letter queue and its source, and has the permissions for them.
#[test]
fn redrive_knows_every_dead_letter_queue() {
    let template = Template::read();
    let redrive = template.functions()["RedriveFunction"];
    let Value::Tagged(queues) = &redrive["Environment"]["Variables"]["DEAD_LETTER_QUEUES"] else { panic!("a !Sub") };
    let words: Vec<_> = queues.value.as_str().expect("a text").split_whitespace().collect();
    let name = |word: &str| word.trim_start_matches("${").trim_end_matches('}').to_owned();
    let known: BTreeMap<_, _> = words.chunks(3).map(|triple| (name(triple[1]), name(triple[2]))).collect();
    let all: BTreeSet<_> = template.dead_letter_queues().into_iter().map(str::to_owned).collect();
    assert_eq!(known.keys().cloned().collect::<BTreeSet<_>>(), all);

    let queues = template.resources("AWS::SQS::Queue").into_keys();
    let sources: BTreeMap<_, _> =
        queues.filter_map(|queue| Some((template.dead_letters_of(queue)?.to_owned(), queue.to_owned()))).collect();
    for (dead_letter_queue, source) in known {
        let expected = sources.get(&dead_letter_queue).map_or("-", String::as_str);
        assert_eq!(source, expected, "{dead_letter_queue}");
    }

    let statements = redrive["Policies"][0]["Statement"].as_sequence().expect("statements");
    let may = |action: &str| -> BTreeSet<String> {
        let granting = statements.iter().filter(|statement| {
            statement["Action"].as_sequence().is_some_and(|actions| actions.iter().any(|granted| granted == action))
        });
        let resources = granting.flat_map(|statement| match &statement["Resource"] {
            Value::Sequence(many) => many.iter().collect(),
            one => vec![one],
        });
        resources.filter_map(named).map(str::to_owned).collect()
    };
    assert_eq!(may("sqs:ReceiveMessage"), all);
    assert_eq!(may("sqs:DeleteMessage"), all);
    assert_eq!(may("sqs:SendMessage"), sources.into_values().collect());
}
