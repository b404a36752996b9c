//! The parameters, and the table of them in docs/operations.md.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use crate::document::Template;

#[test]
fn the_operations_list_every_parameter_with_its_default() {
    const DOCUMENT: &str = include_str!("../../../../docs/operations.md");
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
