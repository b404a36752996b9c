//! Resolves the names that a module uses to the modules that define them.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Crate, Import, Segments};

/// For each module (file), the modules that it depends on, with the names that it takes from each.
pub(super) type Dependencies = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// A re-export may lead to another; a chain that is longer than this goes round.
const LONGEST_CHAIN: u32 = 16;

/// Finds what each module of a crate depends on.
pub(super) fn dependencies(krate: &Crate) -> Dependencies {
    let mut dependencies = Dependencies::new();
    for (scope, module) in krate {
        let imported = module.imports.iter().filter(|import| is_used(import, krate, scope)).map(|import| &import.path);
        for path in imported.chain(&module.paths) {
            let Some(target) = resolve(krate, scope, path, LONGEST_CHAIN) else { continue };
            if !module.file.starts_with(&target) {
                let name = path.last().map_or("", String::as_str).to_owned();
                let of_module = dependencies.entry(name_of(&module.file)).or_default();
                of_module.entry(name_of(&target)).or_default().insert(name);
            }
        }
    }
    dependencies
}

/// A re-export counts only if the module also uses the name.
fn is_used(import: &Import, krate: &Crate, scope: &Segments) -> bool {
    !import.public || krate[scope].identifiers.contains(&import.name)
}

fn name_of(path: &[String]) -> String {
    if path.is_empty() { "the crate's root".to_owned() } else { path.join("::") }
}

/// The module whose file defines what the path names; none for what is not of this crate.
fn resolve(krate: &Crate, scope: &[String], path: &[String], chain: u32) -> Option<Segments> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => descend(krate, &[], rest, chain),
        "self" => descend(krate, scope, rest, chain),
        "super" => resolve(krate, &parent(scope)?, &[&["self".to_owned()], rest].concat(), chain),
        _ if krate.contains_key(&child(scope, first)) || imports(krate, scope, first).next().is_some() => {
            descend(krate, scope, path, chain)
        }
        _ => None,
    }
}

fn descend(krate: &Crate, module: &[String], path: &[String], chain: u32) -> Option<Segments> {
    let Some((first, rest)) = path.split_first() else { return Some(krate.get(module)?.file.clone()) };
    if first == "super" {
        return descend(krate, &parent(module)?, rest, chain);
    }
    let below = child(module, first);
    if krate.contains_key(&below) {
        return descend(krate, &below, rest, chain);
    }
    let found = krate.get(module)?;
    if found.definitions.contains(first) || chain == 0 {
        return Some(found.file.clone());
    }
    if let Some(import) = imports(krate, module, first).next() {
        return resolve(krate, module, &[import.path.as_slice(), rest].concat(), chain - 1);
    }
    let globs = found.imports.iter().filter(|import| import.name == "*");
    let behind_glob = globs.filter_map(|glob| resolve(krate, module, &glob.path, chain - 1));
    let mut defining = behind_glob.filter(|target| krate.get(target).is_some_and(|m| m.definitions.contains(first)));
    defining.next().or_else(|| Some(found.file.clone()))
}

fn imports<'a>(krate: &'a Crate, scope: &[String], name: &'a str) -> impl Iterator<Item = &'a Import> {
    // A name that is imported from a path that starts with itself (`use serde::de; use de::…`) would go round.
    let module = krate.get(scope);
    module.into_iter().flat_map(|module| &module.imports).filter(move |import| {
        import.name == name && import.path.first().is_some_and(|first| first != name || import.path.len() == 1)
    })
}

fn child(module: &[String], name: &str) -> Segments {
    [module, &[name.to_owned()]].concat()
}

fn parent(module: &[String]) -> Option<Segments> {
    let (_, parent) = module.split_last()?;
    Some(parent.to_vec())
}
