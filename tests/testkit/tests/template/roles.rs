//! Roles allow what the documents say, and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use crate::document::{Template, named, text, word};

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
    const DOCUMENT: &str = include_str!("../../../../docs/architecture.md");
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

/// The control plane of OpenSearch Service limits the rate of calls, so only the custom resource calls it.
#[test]
fn only_prepare_search_calls_the_control_plane() {
    let template = Template::read();
    for (function, properties) in template.functions() {
        let policies = serde_yaml_ng::to_string(&properties["Policies"]).expect("YAML");
        assert_eq!(policies.contains("es:DescribeDomain"), function == "PrepareSearchFunction", "{function}");
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
