use std::fs;
use std::path::{Path, PathBuf};

use super::endpoint::{Caller, CallerOption, FILL_IN, Name, NewEndpoint, PERMISSIONS, Permission, Route, Summary};
use super::{FileText, SERVICES, plan, steps};

/// Copies of the real files in a temporary folder, removed with the value.
struct Copy(PathBuf);

const COPIED: [&str; 5] =
    ["rustfmt.toml", "template.yaml", "docs/architecture.md", "CHANGELOG.md", "events/get-cart.json"];

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace")
}

impl Copy {
    fn new(name: &str) -> Self {
        let copy = Self(std::env::temp_dir().join(format!("souk-new-endpoint-{name}-{}", std::process::id())));
        let mut files: Vec<_> = COPIED.map(str::to_owned).into();
        for service in SERVICES {
            let folder = format!("functions/{service}");
            let sources = ["Cargo.toml", "src/lib.rs", "src/handlers.rs", "src/operations.rs"];
            files.extend(sources.map(|source| format!("{folder}/{source}")));
        }
        // A service without routes has no operations.
        for file in files.into_iter().filter(|file| workspace().join(file).exists()) {
            let target = copy.0.join(&file);
            fs::create_dir_all(target.parent().expect("a folder")).expect("the folder is created");
            fs::copy(workspace().join(&file), target).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        copy
    }

    /// Adds an endpoint and returns the files.
    fn add(&self, endpoint: &NewEndpoint) -> Vec<FileText> {
        let files = plan(endpoint, &self.0).unwrap_or_else(|error| panic!("{error:#}"));
        for file in &files {
            fs::write(self.0.join(&file.path), &file.text).expect("written");
        }
        files
    }

    fn refusal(&self, endpoint: &NewEndpoint) -> String {
        plan(endpoint, &self.0).err().map(|error| format!("{error:#}")).expect("refused")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn endpoint(route: &str, name: &str, service: &str, caller: Caller) -> NewEndpoint {
    let route: Route = route.parse().expect("a route");
    let name: Name = name.parse().expect("a name");
    let summary = Some("Does what is tested here".parse::<Summary>().expect("a summary"));
    let has_body = route.may_have_a_body();
    NewEndpoint { name, route, service: service.to_owned(), caller, summary, has_body }
}

fn staff() -> Caller {
    Caller::Staff("orders:write".parse().expect("a permission"))
}

fn add_order_note() -> NewEndpoint {
    endpoint("POST /orders/{order_id}/notes", "add-order-note", "orders", Caller::Guest)
}

fn text_of<'a>(files: &'a [FileText], path: &str) -> &'a str {
    &files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not written")).text
}

/// The lines that a file got, each with the line before it. Fails if another line changed.
fn added(files: &[FileText], path: &str) -> Vec<(String, String)> {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not written"));
    let (mut old, mut before, mut added) = (file.before.lines().peekable(), "", Vec::new());
    for line in file.text.lines() {
        if old.next_if_eq(&line).is_none() {
            added.push((before.to_owned(), line.to_owned()));
        }
        before = line;
    }
    assert_eq!(old.next(), None, "{path}: a line is gone or changed");
    added
}

#[test]
fn every_file_gets_its_lines_at_the_right_place() {
    let copy = Copy::new("places");
    let files = copy.add(&add_order_note());
    let only = |path: &str| {
        let [line] = &added(&files, path)[..] else { panic!("{path}: {:?}", added(&files, path)) };
        line.clone()
    };
    let pair = |before: &str, line: &str| (before.to_owned(), line.to_owned());
    let service = "functions/orders/src";
    assert_eq!(only(&format!("{service}/lib.rs")), pair("pub mod accept_return;", "pub mod add_order_note;"));
    assert_eq!(
        added(&files, &format!("{service}/handlers.rs")),
        [
            pair("use crate::accept_return::AcceptReturn;", "use crate::add_order_note::AddOrderNote;"),
            pair(
                "    (\"accept-return\", &StaffHttp(AcceptReturn::from_dependencies, Subject::Order)),",
                "    (\"add-order-note\", &Http(AddOrderNote::from_dependencies)),"
            ),
        ]
    );
    let operations = text_of(&files, &format!("{service}/operations.rs"));
    assert!(operations.contains("accept_return::operation,\n    add_order_note::operation,\n"), "{operations}");
    assert!(operations.contains("accept_return, add_order_note, "), "{operations}");

    let (before, row) = only("docs/architecture.md");
    assert!(before.starts_with("| request-return |"), "{before}");
    let start =
        "| add-order-note | POST /orders/{order_id}/notes | guest or account | orders | limits (Update), FILL IN";
    assert!(row.starts_with(start), "{row}");
    let (_, line) = only("CHANGELOG.md");
    assert_eq!(line, "- `POST /orders/{order_id}/notes` does what is tested here.");
}

#[test]
fn the_template_gets_a_function_and_a_metric() {
    let copy = Copy::new("template");
    let lines = added(&copy.add(&add_order_note()), "template.yaml");
    let (before, metric) = &lines[0];
    let (_, label) = before.split_once("Label: ").expect("a metric");
    let name: Name = label.split(',').next().expect("a label").parse().expect("a name");
    let like = before.replace(&name.snake(), "add_order_note").replace(&name.to_string(), "add-order-note");
    assert_eq!(like.replace(&name.pascal(), "AddOrderNote"), *metric);
    let text: Vec<_> = lines[1..].iter().map(|(_, line)| line.as_str()).collect();
    let expected = "  AddOrderNoteFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-add-order-note
      Description: Does what is tested here.
      CodeUri: target/lambda/orders/bootstrap.zip
      Handler: add-order-note
      LoggingConfig: {LogGroup: !Ref OrdersLogs}
      # FILL IN: Environment (variables that it reads) and other actions that it uses, if any.
      Policies:
        - {Statement: {Effect: Allow, Action: [dynamodb:UpdateItem], Resource: !GetAtt LimitsTable.Arn}}
      Events: {Api: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: '/orders/{order_id}/notes'}}}";
    assert_eq!(text.join("\n").trim_matches('\n'), expected);
}

#[test]
fn a_public_read_is_also_served_with_head() {
    let copy = Copy::new("head");
    let files = copy.add(&endpoint("GET /brands", "list-brands", "catalog", Caller::Anyone));
    let template = text_of(&files, "template.yaml");
    for (name, method) in [("Api", "GET"), ("Head", "HEAD")] {
        let route = format!("Method: {method}, Path: /brands, Auth: {{Authorizer: NONE}}");
        let line = format!("        {name}: {{Type: HttpApi, Properties: {{ApiId: !Ref Api, {route}}}}}\n");
        assert!(template.contains(&line), "{line}");
    }
}

#[test]
fn routes_name_the_authorizer_of_their_callers() {
    let copy = Copy::new("authorizers");
    for (route, name, caller, auth) in [
        ("GET /v/one", "one", Caller::Anyone, ", Auth: {Authorizer: NONE}"),
        ("GET /v/two", "two", Caller::Guest, ""),
        ("GET /v/three", "three", Caller::Account, ", Auth: {Authorizer: SessionAuthorizer}"),
        ("GET /admin/v", "four", staff(), ", Auth: {Authorizer: SessionAuthorizer}"),
    ] {
        let files = copy.add(&endpoint(route, name, "orders", caller));
        let path = route.trim_start_matches("GET ");
        let event = format!("{{Type: HttpApi, Properties: {{ApiId: !Ref Api, Method: GET, Path: {path}{auth}}}}}");
        assert!(text_of(&files, "template.yaml").contains(&event), "{event}");
    }
}

#[test]
fn the_code_checks_its_callers() {
    let copy = Copy::new("callers");
    for (route, name, caller, contract, check, test) in [
        ("GET /v/one", "one", Caller::Guest, "Caller::Guest", "request.user()?;", "from_guest(user(1))"),
        ("GET /v/two", "two", Caller::Account, "Caller::Shopper", "request.account()?;", "from_user(user(1))"),
        (
            "GET /admin/v",
            "three",
            staff(),
            "Caller::Staff(Permission::OrdersWrite)",
            "request.staff(Permission::OrdersWrite)?;",
            "from_staff(user(9))",
        ),
    ] {
        let files = copy.add(&endpoint(route, name, "orders", caller));
        let code = text_of(&files, &format!("functions/orders/src/{name}.rs"));
        for part in [contract, check, test] {
            assert!(code.contains(part), "{part} is missing:\n{code}");
        }
        assert_eq!(code.contains("use souk_domain::permission::Permission;"), caller.is_staff());
    }
}

#[test]
fn changes_by_staff_are_audited() {
    let copy = Copy::new("audit");
    for (service, path, subject) in [
        ("orders", "/admin/orders/{order_id}/x", "Subject::Order"),
        ("cart", "/admin/carts", "Subject::Named(\"FILL IN: what is changed\")"),
    ] {
        let (name, handler) = (format!("move-{service}"), if service == "cart" { "MoveCart" } else { "MoveOrders" });
        let files = copy.add(&endpoint(&format!("PUT {path}"), &name, service, staff()));
        let handlers = text_of(&files, &format!("functions/{service}/src/handlers.rs"));
        let entry = format!("(\"{name}\", &StaffHttp({handler}::from_dependencies, {subject})),");
        assert!(handlers.contains(&entry), "{handlers}");
        for import in ["use souk_runtime::http::audit::Subject;", "StaffHttp,", "StaffHttp}"] {
            assert!(handlers.matches(import).count() <= 1, "{handlers}");
        }
        assert!(handlers.contains("use souk_runtime::http::audit::Subject;"), "{handlers}");
        let module = name.replace('-', "_");
        let code = text_of(&files, &format!("functions/{service}/src/{module}.rs"));
        assert!(code.contains(".audit("), "{code}");
        let template = text_of(&files, "template.yaml");
        let (_, function) = template.split_once(&format!("  {handler}Function:\n")).expect("a function");
        let (function, _) = function.split_once("\n\n").expect("its end");
        assert!(
            function.contains("{AUDIT_TABLE: !Ref AuditTable}") && function.contains("AuditTable.Arn"),
            "{function}"
        );
    }
}

#[test]
fn permissions_are_those_of_the_shop() {
    let code = fs::read_to_string(workspace().join("shared/domain/src/permission.rs")).expect("read");
    let (_, names) = code.split_once("pub const fn as_str").expect("their names");
    let (names, _) = names.split_once("\n    }\n").expect("the end");
    let known: Vec<_> =
        names.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => ")).collect();
    let expected = PERMISSIONS.map(|name| {
        let permission: Permission = name.parse().expect("a permission");
        (permission.path().replace("Permission::", ""), format!("\"{name}\","))
    });
    let known: Vec<_> = known.into_iter().map(|(variant, name)| (variant.to_owned(), name.to_owned())).collect();
    assert_eq!(known, expected);
}

#[test]
fn exactly_staff_have_a_permission() {
    let permission: Permission = "stock:write".parse().expect("a permission");
    assert_eq!(CallerOption::Staff.with(Some(permission)).expect("staff"), Caller::Staff(permission));
    assert!(CallerOption::Staff.with(None).is_err() && CallerOption::Account.with(Some(permission)).is_err());
    assert!("stock:delete".parse::<Permission>().is_err());
}

#[test]
fn an_alarm_with_ten_functions_gets_a_sibling() {
    let copy = Copy::new("alarm");
    let (mut siblings, mut metrics) = (0, 0);
    for letter in 'a'..='z' {
        let name = format!("hold-orders-{letter}");
        copy.add(&endpoint(&format!("POST /admin/orders/{{order_id}}/{name}"), &name, "orders", staff()));
        let template = fs::read_to_string(copy.0.join("template.yaml")).expect("read");
        let alarms = template.split("\n  Orders").filter(|resource| resource.contains("AWS::CloudWatch::Alarm"));
        let alarms: Vec<_> = alarms.filter(|alarm| alarm.contains(&format!("Label: {name},"))).collect();
        let [alarm] = alarms[..] else { panic!("{name} is watched {} times", alarms.len()) };
        let (id, alarm) = alarm.split_once(":\n").expect("a name");
        let number = alarm.matches("MetricStat").count();
        assert!(number <= 10, "{alarm}");
        if !id.ends_with("Errors2") {
            assert_eq!(siblings, 0, "{id} had room");
            continue;
        }
        (siblings, metrics) = (1, metrics + 1);
        assert_eq!(number, metrics, "{alarm}");
        assert!(
            alarm.contains("AlarmName: !Sub ${AWS::StackName}-orders-") && alarm.contains("-errors-2\n"),
            "{alarm}"
        );
        assert!(alarm.contains("Id: errors,") && alarm.contains("AlarmActions: "), "{alarm}");
        if metrics == 3 {
            return;
        }
    }
    panic!("no alarm got a sibling");
}

/// The names of `functions/<service>/src/handlers.rs` in order.
fn handlers(files: &[FileText], service: &str) -> Vec<String> {
    let text = text_of(files, &format!("functions/{service}/src/handlers.rs"));
    text.split("(\"").skip(1).filter_map(|rest| Some(rest.split_once("\", &")?.0.to_owned())).collect()
}

#[test]
fn each_service_can_get_endpoints_and_its_lists_stay_sorted() {
    let copy = Copy::new("services");
    for (service, caller) in [
        ("auth", Caller::Guest),
        ("cart", Caller::Anyone),
        ("catalog", staff()),
        ("inventory", Caller::Anyone),
        ("orders", staff()),
        ("payments", Caller::Guest),
    ] {
        for name in ["aaa", "move-one", "zzz"] {
            let prefix = if caller.is_staff() { "/admin" } else { "" };
            let name = format!("{name}-{service}");
            let files = copy.add(&endpoint(&format!("DELETE {prefix}/x/{name}"), &name, service, caller));
            let names = handlers(&files, service);
            assert!(names.is_sorted() && names.contains(&name), "{names:?}");
        }
    }
}

#[test]
fn what_exists_is_refused() {
    let copy = Copy::new("exists");
    copy.add(&add_order_note());
    let refusal = copy.refusal(&add_order_note());
    assert!(refusal.contains("there is a function add-order-note already"), "{refusal}");
    let refusal = copy.refusal(&endpoint("POST /orders/{id}/notes", "other", "orders", Caller::Guest));
    assert!(refusal.contains("AddOrderNoteFunction has the route POST /orders/{order_id}/notes already"), "{refusal}");
    let refusal = copy.refusal(&endpoint("GET /products", "other", "catalog", Caller::Anyone));
    assert!(refusal.contains("ListProductsFunction has the route GET /products already"), "{refusal}");
    let refusal = copy.refusal(&endpoint("GET /x", "context", "cart", Caller::Guest));
    assert!(refusal.contains("the module context exists"), "{refusal}");
    assert!(!copy.0.join("functions/cart/src/context.rs").exists(), "nothing is written");
}

#[test]
fn what_does_not_fit_is_refused() {
    let copy = Copy::new("refusals");
    let refusal = copy.refusal(&endpoint("GET /x", "x", "order", Caller::Guest));
    assert!(refusal.contains("no service \"order\"; the services are accounts, auth, cart, "), "{refusal}");
    assert!(copy.refusal(&endpoint("GET /x", "x", "../xtask", Caller::Guest)).contains("no service"));
    assert!(copy.refusal(&endpoint("GET /x", "x", "mail", Caller::Guest)).contains("mail has no routes"));
    let refusal = copy.refusal(&endpoint("GET /x", "x", "contract", Caller::Anyone));
    assert!(refusal.contains("add that to functions/contract/Cargo.toml first"), "{refusal}");
    let refusal = copy.refusal(&endpoint("GET /x", "x", "orders", staff()));
    assert!(refusal.contains("begins with /admin/"), "{refusal}");
    let refusal = copy.refusal(&endpoint("GET /admin/x", "x", "orders", Caller::Anyone));
    assert!(refusal.contains("only staff"), "{refusal}");
    // A keyword cannot be a module.
    assert!(copy.refusal(&endpoint("GET /x", "match", "orders", Caller::Guest)).contains("rustfmt"));
}

#[test]
fn the_operation_id_is_the_name_in_camel_case() {
    assert_eq!(add_order_note().name.camel(), "addOrderNote");
    assert_eq!(endpoint("GET /x", "x", "cart", Caller::Guest).name.camel(), "x");
}

#[test]
fn bad_routes_names_and_summaries_are_refused() {
    for bad in [
        "",
        "GET",
        "/orders",
        "get /orders",
        "HEAD /orders",
        "GET orders",
        "GET /",
        "GET /orders/",
        "GET //x",
        "GET /Orders",
        "GET /orders/{}",
        "GET /orders/{id",
        "GET /orders/id}",
        "GET /orders/{Id}",
        "GET /orders/{id}x",
        "GET /{id}/{id}",
        "GET /x?y",
        "GET  /x",
        "GET /x y",
    ] {
        assert!(bad.parse::<Route>().is_err(), "{bad}");
    }
    for bad in ["", "-", "a-", "-a", "a--b", "AddNote", "add_note", "a-1", "1a", "ü", &"a".repeat(41)] {
        assert!(bad.parse::<Name>().is_err(), "{bad}");
    }
    for bad in ["", "adds", "Adds.", "Adds \"x\"", "Adds\nx", "A|b", &"A".repeat(71)] {
        assert!(bad.parse::<Summary>().is_err(), "{bad}");
    }
}

#[test]
fn the_sample_event_has_the_form_of_the_others() {
    let copy = Copy::new("event");
    let files = copy.add(&NewEndpoint {
        has_body: false,
        ..endpoint("GET /cart/{product_id}", "get-cart-item", "cart", Caller::Guest)
    });
    let event = text_of(&files, "events/get-cart-item.json");
    let parameters = "  \"pathParameters\": {\n    \"product_id\": \"1399\"\n  },\n";
    assert!(event.contains(parameters), "{event}");
    let like = event.replace(parameters, "").replace("/cart/{product_id}", "/cart").replace("/cart/1399", "/cart");
    assert_eq!(like, fs::read_to_string(copy.0.join("events/get-cart.json")).expect("read"));

    let files = copy.add(&endpoint("GET /admin/x", "get-x", "orders", staff()));
    let event: serde_json::Value = serde_json::from_str(text_of(&files, "events/get-x.json")).expect("JSON");
    let caller = &event["requestContext"]["authorizer"]["lambda"];
    assert_eq!((&caller["permissions"], &caller["second_factor"]), (&"orders:write".into(), &"yes".into()));

    let files = copy.add(&add_order_note());
    let event: serde_json::Value = serde_json::from_str(text_of(&files, "events/add-order-note.json")).expect("JSON");
    let body = event["body"].as_str().expect("a body");
    assert_eq!(event["headers"]["content-length"], body.len().to_string());
    assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    assert_eq!(event["requestContext"]["http"]["path"], "/orders/01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a/notes");
}

#[test]
fn everything_that_is_left_has_its_file_and_line() {
    let copy = Copy::new("left");
    for endpoint in [
        add_order_note(),
        endpoint("GET /brands", "list-brands", "catalog", Caller::Anyone),
        endpoint("DELETE /admin/brands/{brand_id}", "delete-brand", "catalog", staff()),
    ] {
        let files = copy.add(&endpoint);
        let left = steps::left(&endpoint, &files, workspace()).expect("a list");
        for file in files {
            for (number, line) in (1..).zip(file.text.lines()).filter(|(_, line)| line.contains(FILL_IN)) {
                let is_old = file.before.lines().any(|old| old == line);
                assert!(is_old || left.contains(&format!("{}:{number} ", file.path)), "{left}");
            }
        }
        for step in steps::by_hand(&endpoint) {
            assert!(left.contains(&format!("{}:", step.file)), "{}: no line {:?}", step.file, step.anchor);
        }
    }
}

/// The files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn no_placeholder_is_left() {
    let root = workspace();
    let mut files = files_below(&root.join("functions"));
    files.extend(files_below(&root.join("events")));
    files.extend(["template.yaml", "docs/architecture.md", "CHANGELOG.md"].map(|file| root.join(file)));
    let mut left = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| line.contains(FILL_IN)) {
            left.push(format!("{name}:{number} {}", line.trim()));
        }
    }
    assert!(left.is_empty(), "fill in:\n{}", left.join("\n"));
}
