//! The routes of `template.yaml`, so that tests cover each of them.

use serde_yaml_ng::Value;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// One route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`
    pub method: String,
    /// `/orders/{order_id}`
    pub path: String,
    /// Whether it needs no token.
    pub public: bool,
}

impl Route {
    /// The path with `x` for each parameter.
    pub fn example_path(&self) -> String {
        let part = |part: &str| if part.starts_with('{') { "x".to_owned() } else { part.to_owned() };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// Every route of every function. HEAD is not counted: it is the GET beside it, without a body.
pub fn routes() -> Vec<Route> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template["Resources"].as_mapping().expect("Resources");
    let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let events =
        functions.filter_map(|function| function["Properties"]["Events"].as_mapping()).flat_map(|e| e.values());
    let routes = events.filter(|event| event["Type"] == "HttpApi").map(route);
    let routes: Vec<Route> = routes.filter(|route| route.method != "HEAD").collect();
    assert!(routes.len() > 20, "template.yaml has few routes: {routes:?}");
    routes
}

fn route(event: &Value) -> Route {
    let properties = &event["Properties"];
    let text = |name: &str| properties[name].as_str().expect("a route names its method and path").to_owned();
    let public = properties["Auth"]["Authorizer"] == "NONE";
    Route { method: text("Method"), path: text("Path"), public }
}
