//! Rules for every function, queue and event source of `template.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_yaml_ng::Value;

const TEMPLATE: &str = include_str!("../../../template.yaml");

struct Template(Value);

impl Template {
    fn read() -> Self {
        Self(serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML"))
    }

    fn resources(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let resources = self.0["Resources"].as_mapping().expect("Resources").iter();
        let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id.as_str().expect("a name"), &resource["Properties"])).collect()
    }

    fn functions(&self) -> BTreeMap<&str, &Value> {
        let functions = self.resources("AWS::Serverless::Function");
        assert!(functions.len() > 20, "{}", functions.len());
        functions
    }

    /// The sources of events of every function but HTTP: function, source, type, properties.
    fn sources(&self) -> Vec<(&str, &str, &str, &Value)> {
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
    fn dead_letter_queues(&self) -> BTreeSet<&str> {
        let queues = self.resources("AWS::SQS::Queue");
        queues.into_keys().filter(|id| id.ends_with("DeadLetterQueue")).collect()
    }

    /// The dead-letter queue of a queue.
    fn dead_letters_of(&self, queue: &str) -> Option<&str> {
        self.resources("AWS::SQS::Queue")
            .get(queue)
            .and_then(|queue| named(&queue["RedrivePolicy"]["deadLetterTargetArn"]))
    }

    fn alarms(&self, namespace: &str, metric: &str) -> BTreeSet<&str> {
        let alarms = self.resources("AWS::CloudWatch::Alarm").into_values();
        let of_metric = alarms.filter(|alarm| alarm["Namespace"] == namespace && alarm["MetricName"] == metric);
        of_metric.filter_map(|alarm| named(&alarm["Dimensions"][0]["Value"])).collect()
    }
}

/// The resource that `!Ref X` or `!GetAtt X.Y` names.
fn named(value: &Value) -> Option<&str> {
    let Value::Tagged(tagged) = value else { return None };
    let name = tagged.value.as_str().filter(|_| tagged.tag == "Ref" || tagged.tag == "GetAtt")?;
    Some(name.split_once('.').map_or(name, |(resource, _)| resource))
}

/// The text of `!Sub text`, or of a plain text.
fn text(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    }
}

/// `orders` of `target/lambda/orders/`: the service whose binary the function runs.
fn service(function: &Value) -> &str {
    let path = text(&function["CodeUri"]).strip_prefix("target/lambda/").expect("a binary that cargo lambda builds");
    path.split_once('/').expect("a folder").0
}

/// `place-order` of `PlaceOrderFunction`.
fn word(function: &str) -> String {
    let mut word = String::new();
    for letter in function.strip_suffix("Function").expect("a function is called …Function").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

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

/// The name of a table in the documents, such as `store credit`, if the resource is a table or an index of one.
fn table_name(resource: &Value) -> Option<String> {
    let resource = text(resource);
    let resource = &resource[..resource.find("Table")?];
    let start = resource.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |before| before + 1);
    let name = word(&format!("{}Function", &resource[start..])).replace('-', " ");
    Some(name.replace("one time", "one-time"))
}

fn several(value: &Value) -> &[Value] {
    value.as_sequence().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The operations that the role of a function allows, by table.
fn allowed_operations(function: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let policies = function["Policies"].as_sequence().into_iter().flatten();
    for statement in policies.flat_map(|policy| several(&policy["Statement"])) {
        let actions = several(&statement["Action"]).iter().filter_map(|action| text(action).strip_prefix("dynamodb:"));
        let operations: BTreeSet<_> = actions.map(|action| action.trim_end_matches("Item").to_owned()).collect();
        for table in several(&statement["Resource"]).iter().filter_map(table_name) {
            allowed.entry(table).or_default().extend(operations.clone());
        }
    }
    allowed
}

/// The operations in the last cell of a row of docs/architecture.md, `carts (Get, Put), inventory (BatchGet)`, by table.
fn documented_operations(cell: &str, tables: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    const OPERATIONS: [&str; 9] =
        ["Get", "BatchGet", "Query", "Scan", "ConditionCheck", "Put", "Update", "Delete", "BatchWrite"];
    let parts = cell.split(')').filter_map(|part| part.split_once('('));
    let operations = parts.map(|(name, operations)| {
        let words = operations.split([' ', ',']).map(|word| if word == "TransactGet" { "Get" } else { word });
        let operations = words.filter(|word| OPERATIONS.contains(word)).map(str::to_owned).collect();
        (name.rsplit(',').next().unwrap_or_default().trim().to_owned(), operations)
    });
    operations.filter(|(name, _)| tables.contains(name)).collect()
}

#[test]
fn the_architecture_lists_the_table_operations_of_each_function() {
    const DOCUMENT: &str = include_str!("../../../docs/architecture.md");
    let template = Template::read();
    let tables = template.resources("AWS::DynamoDB::Table").into_keys();
    let tables = tables.filter_map(|id| table_name(&Value::from(id))).collect();
    let rows: BTreeMap<&str, &str> = DOCUMENT
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            (cells.len() == 7).then(|| (cells[1], cells[5]))
        })
        .collect();
    for (function, properties) in template.functions() {
        let word = word(function);
        let cell = rows.get(word.as_str()).unwrap_or_else(|| panic!("docs/architecture.md has no row of {word}"));
        assert_eq!(documented_operations(cell, &tables), allowed_operations(properties), "{word}");
    }
}

#[test]
fn the_operations_list_every_parameter_with_its_default() {
    const DOCUMENT: &str = include_str!("../../../docs/operations.md");
    let section = DOCUMENT.split("\n## ").find(|section| section.starts_with("Parameters\n")).expect("the section");
    let rows: BTreeMap<&str, &str> = section
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            (cells.len() == 6 && cells[1].starts_with(|first: char| first.is_ascii_uppercase()))
                .then(|| (cells[1], cells[2]))
        })
        .collect();
    let template = Template::read();
    let parameters = template.0["Parameters"].as_mapping().expect("Parameters").iter();
    let parameters: BTreeMap<_, _> = parameters
        .map(|(name, parameter)| {
            let default = match &parameter["Default"] {
                Value::Number(number) => number.to_string(),
                text => text.as_str().expect("a default").to_owned(),
            };
            (name.as_str().expect("a name"), default)
        })
        .collect();
    assert_eq!(rows.keys().collect::<Vec<_>>(), parameters.keys().collect::<Vec<_>>());
    for (name, default) in parameters {
        assert_eq!(rows[name], default, "{name}");
    }
}

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

/// The control plane of OpenSearch Service limits the rate of calls, so only the custom resource calls it.
#[test]
fn only_prepare_search_calls_the_control_plane() {
    let template = Template::read();
    for (function, properties) in template.functions() {
        let policies = serde_yaml_ng::to_string(&properties["Policies"]).expect("YAML");
        assert_eq!(policies.contains("es:DescribeDomain"), function == "PrepareSearchFunction", "{function}");
    }
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

#[test]
fn every_alarm_has_an_action_and_a_description() {
    for (id, alarm) in Template::read().resources("AWS::CloudWatch::Alarm") {
        assert!(!alarm["AlarmActions"].is_null() && !alarm["AlarmDescription"].is_null(), "{id}");
    }
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

#[test]
fn every_bucket_is_private_encrypted_and_expires_its_objects() {
    let template = Template::read();
    let policies = template.resources("AWS::S3::BucketPolicy");
    let buckets = template.resources("AWS::S3::Bucket");
    assert!(!buckets.is_empty());
    for (id, bucket) in buckets {
        let blocked = bucket["PublicAccessBlockConfiguration"].as_mapping().expect("a block of public access");
        assert!(blocked.len() == 4 && blocked.values().all(|value| *value == true), "{id}");
        assert!(!bucket["BucketEncryption"].is_null(), "{id} is not encrypted");
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_sequence().expect("rules");
        let ends = |rule: &Value| rule["ExpirationInDays"].is_number() && rule["Prefix"].is_null();
        assert!(rules.iter().any(ends), "{id} keeps everything");
        assert!(rules.iter().any(|rule| !rule["AbortIncompleteMultipartUpload"].is_null()), "{id}");
        let policy = policies.values().find(|policy| named(&policy["Bucket"]) == Some(id)).expect("a policy");
        let refuses_plain = |statement: &Value| {
            statement["Effect"] == "Deny" && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        };
        let statements = policy["PolicyDocument"]["Statement"].as_sequence().expect("statements");
        assert!(statements.iter().any(refuses_plain), "{id} answers without TLS");
    }
}

/// A function that writes to the prefix that triggers it would call itself for ever.
#[test]
fn import_upload_never_writes_an_upload() {
    let template = Template::read();
    let statements = template.functions()["ImportUploadFunction"]["Policies"][0]["Statement"].as_sequence();
    let writing = statements.expect("statements").iter().filter(|statement| statement["Action"][0] == "s3:PutObject");
    let places: Vec<_> = writing
        .flat_map(|statement| statement["Resource"].as_sequence().expect("a list").iter())
        .map(|resource| match resource {
            Value::Tagged(tagged) => tagged.value.as_str().expect("a text").to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(places, ["${ImportsBucket.Arn}/parts/*", "${ImportsBucket.Arn}/reports/*"]);
}

/// The value of a condition or parameter in the section `Rules`: a text or true or false.
#[derive(Debug, Clone, PartialEq)]
enum RuleValue {
    Text(String),
    Bool(bool),
}

/// Evaluates the functions that our rules use, as CloudFormation does.
fn evaluate(expression: &Value, parameters: &BTreeMap<String, String>) -> RuleValue {
    let Value::Tagged(tagged) = expression else {
        return RuleValue::Text(text(expression).to_owned());
    };
    let arguments = tagged.value.as_sequence().into_iter().flatten();
    let arguments: Vec<_> = arguments.map(|argument| evaluate(argument, parameters)).collect();
    let is_true = |value: &RuleValue| *value == RuleValue::Bool(true);
    match tagged.tag.to_string().trim_start_matches('!') {
        "Ref" => RuleValue::Text(parameters[tagged.value.as_str().expect("a parameter")].clone()),
        "Equals" => RuleValue::Bool(arguments.len() == 2 && arguments[0] == arguments[1]),
        "Not" => RuleValue::Bool(arguments.len() == 1 && !is_true(&arguments[0])),
        "And" => RuleValue::Bool(arguments.iter().all(is_true)),
        "Or" => RuleValue::Bool(arguments.iter().any(is_true)),
        other => panic!("CloudFormation's rules, or this test, do not know !{other}"),
    }
}

/// The descriptions of the assertions that a deployment with these parameters breaks.
fn refusals(template: &Template, overrides: &[(&str, &str)]) -> Vec<String> {
    let parameters = template.0["Parameters"].as_mapping().expect("Parameters").iter();
    let mut parameters: BTreeMap<_, _> = parameters
        .map(|(name, parameter)| {
            let name = name.as_str().expect("a name").to_owned();
            (name, parameter["Default"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    for (name, value) in overrides {
        assert!(parameters.insert((*name).to_owned(), (*value).to_owned()).is_some(), "no parameter {name}");
    }
    let rules = template.0["Rules"].as_mapping().expect("Rules").values();
    let applying = rules.filter(|rule| evaluate(&rule["RuleCondition"], &parameters) == RuleValue::Bool(true));
    let assertions = applying.flat_map(|rule| rule["Assertions"].as_sequence().expect("assertions"));
    let broken = assertions.filter(|assertion| evaluate(&assertion["Assert"], &parameters) != RuleValue::Bool(true));
    broken.map(|assertion| text(&assertion["AssertDescription"]).to_owned()).collect()
}

#[test]
fn a_prod_stack_refuses_what_a_shop_must_not_have() {
    const SHOP: [(&str, &str); 5] = [
        ("Stage", "prod"),
        ("PaymentProvider", "stripe"),
        ("StripeSecretArn", "arn:aws:secretsmanager:eu-central-1:1:secret:stripe"),
        ("StorefrontOrigin", "https://shop.example,https://www.shop.example"),
        ("AccountConcurrency", "1000"),
    ];
    let template = Template::read();
    assert!(refusals(&template, &SHOP).is_empty());
    for (name, value) in [
        ("PaymentProvider", "sandbox"),
        ("StripeSecretArn", ""),
        ("StripeApiUrl", "http://127.0.0.1:4242"),
        ("StripeApiUrl", "https://stripe.example"),
        ("Limits", "off"),
        ("StorefrontOrigin", "*"),
        ("AccountConcurrency", "10"),
    ] {
        let mut parameters = SHOP.to_vec();
        parameters.push((name, value));
        let refused = refusals(&template, &parameters);
        assert!(refused.len() == 1 && refused[0].contains(name), "{name}={value}: {refused:?}");
        parameters[0] = ("Stage", "trial");
        assert!(refusals(&template, &parameters).is_empty(), "a trial may have {name}={value}");
        parameters[0] = ("Stage", "local");
        assert!(refusals(&template, &parameters).is_empty(), "the local stack may have {name}={value}");
    }
    assert!(refusals(&template, &[]).is_empty(), "the defaults deploy");
    assert_eq!(refusals(&template, &[("Stage", "prod")]).len(), 4, "but not as prod");
}

/// Statements with the resource `*`, by resource of the template, and why.
const ANY_RESOURCE: [(&str, &str); 1] =
    [("FunctionBoundary", "calls that Lambda itself makes for streams and VPCs, most of which take no resource")];

/// Every mapping of a value that has an `Action`, which is a statement of a policy.
fn statements<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Mapping(mapping) => {
            if mapping.contains_key("Action") && mapping.contains_key("Effect") {
                found.push(value);
            }
            mapping.values().for_each(|inner| statements(inner, found));
        }
        Value::Sequence(items) => items.iter().for_each(|inner| statements(inner, found)),
        Value::Tagged(tagged) => statements(&tagged.value, found),
        _ => {}
    }
}

/// What a statement allows: actions and resources.
fn allowed(statement: &Value) -> Option<(Vec<&str>, Vec<&str>)> {
    let texts = |name: &str| several(&statement[name]).iter().map(text).collect();
    (statement["Effect"] == "Allow").then(|| (texts("Action"), texts("Resource")))
}

#[test]
fn no_statement_allows_everything() {
    let template = Template::read();
    let mut count = 0;
    for (id, resource) in template.0["Resources"].as_mapping().expect("Resources") {
        let id = id.as_str().expect("a name");
        let mut found = Vec::new();
        statements(resource, &mut found);
        for (actions, resources) in found.into_iter().filter_map(allowed) {
            count += 1;
            assert!(actions.iter().all(|action| !action.contains('*')), "{id} allows {actions:?}");
            let is_excused = ANY_RESOURCE.iter().any(|(excused, _)| *excused == id);
            assert!(is_excused || !resources.contains(&"*"), "{id} allows {actions:?} on everything");
        }
    }
    assert!(count > 100, "{count} statements");
}

/// SAM attaches managed policies of AWS to roles, which allow reading every queue and stream and writing every log of an
/// account. The boundary leaves this stack's, so it needs every action of every function.
#[test]
fn the_boundary_of_roles_has_every_action_of_every_function() {
    let template = Template::read();
    let defaults = &template.0["Globals"]["Function"];
    assert_eq!(named(&defaults["PermissionsBoundary"]), Some("FunctionBoundary"));
    let mut found = Vec::new();
    statements(template.resources("AWS::IAM::ManagedPolicy")["FunctionBoundary"], &mut found);
    let bounded: BTreeSet<_> = found.into_iter().filter_map(allowed).flat_map(|(actions, _)| actions).collect();
    let of_sources = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "dynamodb:GetRecords"];
    assert!(of_sources.iter().all(|action| bounded.contains(action)), "{bounded:?}");
    for (function, properties) in template.functions() {
        assert!(properties["PermissionsBoundary"].is_null() && properties["Role"].is_null(), "{function}");
        let mut found = Vec::new();
        statements(&properties["Policies"], &mut found);
        for (actions, _) in found.into_iter().filter_map(allowed) {
            let missing: Vec<_> = actions.iter().filter(|action| !bounded.contains(*action)).collect();
            assert!(missing.is_empty(), "FunctionBoundary lacks {missing:?} of {function}");
        }
    }
}

/// Every resource that keeps data takes the shop's own key, and no table of a shop can be deleted by mistake.
#[test]
fn data_at_rest_takes_the_shops_key_and_tables_are_protected() {
    let template = Template::read();
    let yaml = |value: &Value| serde_yaml_ng::to_string(value).expect("YAML");
    for (kind, property) in [
        ("AWS::DynamoDB::Table", "SSESpecification"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::S3::Bucket", "BucketEncryption"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
    ] {
        let resources = template.resources(kind);
        assert!(!resources.is_empty(), "{kind}");
        for (id, properties) in resources {
            let encryption = yaml(&properties[property]);
            assert!(encryption.contains("HasKmsKey") && encryption.contains("KmsKeyArn"), "{id}: {encryption}");
        }
    }
    for (id, table) in template.resources("AWS::DynamoDB::Table") {
        let protection = &table["DeletionProtectionEnabled"];
        match id {
            "LimitsTable" => assert_eq!(*protection, false, "it goes with the stack"),
            "AuditTable" => assert!(yaml(protection).contains("IsLocal"), "in a trial as well"),
            _ => assert!(yaml(protection).contains("IsProtected"), "{id}"),
        }
    }
    for (id, bucket) in template.resources("AWS::S3::Bucket") {
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled", "{id}");
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_sequence().expect("rules");
        assert!(rules.iter().any(|rule| !rule["NoncurrentVersionExpiration"].is_null()), "{id} keeps old versions");
    }
}

/// AWS leaves at least this many of an account's concurrent executions unreserved.
const UNRESERVED: u64 = 100;

/// The key of `!If [ReservesConcurrency, !FindInMap [Concurrency, !Ref AccountConcurrency, key], !Ref AWS::NoValue]`.
fn reservation(function: &Value) -> Option<&str> {
    let Value::Tagged(choice) = &function["ReservedConcurrentExecutions"] else { return None };
    assert!(choice.tag == "If" && choice.value[0] == "ReservesConcurrency", "{choice:?}");
    let Value::Tagged(found) = &choice.value[1] else { panic!("{choice:?}") };
    assert!(found.tag == "FindInMap" && found.value[0] == "Concurrency", "{found:?}");
    found.value[2].as_str()
}

#[test]
fn reservations_leave_each_account_what_aws_asks_for() {
    let template = Template::read();
    let sizes = template.0["Mappings"]["Concurrency"].as_mapping().expect("sizes of accounts");
    let allowed = template.0["Parameters"]["AccountConcurrency"]["AllowedValues"].as_sequence().expect("values");
    assert_eq!(sizes.keys().collect::<Vec<_>>(), allowed.iter().collect::<Vec<_>>());
    for (size, numbers) in sizes {
        let size: u64 = size.as_str().and_then(|size| size.parse().ok()).expect("a number of executions");
        let reserved = template.functions().into_iter().filter_map(|(function, properties)| {
            let key = reservation(properties)?;
            assert_eq!(Some(key), function.strip_suffix("Function"), "{function} has the number of another function");
            Some((function, numbers[key].as_u64().unwrap_or_else(|| panic!("no number of {key}"))))
        });
        let reserved: BTreeMap<_, _> = reserved.collect();
        let sum: u64 = reserved.values().sum();
        if size <= UNRESERVED {
            assert_eq!(sum, 0, "an account of {size} can reserve nothing");
            continue;
        }
        assert!(sum + UNRESERVED <= size, "{sum} of {size} are reserved");
        assert!(reserved.values().all(|number| *number > 0), "a reservation of 0 switches a function off");
        for function in ["PlaceOrder", "PayOrder", "TokenAuthorizer", "SessionAuthorizer"] {
            assert!(reserved.contains_key(format!("{function}Function").as_str()), "{function} shares with a flood");
        }
        // Whatever anyone may call without a token has a cap: together they cannot take what is unreserved.
        for (function, properties) in template.functions() {
            let mut events = properties["Events"].as_mapping().into_iter().flatten();
            let is_public = events.any(|(_, event)| event["Properties"]["Auth"]["Authorizer"] == "NONE");
            assert!(!is_public || reserved.contains_key(function), "{function} is public and has no cap");
        }
        for (function, name, kind, source) in template.sources() {
            let Some(number) = reserved.get(function) else {
                assert!(!["SQS", "DynamoDB"].contains(&kind), "{function} consumes {name} and reserves nothing");
                continue;
            };
            let at_once = source["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap_or(0);
            assert!(at_once <= *number, "{function} may run {at_once} times and reserves {number}");
        }
    }
}

#[test]
fn the_throttled_routes_exist() {
    let template = Template::read();
    let mut routes = BTreeSet::new();
    for properties in template.functions().into_values() {
        for (_, event) in properties["Events"].as_mapping().into_iter().flatten() {
            if event["Type"] == "HttpApi" {
                let (method, path) = (text(&event["Properties"]["Method"]), text(&event["Properties"]["Path"]));
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    let throttled = template.resources("AWS::Serverless::HttpApi")["Api"]["RouteSettings"].as_mapping();
    let throttled: BTreeSet<_> = throttled.expect("settings").keys().map(|route| text(route).to_owned()).collect();
    // API Gateway refuses settings of a route that does not exist.
    assert!(throttled.is_subset(&routes), "{:?}", throttled.difference(&routes));
    for route in &throttled {
        let head = route.replace("GET ", "HEAD ");
        assert!(!routes.contains(&head) || throttled.contains(&head), "{head} is a way around the limit of {route}");
    }
}
