//! Reserved concurrency and throttled routes.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use crate::document::{Template, text};

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
