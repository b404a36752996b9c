//! The RustSec advisory database for cargo-deny: a copy beside the workspace if there is one, the network otherwise.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::paths::Paths;
use crate::process;

/// The copy, seen from the workspace: its archive, and a README whose first line has its date.
const COPY: &str = "../shared/advisory-db";
/// The folders of the databases, one of the copy and one of the network, with the names that cargo-deny expects.
const HOME: &str = "target/local-test/checks";
/// cargo-deny's name for a clone of `https://github.com/RustSec/advisory-db`.
const CLONE: &str = "advisory-db-3157b0e258782691";
/// The section of deny.toml that gets the database's folder.
const SECTION: &str = "[advisories]\n";

/// A database, and the configuration that uses it.
pub(super) struct Database {
    /// deny.toml with the database's folder.
    pub(super) config: PathBuf,
    /// Whether the network is not needed.
    pub(super) is_copy: bool,
    folder: PathBuf,
}

impl Database {
    /// Unpacks the copy, if there is one.
    pub(super) fn prepare(paths: &Paths, log: &Path) -> Result<Self> {
        let home = paths.root.join(HOME);
        let copy = paths.root.join(COPY);
        let is_copy = copy.join("advisory-db.tar.gz").is_file();
        let databases = home.join(if is_copy { "advisories-copy" } else { "advisories" });
        let folder = databases.join(CLONE);
        if is_copy {
            unpack(&copy, &folder, log)?;
        }
        let config = home.join("deny.toml");
        let text = fs::read_to_string(paths.root.join("deny.toml")).context("cannot read deny.toml")?;
        fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        fs::write(&config, with_databases(&text, &databases)?)
            .with_context(|| format!("cannot write {}", config.display()))?;
        Ok(Self { config, is_copy, folder })
    }

    /// Appends to the log which database was used and how old it is.
    pub(super) fn describe(&self, log: &Path) -> Result<()> {
        let folder = self.folder.to_string_lossy();
        let commit = process::answer("git", &["-C", &folder, "log", "-1", "--format=commit %h of %cs, %cr"]);
        let source = if self.is_copy { COPY } else { "https://github.com/RustSec/advisory-db" };
        let commit = commit.as_deref().unwrap_or("of an unknown commit");
        let mut log = fs::File::options().append(true).create(true).open(log).context("cannot open the log")?;
        writeln!(log, "advisory database: {source}, {commit}").context("cannot write the log")
    }
}

/// Makes the copy a repository with one commit of its date, as cargo-deny reads nothing else.
fn unpack(copy: &Path, folder: &Path, log: &Path) -> Result<()> {
    let readme = fs::read_to_string(copy.join("README.md")).with_context(|| format!("{COPY} has no README.md"))?;
    let date = date(&readme).with_context(|| format!("the first line of {COPY}/README.md has no date"))?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(copy.join("advisory-db.tar.gz")).arg("-C").arg(folder);
    process::run_appending(&mut tar, log)?;
    let identity = ["-c", "user.name=souk", "-c", "user.email=souk@localhost", "-c", "commit.gpgsign=false"];
    let at = format!("{date}T00:00:00Z");
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--no-verify", "-m", &at]] {
        let mut git = Command::new("git");
        git.current_dir(folder).args(identity).args(arguments);
        git.envs([("GIT_AUTHOR_DATE", &at), ("GIT_COMMITTER_DATE", &at)]);
        process::run_appending(&mut git, log)?;
    }
    Ok(())
}

/// The date in the first line, such as `2026-08-20`.
fn date(readme: &str) -> Option<&str> {
    let is_date = |word: &&str| {
        let parts: Vec<_> = word.split('-').map(str::len).collect();
        parts == [4, 2, 2] && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    readme.lines().next()?.split_whitespace().find(is_date)
}

/// deny.toml with the folder of the databases, which differs from machine to machine.
fn with_databases(deny: &str, databases: &Path) -> Result<String> {
    ensure!(deny.matches(SECTION).count() == 1, "deny.toml needs one section [advisories]");
    Ok(deny.replace(SECTION, &format!("{SECTION}db-path = {:?}\n", databases.to_string_lossy())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_its_date_in_its_first_line() {
        let readme = "# The RustSec advisory database, as of 2026-08-20\n\nRead 2026-09-01.";
        assert_eq!(date(readme), Some("2026-08-20"));
        for none in ["", "# The database", "# as of 2026-8-20", "#\n2026-08-20", "# as of yyyy-mm-dd"] {
            assert_eq!(date(none), None, "{none}");
        }
    }

    #[test]
    fn the_configuration_gets_the_folder_of_the_databases() {
        let deny = include_str!("../../../deny.toml");
        let text = with_databases(deny, Path::new("/there/advisories")).expect("one section");
        assert!(text.contains("[advisories]\ndb-path = \"/there/advisories\"\n"), "{text}");
        assert!(with_databases("[licenses]\n", Path::new("/there")).is_err());
    }

    /// An exception needs a date, so that it is reviewed again.
    #[test]
    fn every_exception_is_named_and_dated() {
        let deny = include_str!("../../../deny.toml");
        let exceptions: Vec<_> = deny.lines().filter(|line| line.contains("RUSTSEC-")).collect();
        assert!(!exceptions.is_empty());
        for line in exceptions {
            let reason = line.split_once("reason = ").map(|(_, reason)| reason.trim_matches(['"', ' ', '}', ',']));
            assert!(reason.is_some_and(|reason| date(reason).is_some() && reason.len() > 60), "{line}");
        }
    }
}
