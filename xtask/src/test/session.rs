//! What the stages of one run share.

use anyhow::Result;

use super::provider::Provider;
use super::removals::Removals;
use crate::executables::Executable;
use crate::local::down;
use crate::local::redis::Redis;
use crate::paths::Paths;

/// One run of `cargo xtask test`.
pub(super) struct Session {
    /// The folders of the workspace.
    pub(super) paths: Paths,
    /// Everything that the workspace builds, once it is built.
    pub(super) executables: Vec<Executable>,
    /// The home of the shop of the stages `end to end`, `client purchases` and `fuzz`, once it runs.
    pub(super) shop: Option<Paths>,
    /// The stack of the stages `search` and `chaos`, once it runs.
    pub(super) stack: Option<FailureStack>,
    /// The statements that the stage `iam` removes.
    pub(super) removals: Removals,
    /// Lines to print at the end.
    pub(super) held_back: Vec<String>,
}

/// A stack whose tests kill parts of it.
pub(super) struct FailureStack {
    /// Its home.
    pub(super) paths: Paths,
    /// Its payment provider.
    pub(super) provider: Provider,
    /// Its shared cache, which ends with the value.
    pub(super) _redis: Redis,
}

impl Session {
    /// Nothing is built, and nothing runs.
    pub(super) fn new(paths: &Paths) -> Self {
        Self {
            paths: paths.clone(),
            executables: Vec::new(),
            shop: None,
            stack: None,
            removals: Removals::default(),
            held_back: Vec::new(),
        }
    }

    /// The tests that need a deployed shop.
    pub(super) fn end_to_end_tests(&self) -> Vec<Executable> {
        let mine = |executable: &&Executable| executable.is_test && executable.package == self.paths.root.join("tests");
        self.executables.iter().filter(mine).cloned().collect()
    }

    /// All other tests.
    pub(super) fn other_tests(&self) -> Vec<Executable> {
        let others =
            |executable: &&Executable| executable.is_test && executable.package != self.paths.root.join("tests");
        self.executables.iter().filter(others).cloned().collect()
    }

    /// Prints a line of a test's output: a summary at the end of the run, all else at once.
    pub(super) fn show(&mut self, line: String) {
        if line.starts_with("test result:") {
            self.held_back.push(line);
        } else {
            println!("{line}");
        }
    }

    /// Stops whatever runs.
    pub(super) fn stop_all(&mut self) -> Result<()> {
        self.stop_shop().and(self.stop_stack())
    }

    /// Stops the shop with the sample catalogue, if it runs.
    pub(super) fn stop_shop(&mut self) -> Result<()> {
        let Some(home) = self.shop.take() else { return Ok(()) };
        let _lock = home.lock()?;
        down::stop_all(&home).map(drop)
    }

    fn stop_stack(&mut self) -> Result<()> {
        let Some(stack) = self.stack.take() else { return Ok(()) };
        let _lock = stack.paths.lock()?;
        down::stop_all(&stack.paths).map(drop)
    }
}
