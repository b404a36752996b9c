//! The lines of an endpoint in lib.rs, handlers.rs and operations.rs of its service.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::endpoint::{FILL_IN, NewEndpoint};

/// Adds the module.
pub(super) fn in_lib(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let module = endpoint.name.snake();
    let is_declared = |line: &str| line.trim_start_matches("pub ") == format!("mod {module};");
    ensure!(!text.lines().any(is_declared), "the module {module} exists");
    before(text, "pub mod ", &format!("pub mod {module};\n"))
}

/// Adds the handler name, and what it starts.
pub(super) fn in_handlers(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let (module, handler) = (endpoint.name.snake(), endpoint.name.pascal());
    let text = before(text, "use crate::", &format!("use crate::{module}::{handler};\n"))?;
    let list = "HANDLERS: Handlers = &[";
    let item = |start: &str| format!("(\"{}\", &{start}))", endpoint.name);
    if !endpoint.is_audited() {
        return with_item(&text, list, "];", &item(&format!("Http({handler}::from_dependencies")));
    }
    let text = with_imports_of_audit(&text)?;
    let subject = subject(endpoint);
    with_item(&text, list, "];", &item(&format!("StaffHttp({handler}::from_dependencies, {subject}")))
}

/// Adds what an audited handler uses, if it is not there.
fn with_imports_of_audit(text: &str) -> Result<String> {
    const SUBJECT: &str = "use souk_runtime::http::audit::Subject;\n";
    const SERVICE: &str = "use souk_runtime::service::{";
    let text = if text.contains(SUBJECT) { text.to_owned() } else { before(text, SERVICE, SUBJECT)? };
    let (_, imported) = text.split_once(SERVICE).with_context(|| format!("no line `{SERVICE}…`"))?;
    let imported = imported.split_once("};").map_or("", |(list, _)| list);
    if top_level(imported).iter().any(|name| name == "StaffHttp") {
        return Ok(text);
    }
    with_item(&text, SERVICE, "};", "StaffHttp")
}

/// The subject of entries in the audit log.
fn subject(endpoint: &NewEndpoint) -> String {
    let of = |parameter: &&str| match *parameter {
        "category_id" => Some("Subject::Category".to_owned()),
        "collection_id" => Some("Subject::Collection".to_owned()),
        "order_id" => Some("Subject::Order".to_owned()),
        "product_id" => Some("Subject::Product".to_owned()),
        "user_id" => Some("Subject::Account".to_owned()),
        _ => None,
    };
    let parameters = endpoint.route.parameters();
    parameters.iter().find_map(of).unwrap_or_else(|| format!("Subject::Named(\"{FILL_IN}: what is changed\")"))
}

/// Adds the declaration.
pub(super) fn in_operations(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let module = endpoint.name.snake();
    let text = if text.contains("use crate::{") {
        with_item(text, "use crate::{", "};", &module)?
    } else {
        let (head, rest) = text.split_once("use crate::").context("no line `use crate::…`")?;
        let (only, rest) = rest.split_once(';').context("`use crate::…` without an end")?;
        format!("{head}use crate::{{{only}, {module}}};{rest}")
    };
    // rustfmt may put the list on a line of its own.
    let after_type = "OPERATIONS: &[fn() -> Operation] =";
    let (head, list) = text.split_once(after_type).context("no list OPERATIONS")?;
    Ok(format!("{head}{after_type}{}", with_item(list, "&[", "];", &format!("{module}::operation"))?))
}

/// Inserts a line before the first line that begins like that; rustfmt sorts.
fn before(text: &str, start: &str, line: &str) -> Result<String> {
    let at = text.find(&format!("\n{start}")).with_context(|| format!("no line `{start}…`"))? + 1;
    Ok(format!("{}{line}{}", &text[..at], &text[at..]))
}

/// Adds an item to a sorted list.
fn with_item(text: &str, begin: &str, end: &str, item: &str) -> Result<String> {
    let (head, rest) = text.split_once(begin).with_context(|| format!("no list `{begin}`"))?;
    let (list, tail) = rest.split_once(end).with_context(|| format!("the list `{begin}` has no end"))?;
    let mut items = top_level(list);
    let at = items.iter().position(|known| known.as_str() > item).unwrap_or(items.len());
    items.insert(at, item.to_owned());
    Ok(format!("{head}{begin}{}{end}{tail}", items.join(",\n")))
}

/// The items of a list. Commas in parentheses do not separate.
fn top_level(list: &str) -> Vec<String> {
    let (mut items, mut depth) = (vec![String::new()], 0_usize);
    for letter in list.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match items.last_mut() {
            Some(item) if letter != ',' || depth > 0 => item.push(letter),
            _ => items.push(String::new()),
        }
    }
    items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// The code in rustfmt's form.
pub(super) fn formatted(code: &str, root: &Path) -> Result<String> {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--emit", "stdout", "--config-path"]).arg(root.join("rustfmt.toml"));
    let mut rustfmt = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run rustfmt: rustup component add rustfmt")?;
    rustfmt.stdin.take().context("rustfmt has no input")?.write_all(code.as_bytes()).context("cannot call rustfmt")?;
    let output = rustfmt.wait_with_output().context("cannot read the output of rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt refuses the code:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("rustfmt writes UTF-8")
}
