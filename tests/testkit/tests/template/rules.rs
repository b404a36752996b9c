//! The section `Rules`: what a stack refuses to deploy.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use crate::document::{Template, text};

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
