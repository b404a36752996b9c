//! Checks that the machine has what `up` needs, and names everything that is missing in one message.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::process::answer;

/// The oldest supported Python.
const PYTHON_MINOR: u32 = 10;
/// The oldest Java that a supported OpenSearch runs on.
const JAVA_MAJOR: u32 = 17;
/// The oldest Java that the preferred OpenSearch runs on.
const JAVA_PREFERRED_MAJOR: u32 = 21;

/// The programs that were found.
pub(crate) struct Prerequisites {
    /// A Python that can create virtual environments.
    pub(crate) python: String,
    /// The JDK for OpenSearch.
    pub(crate) jdk: Jdk,
}

/// A Java development kit.
#[derive(Clone)]
pub(crate) struct Jdk {
    /// Its folder.
    pub(crate) home: PathBuf,
    /// 17, 21, 25, …
    pub(crate) major: u32,
}

/// Finds everything, or names everything that is missing in one message.
pub(crate) fn check() -> Result<Prerequisites> {
    let mut missing = Vec::new();
    if answer("cargo", &["--version"]).is_none() {
        missing.push("cargo: install Rust from https://rustup.rs".to_owned());
    }
    let python = python();
    if let Err(advice) = &python {
        missing.push(advice.clone());
    }
    let jdk = jdk();
    if let Err(advice) = &jdk {
        missing.push(advice.clone());
    }
    if answer("mvn", &["--version"]).is_none() {
        missing.push("Maven: `apt-get install maven`, `brew install maven`, or https://maven.apache.org".to_owned());
    }
    match (python, jdk) {
        (Ok(python), Ok(jdk)) if missing.is_empty() => Ok(Prerequisites { python, jdk }),
        _ => bail!("missing on this machine:\n  - {}", missing.join("\n  - ")),
    }
}

fn python() -> Result<String, String> {
    let install = format!(
        "Python 3.{PYTHON_MINOR} or newer with venv: `apt-get install python3 python3-venv`, `brew install python`, or https://python.org"
    );
    let newest_last = ["python3", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"];
    let question = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
    let fits = |program: &&str| {
        let version = answer(program, &["-c", question])?;
        let (major, minor) = version.split_once(' ')?;
        (major == "3" && minor.parse::<u32>().ok()? >= PYTHON_MINOR).then_some(())
    };
    newest_last.iter().find(|program| fits(program).is_some()).map(|program| (*program).to_owned()).ok_or(install)
}

/// `OPENSEARCH_JAVA_HOME` if set; otherwise the oldest JDK from 21 on, as the best tested; otherwise the newest.
fn jdk() -> Result<Jdk, String> {
    let install = format!(
        "a JDK of version {JAVA_PREFERRED_MAJOR} or newer ({JAVA_MAJOR} also works, with an older OpenSearch): `apt-get install openjdk-{JAVA_MAJOR}-jdk-headless`, \
         `brew install openjdk`, or https://adoptium.net; name it with JAVA_HOME if it is not found"
    );
    if let Some(home) = env::var_os("OPENSEARCH_JAVA_HOME") {
        let chosen = jdk_at(Path::new(&home)).filter(|jdk| jdk.major >= JAVA_MAJOR);
        return chosen.ok_or_else(|| format!("OPENSEARCH_JAVA_HOME={} does not hold {install}", home.display()));
    }
    let mut found: Vec<Jdk> = candidates().iter().filter_map(|home| jdk_at(home)).collect();
    found.retain(|jdk| jdk.major >= JAVA_MAJOR);
    found.sort_by_key(|jdk| jdk.major);
    let preferred = found.iter().find(|jdk| jdk.major >= JAVA_PREFERRED_MAJOR).or(found.last());
    preferred.cloned().ok_or(install)
}

fn candidates() -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = env::var_os("JAVA_HOME").map(PathBuf::from).into_iter().collect();
    for folder in ["/usr/lib/jvm", "/opt/java", "/usr/local/lib/jvm"] {
        homes.extend(fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()));
    }
    let mac = fs::read_dir("/Library/Java/JavaVirtualMachines").into_iter().flatten().flatten();
    homes.extend(mac.map(|entry| entry.path().join("Contents/Home")));
    let on_path = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&on_path) {
        let Ok(program) = fs::canonicalize(folder.join("javac")) else { continue };
        homes.extend(program.ancestors().nth(2).map(Path::to_owned));
    }
    homes
}

/// The JDK in a folder, if it has a compiler (the launcher is a source file) and a version.
fn jdk_at(home: &Path) -> Option<Jdk> {
    if !home.join("bin/javac").exists() {
        return None;
    }
    let release = fs::read_to_string(home.join("release")).unwrap_or_default();
    let version = release
        .lines()
        .find_map(|line| Some(line.strip_prefix("JAVA_VERSION=")?.trim_matches('"').to_owned()))
        .or_else(|| answer(home.join("bin/javac"), &["-version"])?.strip_prefix("javac ").map(str::to_owned))?;
    Some(Jdk { home: home.to_owned(), major: major_of(&version)? })
}

/// 17 of `17.0.15`, 25 of `25`, 8 of `1.8.0`.
fn major_of(version: &str) -> Option<u32> {
    let mut numbers = version.split(['.', '-', '+', '_']);
    let first = numbers.next()?.parse().ok()?;
    if first == 1 { numbers.next()?.parse().ok() } else { Some(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_versions_are_read() {
        assert_eq!(major_of("17.0.15"), Some(17));
        assert_eq!(major_of("25"), Some(25));
        assert_eq!(major_of("26-ea"), Some(26));
        assert_eq!(major_of("1.8.0_392"), Some(8));
        assert_eq!(major_of("unknown"), None);
    }
}
