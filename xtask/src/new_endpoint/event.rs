//! The sample event of an endpoint.

use super::endpoint::{Caller, NewEndpoint, example_id};
use super::source::EXAMPLE_BODY;

const SHOPPER_ID: &str = "01a1fce4-de60-7a10-8c3e-5d2f9b7a6e01";
const SHOPPER_SESSION_ID: &str = "01a20b71-9c40-7e21-a4d5-3f6c8b0d2e11";
const STAFF_ID: &str = "01a1fce4-de60-7a10-8c3e-5d2f9b7a6e09";
const STAFF_SESSION_ID: &str = "01a20b71-9c40-7e21-a4d5-3f6c8b0d2e19";

/// The event as API Gateway sends it, in the form of the other files in `events/`.
pub(super) fn text(endpoint: &NewEndpoint) -> String {
    let (method, route, path) = (&endpoint.route.method, &endpoint.route, endpoint.route.example_path());
    let mut lines = vec![
        "{".to_owned(),
        "  \"version\": \"2.0\",".to_owned(),
        format!("  \"routeKey\": \"{route}\","),
        format!("  \"rawPath\": \"{path}\","),
        "  \"rawQueryString\": \"\",".to_owned(),
        "  \"headers\": {".to_owned(),
    ];
    lines.extend(headers(endpoint).into_iter().map(|(name, value)| format!("    \"{name}\": \"{value}\",")));
    strip_comma(&mut lines);
    lines.push("  },".to_owned());
    let parameters = endpoint.route.parameters();
    if !parameters.is_empty() {
        lines.push("  \"pathParameters\": {".to_owned());
        lines.extend(parameters.iter().map(|name| format!("    \"{name}\": \"{}\",", example_id(name))));
        strip_comma(&mut lines);
        lines.push("  },".to_owned());
    }
    lines.extend(
        ["  \"requestContext\": {", "    \"accountId\": \"123456789012\",", "    \"apiId\": \"a1b2c3d4e5\","]
            .map(str::to_owned),
    );
    lines.extend(authorizer(endpoint.caller));
    lines.push(format!(
        r#"    "domainName": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
    "domainPrefix": "a1b2c3d4e5",
    "http": {{
      "method": "{method}",
      "path": "{path}",
      "protocol": "HTTP/1.1",
      "sourceIp": "203.0.113.7",
      "userAgent": "curl/8.5.0"
    }},
    "requestId": "JKJaXmPLvHcESHA=",
    "routeKey": "{route}",
    "stage": "$default",
    "time": "24/Nov/2026:07:37:00 +0000",
    "timeEpoch": 1795503420000
  }},"#
    ));
    if endpoint.has_body {
        lines.push(format!("  \"body\": \"{}\",", EXAMPLE_BODY.replace('"', "\\\"")));
    }
    lines.extend(["  \"isBase64Encoded\": false".to_owned(), "}".to_owned()]);
    lines.join("\n") + "\n"
}

fn headers(endpoint: &NewEndpoint) -> Vec<(&'static str, String)> {
    let mut headers = vec![("accept", "application/json".to_owned())];
    if endpoint.caller != Caller::Anyone {
        headers.push(("authorization", "Bearer <an access token; the authorizer has verified it>".to_owned()));
    }
    if endpoint.has_body {
        headers.push(("content-length", EXAMPLE_BODY.len().to_string()));
        headers.push(("content-type", "application/json".to_owned()));
    }
    let rest = [
        ("host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
        ("user-agent", "curl/8.5.0"),
        ("x-amzn-trace-id", "Root=1-6b052b3c-4f1d2e3a5b6c7d8e9f0a1b2c"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    headers.extend(rest.map(|(name, value)| (name, value.to_owned())));
    headers
}

/// What the authorizer says about the caller.
fn authorizer(caller: Caller) -> Vec<String> {
    let (user_id, session_id) = match caller {
        Caller::Anyone => return Vec::new(),
        Caller::Guest | Caller::Account => (SHOPPER_ID, SHOPPER_SESSION_ID),
        Caller::Staff(_) => (STAFF_ID, STAFF_SESSION_ID),
    };
    let mut members = vec![("user_id", user_id), ("session_id", session_id), ("kind", "shopper")];
    // The authorizer that does not read the session has neither.
    match caller {
        Caller::Anyone | Caller::Guest => {}
        Caller::Account => members.extend([("permissions", ""), ("second_factor", "no")]),
        Caller::Staff(permission) => members.extend([("permissions", permission.as_str()), ("second_factor", "yes")]),
    }
    let mut lines = vec!["    \"authorizer\": {".to_owned(), "      \"lambda\": {".to_owned()];
    lines.extend(members.into_iter().map(|(name, value)| format!("        \"{name}\": \"{value}\",")));
    strip_comma(&mut lines);
    lines.extend(["      }".to_owned(), "    },".to_owned()]);
    lines
}

fn strip_comma(lines: &mut [String]) {
    if let Some(last) = lines.last_mut() {
        last.pop();
    }
}
