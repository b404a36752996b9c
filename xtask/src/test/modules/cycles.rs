//! Finds the cycles of a dependency graph.

use std::collections::BTreeSet;
use std::fmt;

use super::scope::Dependencies;

/// Modules each of which depends on each other, directly or not.
pub(super) struct Cycle {
    /// Their names.
    pub(super) modules: Vec<String>,
    /// The dependencies between them, and the names that cause each.
    edges: Vec<(String, String, BTreeSet<String>)>,
}

/// Finds all cycles, as the strongly connected components of more than one module.
pub(super) fn find(dependencies: &Dependencies) -> Vec<Cycle> {
    let mut seen = BTreeSet::new();
    let mut cycles = Vec::new();
    for module in dependencies.keys() {
        if seen.contains(module) {
            continue;
        }
        let from_here = reachable(dependencies, module);
        let both_ways = |other: &&String| reachable(dependencies, other).contains(module);
        let modules: Vec<String> = from_here.iter().filter(both_ways).cloned().collect();
        seen.extend(modules.iter().cloned());
        if modules.len() > 1 {
            cycles.push(Cycle { edges: edges(dependencies, &modules), modules });
        }
    }
    cycles
}

/// All modules that this one depends on, directly or not.
fn reachable(dependencies: &Dependencies, module: &str) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![module.to_owned()]);
    while let Some(module) = waiting.pop() {
        for target in dependencies.get(&module).into_iter().flatten().map(|(target, _)| target) {
            if found.insert(target.clone()) {
                waiting.push(target.clone());
            }
        }
    }
    found
}

fn edges(dependencies: &Dependencies, modules: &[String]) -> Vec<(String, String, BTreeSet<String>)> {
    let from = modules.iter().filter_map(|module| dependencies.get_key_value(module));
    let all = from.flat_map(|(module, targets)| targets.iter().map(move |(target, names)| (module, target, names)));
    all.filter(|(_, target, _)| modules.contains(target))
        .map(|(module, target, names)| (module.clone(), target.clone(), names.clone()))
        .collect()
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (module, target, names) in &self.edges {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            writeln!(f, "  {module} -> {target}: {}", names.join(", "))?;
        }
        Ok(())
    }
}
