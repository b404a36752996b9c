//! The contract against the last release: a change that breaks clients is declared, or it is not made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of the highest version; none before the first release.
fn last_release() -> Option<PathBuf> {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../releases");
    let folders = fs::read_dir(releases).ok()?.map(|entry| entry.expect("a readable folder").path());
    folders.filter(|folder| folder.is_dir()).max_by_key(|folder| version(folder))
}

fn version(folder: &Path) -> Vec<u32> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let parts = name.split('.').map(|part| part.parse().unwrap_or_else(|_| panic!("{name} is not a version")));
    parts.collect()
}

fn yaml(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn breaking_changes_since_the_last_release_are_declared() {
    let release = last_release().expect("tests/releases has a release");
    let file = release.join("changes.yaml");
    let declared: BTreeMap<String, String> = match yaml(&file) {
        Value::Null => BTreeMap::new(),
        changes => serde_json::from_value(changes).expect("changes.yaml has a reason for each change"),
    };
    let unexplained = declared.iter().filter(|(_, reason)| reason.trim().is_empty()).map(|(change, _)| change);
    assert_eq!(unexplained.collect::<Vec<_>>(), [""; 0], "changes without a reason in {}", file.display());

    let found = souk_openapi::breaking_changes(&yaml(&release.join("openapi.yaml")), &souk_openapi::document());
    let undeclared = found.iter().filter(|change| !declared.contains_key(*change));
    let undeclared: Vec<_> = undeclared.map(|change| format!("{change:?}: \"…\"")).collect();
    assert!(
        undeclared.is_empty(),
        "these changes break clients of the last release. Undo them, or declare each with its reason in {}:\n{}",
        file.display(),
        undeclared.join("\n")
    );
    let unused: Vec<_> = declared.keys().filter(|change| !found.contains(change)).collect();
    assert!(unused.is_empty(), "{} declares what did not change: {unused:#?}", file.display());
}
