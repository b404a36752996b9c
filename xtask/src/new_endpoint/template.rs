//! The function of an endpoint in template.yaml, and its line in an alarm.

use anyhow::{Context, Result, bail};

use super::endpoint::{FILL_IN, NewEndpoint, Route, pascal};

/// Most metrics of an alarm with a math expression, as CloudWatch has it.
const ALARM_METRICS: usize = 10;

/// The template with the endpoint.
pub(super) fn with_endpoint(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let resources = resources(&lines);
    check_new(&resources, endpoint)?;
    let after = neighbour(&resources, endpoint)?;
    let (alarm_at, alarm_lines) = alarm(&resources, endpoint)?;

    let mut result = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index == alarm_at {
            result.extend(alarm_lines.iter().cloned());
        }
        result.push((*line).to_owned());
        if index + 1 == after.end {
            result.push(String::new());
            result.extend(function(endpoint));
        }
    }
    Ok(result.join("\n") + "\n")
}

/// A resource of the template.
struct Resource<'a> {
    name: &'a str,
    /// With the line of its name.
    lines: &'a [&'a str],
    /// The index of the line after it.
    end: usize,
}

fn resources<'a>(lines: &'a [&'a str]) -> Vec<Resource<'a>> {
    let mut resources = Vec::new();
    let first = lines.iter().position(|line| *line == "Resources:").map_or(lines.len(), |at| at + 1);
    for (at, line) in lines.iter().enumerate().skip(first) {
        if let Some(name) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'))
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            let body = lines[at + 1..].iter().take_while(|line| line.starts_with("    ")).count();
            let end = at + 1 + body;
            resources.push(Resource { name, lines: &lines[at..end], end });
        }
    }
    resources
}

impl Resource<'_> {
    /// The value of a property that is on a line of its own.
    fn property(&self, name: &str) -> Option<&str> {
        let start = format!("      {name}: ");
        self.lines.iter().find_map(|line| line.strip_prefix(start.as_str()))
    }

    fn is_of(&self, service: &str) -> bool {
        self.property("CodeUri") == Some(format!("target/lambda/{service}/bootstrap.zip").as_str())
    }

    /// Its routes, without those for HEAD.
    fn routes(&self) -> impl Iterator<Item = Route> + '_ {
        let events = self.lines.iter().filter(|line| line.contains("{Type: HttpApi,"));
        events.filter_map(|line| format!("{} {}", value(line, "Method: ")?, value(line, "Path: ")?).parse().ok())
    }

    /// The functions that it watches, if it is an alarm.
    fn watched(&self) -> Vec<&str> {
        self.lines.iter().filter(|line| is_metric(line)).filter_map(|line| value(line, "Value: !Ref ")).collect()
    }
}

fn is_metric(line: &str) -> bool {
    line.starts_with("        - {Id: ") && line.contains("MetricStat: ")
}

/// The value after a key in a flow mapping.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(key)?;
    match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next(),
        None => rest.split([',', '}']).next(),
    }
}

fn check_new(resources: &[Resource<'_>], endpoint: &NewEndpoint) -> Result<()> {
    let name = endpoint.name.resource();
    if resources.iter().any(|resource| resource.name == name) {
        bail!("there is a function {} already", endpoint.name);
    }
    for resource in resources {
        if let Some(route) = resource.routes().find(|route| route.shape() == endpoint.route.shape()) {
            bail!("{} has the route {route} already", resource.name);
        }
    }
    Ok(())
}

/// Whether it serves staff.
fn serves_staff(resource: &Resource<'_>) -> Option<bool> {
    resource.routes().next().map(|route| route.path.starts_with("/admin/"))
}

/// The function after which the new one stands: the last of its service for such callers, else the last with a route.
fn neighbour<'a>(resources: &'a [Resource<'a>], endpoint: &NewEndpoint) -> Result<&'a Resource<'a>> {
    let with_routes = || resources.iter().filter(|it| it.is_of(&endpoint.service) && serves_staff(it).is_some());
    let same = with_routes().rfind(|it| serves_staff(it) == Some(endpoint.caller.is_staff()));
    same.or_else(|| with_routes().next_back())
        .with_context(|| format!("no function of {} has a route", endpoint.service))
}

/// The index of a line, and the lines that come before it: a metric of an alarm that has room, or a new alarm.
fn alarm(resources: &[Resource<'_>], endpoint: &NewEndpoint) -> Result<(usize, Vec<String>)> {
    let candidates = alarms(resources, endpoint);
    let last = candidates.last().with_context(|| format!("no alarm watches the functions of {}", endpoint.service))?;
    match candidates.iter().find(|alarm| alarm.watched().len() < ALARM_METRICS) {
        Some(alarm) => {
            let metric = alarm.lines.iter().rposition(|line| is_metric(line)).context("an alarm without metrics")?;
            Ok((alarm.end - alarm.lines.len() + metric + 1, vec![metric_of(endpoint)]))
        }
        None => Ok((last.end, new_alarm(last, resources, endpoint))),
    }
}

/// The alarms that watch functions for the same callers, else those that watch any function with a route.
fn alarms<'a>(resources: &'a [Resource<'a>], endpoint: &NewEndpoint) -> Vec<&'a Resource<'a>> {
    let watch = |kinds: &[bool]| -> Vec<&'a Resource<'a>> {
        let functions = resources.iter().filter(|it| it.is_of(&endpoint.service));
        let functions = functions.filter(|it| serves_staff(it).is_some_and(|kind| kinds.contains(&kind)));
        let names: Vec<_> = functions.map(|function| function.name).collect();
        resources.iter().filter(|alarm| alarm.watched().iter().any(|name| names.contains(name))).collect()
    };
    let same = watch(&[endpoint.caller.is_staff()]);
    if same.is_empty() { watch(&[true, false]) } else { same }
}

fn metric_of(endpoint: &NewEndpoint) -> String {
    format!(
        "        - {{Id: {}, Label: {}, ReturnData: false, MetricStat: {{Stat: Sum, Period: 300, Metric: {{Namespace: AWS/Lambda, \
         MetricName: Errors, Dimensions: [{{Name: FunctionName, Value: !Ref {}}}]}}}}}}",
        endpoint.name.snake(),
        endpoint.name,
        endpoint.name.resource()
    )
}

/// An alarm like another one, with the next free number, which watches the new function only.
fn new_alarm(like: &Resource<'_>, resources: &[Resource<'_>], endpoint: &NewEndpoint) -> Vec<String> {
    let base = like.name.trim_end_matches(|c: char| c.is_ascii_digit());
    let taken = |number: &usize| resources.iter().any(|resource| resource.name == format!("{base}{number}"));
    let number = (2..=resources.len()).find(|number| !taken(number)).unwrap_or_default();
    let mut lines = Vec::new();
    for line in like.lines {
        if *line == format!("  {}:", like.name) {
            lines.push(format!("  {base}{number}:"));
        } else if line.starts_with("      AlarmName: ") {
            let name = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
            lines.push(format!("{name}-{number}"));
        } else if !is_metric(line) {
            lines.push((*line).to_owned());
        } else if lines.iter().all(|line| !is_metric(line)) {
            lines.push(metric_of(endpoint));
        }
    }
    lines
}

fn function(endpoint: &NewEndpoint) -> Vec<String> {
    let (name, service) = (&endpoint.name, &endpoint.service);
    let mut lines = vec![
        format!("  {}:", name.resource()),
        "    Type: AWS::Serverless::Function".to_owned(),
        "    Properties:".to_owned(),
        format!("      FunctionName: !Sub ${{AWS::StackName}}-{name}"),
        format!("      Description: {}", scalar(&(endpoint.summary() + "."))),
        format!("      CodeUri: target/lambda/{service}/bootstrap.zip"),
        format!("      Handler: {name}"),
        format!("      LoggingConfig: {{LogGroup: !Ref {}Logs}}", pascal(service)),
    ];
    if endpoint.is_audited() {
        lines.extend([
            format!(
                "      # {FILL_IN}: the other variables that it reads, and the other actions that it uses, if any."
            ),
            "      Environment: {Variables: {AUDIT_TABLE: !Ref AuditTable}}".to_owned(),
            "      Policies:".to_owned(),
            statement("dynamodb:PutItem", "AuditTable"),
        ]);
    } else {
        lines.extend([
            format!("      # {FILL_IN}: Environment (variables that it reads) and other actions that it uses, if any."),
            "      Policies:".to_owned(),
        ]);
    }
    lines.push(statement("dynamodb:UpdateItem", "LimitsTable"));
    let event = |method: &str| {
        let authorizer = endpoint.caller.authorizer();
        let auth = authorizer.map(|name| format!(", Auth: {{Authorizer: {name}}}")).unwrap_or_default();
        let path = scalar(&endpoint.route.path);
        format!("{{Type: HttpApi, Properties: {{ApiId: !Ref Api, Method: {method}, Path: {path}{auth}}}}}")
    };
    if endpoint.is_public_read() {
        let (get, head) = (event("GET"), event("HEAD"));
        lines.extend(["      Events:".to_owned(), format!("        Api: {get}"), format!("        Head: {head}")]);
    } else {
        lines.push(format!("      Events: {{Api: {}}}", event(&endpoint.route.method)));
    }
    lines
}

/// A statement of a role.
fn statement(action: &str, table: &str) -> String {
    format!("        - {{Statement: {{Effect: Allow, Action: [{action}], Resource: !GetAtt {table}.Arn}}}}")
}

/// Text as a YAML scalar, in quotes if it needs them.
fn scalar(text: &str) -> String {
    let is_plain = !text.contains(['{', '\'', '"', '#', '`']) && !text.contains(": ");
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
