//! The row of an endpoint in docs/architecture.md and its line in CHANGELOG.md.

use anyhow::{Context, Result, ensure};

use super::endpoint::{FILL_IN, NewEndpoint};

/// Adds the row after the last one of the service for such callers, else after the last one of the service.
pub(super) fn in_architecture(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let row = format!(
        "| {} | {} | {} | {} | limits (Update), {FILL_IN}: other tables and resources (access), if any |",
        endpoint.name, endpoint.route, endpoint.caller, endpoint.service
    );
    let is_row = |line: &str, for_staff: Option<bool>| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let is_of_service = cells.len() == 7 && cells[4] == endpoint.service && !cells[3].is_empty();
        is_of_service && for_staff.is_none_or(|for_staff| cells[3].starts_with("staff") == for_staff)
    };
    let name = format!("| {} |", endpoint.name);
    ensure!(!lines.iter().any(|line| line.starts_with(&name)), "there is a row {} already", endpoint.name);
    let same = lines.iter().rposition(|line| is_row(line, Some(endpoint.caller.is_staff())));
    let last = same.or_else(|| lines.iter().rposition(|line| is_row(line, None)));
    let last = last.with_context(|| format!("no row of {}", endpoint.service))?;
    Ok(with_line(&lines, last + 1, &row))
}

/// Adds the line to the end of what is added in the next release.
pub(super) fn in_changelog(text: &str, endpoint: &NewEndpoint) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let find = |line: &str, from: usize| Some(lines.iter().skip(from).position(|it| *it == line)? + from);
    let unreleased = find("## [Unreleased]", 0).context("no heading [Unreleased]")?;
    let added = find("### Added", unreleased).context("no heading Added below [Unreleased]")?;
    let next = lines.iter().skip(added + 1).position(|line| line.starts_with('#'));
    let end = next.map_or(lines.len(), |next| next + added + 1);
    let last = lines[..end].iter().rposition(|line| !line.is_empty()).context("no line")?;
    Ok(with_line(&lines, last + 1, &format!("- `{}` {}.", endpoint.route, endpoint.summary_inside())))
}

fn with_line(lines: &[&str], at: usize, line: &str) -> String {
    let (head, tail) = lines.split_at(at);
    [head, &[line], tail].concat().join("\n") + "\n"
}
