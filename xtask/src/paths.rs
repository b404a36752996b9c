//! The folders of the local stack. All are under `target/`, which git ignores.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use souk_accounts::staff::SESSION_FILE;

use crate::{clock::Stopwatch, interrupt};

/// How long a command waits for another command on the same home.
const LOCK_WAIT: Duration = Duration::from_mins(1);

/// The folders that the commands share.
#[derive(Clone)]
pub(crate) struct Paths {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Installed parts, the same for every home: `target/local`.
    pub(crate) tools: PathBuf,
    /// One running shop's state, logs and `stack.json`: `target/local`, or `SOUK_HOME`.
    pub(crate) home: PathBuf,
}

impl Paths {
    /// Reads `SOUK_HOME`; a relative one starts at the workspace.
    pub(crate) fn from_environment() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies inside a workspace")?;
        let tools = root.join("target/local");
        let home = env::var_os("SOUK_HOME").map_or_else(|| tools.clone(), |home| root.join(home));
        Ok(Self { root: root.to_owned(), tools, home })
    }

    /// The same workspace and tools with another home.
    pub(crate) fn with_home(&self, home: &str) -> Self {
        Self { home: self.root.join(home), ..self.clone() }
    }

    /// A program of the Python environment.
    pub(crate) fn python_tool(&self, name: &str) -> PathBuf {
        self.tools.join("venv/bin").join(name)
    }

    /// The folder of a service's binary, which `CodeUri` in template.yaml names.
    pub(crate) fn service(&self, name: &str) -> PathBuf {
        self.root.join("target/lambda").join(name)
    }

    /// MiniStack's saved state.
    pub(crate) fn state(&self) -> PathBuf {
        self.home.join("state")
    }

    /// The log of a part or of a child process.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.home.join("logs").join(format!("{name}.log"))
    }

    /// Makes the home's folders and takes its lock until the file is dropped, so that two commands never work on one
    /// home at once.
    pub(crate) fn lock(&self) -> Result<File> {
        for folder in ["logs", "tmp"] {
            let folder = self.home.join(folder);
            fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let file = File::create(self.home.join("lock")).context("cannot create the lock file")?;
        let waiting = Stopwatch::start();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the home"),
                Err(TryLockError::WouldBlock) if waiting.elapsed() < LOCK_WAIT => interrupt::sleep_millis(100)?,
                Err(TryLockError::WouldBlock) => {
                    bail!("another `cargo xtask` is starting or stopping the shop in {}", self.home.display())
                }
            }
        }
    }

    /// Deletes the shop: state, search data, logs. Installed parts stay.
    pub(crate) fn wipe(&self) -> Result<()> {
        for name in ["state", "search-2", "search-3", "tmp", "logs", "sam-local"] {
            remove(&self.home.join(name))?;
        }
        for name in ["stack.json", "staff.json", SESSION_FILE] {
            remove(&self.home.join(name))?;
        }
        for name in ["logs", "tmp"] {
            fs::create_dir_all(self.home.join(name)).with_context(|| format!("cannot create {name}"))?;
        }
        Ok(())
    }
}

/// Removes a file or a folder, if it exists.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Replaces a file atomically. If `private`, only its owner may read it.
pub(crate) fn write_whole(path: &Path, contents: &[u8], private: bool) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let partial = path.with_extension("partial");
    remove(&partial)?;
    let mode = if private { 0o600 } else { 0o644 };
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&partial)?;
        file.write_all(contents)?;
        fs::rename(&partial, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
