//! Each change by staff is written to the audit log, and no function can change or delete an entry.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;
use souk_openapi::SERVICES;
use souk_runtime::contract::{Caller, Operation};

const TEMPLATE: &str = include_str!("../../../template.yaml");
/// Functions that are audited although staff do not call them: operators and invited people do.
const OTHER_WRITERS: [&str; 2] = ["accept-invitation", "grant-roles"];
/// Reads by staff that are audited as well, because they return all data of a person.
const AUDITED_READS: [&str; 1] = ["admin-export-account"];
/// The only function that reads the log.
const READER: &str = "list-audit";

fn is_change_by_staff(operation: &Operation) -> bool {
    matches!(operation.caller, Caller::Staff(_)) && operation.method != "GET"
}

/// The handler names of the operations with which staff change something.
fn changes_by_staff() -> BTreeSet<&'static str> {
    let operations = SERVICES.iter().flat_map(|(operations, _)| operations.iter()).map(|declare| declare());
    operations.filter(is_change_by_staff).map(|operation| operation.function).collect()
}

#[test]
fn exactly_the_changes_by_staff_are_served_with_the_audit() {
    let handlers = SERVICES.iter().flat_map(|(_, handlers)| handlers.iter());
    let audited: BTreeSet<_> = handlers.filter(|(_, start)| start.is_audited()).map(|(name, _)| *name).collect();
    let changes = changes_by_staff();
    let unaudited: Vec<_> = changes.difference(&audited).collect();
    assert!(unaudited.is_empty(), "serve these with `StaffHttp`: {unaudited:?}");
    let others: Vec<_> = audited.difference(&changes).filter(|name| !AUDITED_READS.contains(name)).collect();
    assert!(others.is_empty(), "staff do not call these, or they change nothing: {others:?}");
    assert!(changes.len() > 15, "{changes:?}");
}

/// The actions on the audit table, and whether the variable with its name is set, by handler name.
fn access() -> BTreeMap<String, (BTreeSet<String>, bool)> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template["Resources"].as_mapping().expect("Resources").values();
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let access = functions.map(|function| {
        let properties = &function["Properties"];
        let handler = properties["Handler"].as_str().expect("a handler").to_owned();
        let names_table = !properties["Environment"]["Variables"]["AUDIT_TABLE"].is_null();
        (handler, (actions(properties), names_table))
    });
    access.filter(|(_, (actions, names_table))| !actions.is_empty() || *names_table).collect()
}

fn actions(properties: &Value) -> BTreeSet<String> {
    let policies = properties["Policies"].as_sequence().into_iter().flatten();
    let statements = policies.flat_map(|policy| several(&policy["Statement"]));
    let about_audit = statements.filter(|statement| {
        let resource = serde_yaml_ng::to_string(&statement["Resource"]).expect("a resource is YAML");
        let is_wildcard = resource.contains(":table/") || resource.trim().trim_matches(['\'', '"']) == "*";
        is_wildcard || resource.contains("AuditTable")
    });
    let actions = about_audit.flat_map(|statement| several(&statement["Action"]));
    let actions = actions.map(|action| action.as_str().expect("an action").to_owned());
    actions.filter(|action| action.starts_with("dynamodb:") || action == "*").collect()
}

fn several(value: &Value) -> &[Value] {
    value.as_sequence().map_or(std::slice::from_ref(value), Vec::as_slice)
}

#[test]
fn functions_only_add_entries_and_one_reads_them() {
    let access = access();
    let allowed: Vec<_> = access.iter().map(|(name, (actions, _))| (name.as_str(), actions)).collect();
    for (name, actions) in allowed {
        let expected = if name == READER { "dynamodb:Query" } else { "dynamodb:PutItem" };
        assert_eq!(actions.iter().collect::<Vec<_>>(), [expected], "{name}");
        assert!(access[name].1, "{name} has no AUDIT_TABLE");
    }
    let with_access: BTreeSet<_> = access.keys().map(String::as_str).collect();
    let mut needed = changes_by_staff();
    needed.extend(OTHER_WRITERS);
    needed.extend(AUDITED_READS);
    needed.insert(READER);
    assert_eq!(with_access, needed);
}
