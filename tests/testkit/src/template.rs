//! The tables and handler names of `template.yaml`, so that tests use the deployed ones.

use std::sync::LazyLock;

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};
use serde_yaml_ng::Value;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// One table: its logical id without `Table`, in lower case (`orders`), and its properties.
pub(crate) struct Table {
    pub(crate) name: String,
    properties: Value,
}

/// All tables of the template.
pub(crate) fn tables() -> Vec<Table> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template["Resources"].as_mapping().expect("Resources");
    resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::DynamoDB::Table")
        .map(|(id, resource)| {
            let id = id.as_str().and_then(|id| id.strip_suffix("Table")).expect("the logical id ends in Table");
            Table { name: id.to_lowercase(), properties: resource["Properties"].clone() }
        })
        .collect()
}

/// The key attributes of a table, the partition key first. The name of the table may have a prefix.
pub fn key_attributes(table: &str) -> Vec<String> {
    static SCHEMAS: LazyLock<Vec<(String, Vec<String>)>> = LazyLock::new(|| {
        let names = |table: &Table| {
            let elements = list(&table.properties["KeySchema"]);
            elements.iter().map(|element| text(&element["AttributeName"]).to_owned()).collect()
        };
        tables().into_iter().map(|table| (format!("-{}", table.name), names(&table))).collect()
    });
    let schema = SCHEMAS.iter().find(|(suffix, _)| table.ends_with(suffix));
    schema.unwrap_or_else(|| panic!("template.yaml has no table {table}")).1.clone()
}

/// The handler names, sorted, of the functions that run the binary of a service.
pub fn handlers_of(service: &str) -> Vec<String> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template["Resources"].as_mapping().expect("Resources").values();
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let folder = format!("target/lambda/{service}/");
    let of_service = functions.filter(|function| text(&function["Properties"]["CodeUri"]).starts_with(&folder));
    let mut handlers: Vec<_> = of_service.map(|function| text(&function["Properties"]["Handler"]).to_owned()).collect();
    handlers.sort_unstable();
    handlers
}

impl Table {
    /// Completes the request that creates it.
    pub(crate) fn describe(&self, mut request: CreateTableFluentBuilder) -> CreateTableFluentBuilder {
        request = request.billing_mode(BillingMode::PayPerRequest);
        for attribute in list(&self.properties["AttributeDefinitions"]) {
            let definition = AttributeDefinition::builder()
                .attribute_name(text(&attribute["AttributeName"]))
                .attribute_type(ScalarAttributeType::from(text(&attribute["AttributeType"])))
                .build();
            request = request.attribute_definitions(definition.expect("an attribute"));
        }
        for element in key_schema(&self.properties["KeySchema"]) {
            request = request.key_schema(element);
        }
        for index in list(&self.properties["GlobalSecondaryIndexes"]) {
            let projection = ProjectionType::from(text(&index["Projection"]["ProjectionType"]));
            let index = GlobalSecondaryIndex::builder()
                .index_name(text(&index["IndexName"]))
                .set_key_schema(Some(key_schema(&index["KeySchema"])))
                .projection(Projection::builder().projection_type(projection).build())
                .build();
            request = request.global_secondary_indexes(index.expect("an index"));
        }
        if let Some(view) = self.properties["StreamSpecification"]["StreamViewType"].as_str() {
            let stream =
                StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::from(view));
            request = request.stream_specification(stream.build().expect("a stream"));
        }
        request
    }
}

fn key_schema(schema: &Value) -> Vec<KeySchemaElement> {
    let element = |element: &Value| {
        let name = text(&element["AttributeName"]);
        let key_type = KeyType::from(text(&element["KeyType"]));
        KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().expect("a key element")
    };
    list(schema).iter().map(element).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text in template.yaml")
}
