//! Which permissions functions use.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use souk_e2e::{Shop, print_line};

use crate::policies::{self, Statement};
use crate::scenarios::{SCENARIOS, Scenario};
use crate::world::World;

/// A scenario has ended when no function has called anything for this long.
const QUIET: Duration = Duration::from_millis(500);
/// The longest wait for that.
const QUIET_WAIT: Duration = Duration::from_secs(30);

/// A permission that a function used or was refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    /// The function: `place-order`.
    pub(crate) function: String,
    /// `dynamodb:PutItem`
    pub(crate) action: String,
    /// An ARN.
    pub(crate) resource: String,
    /// Whether it was refused.
    pub(crate) denied: bool,
}

/// A scenario that succeeded.
pub(crate) struct Run {
    /// The scenario.
    pub(crate) scenario: &'static Scenario,
    /// How long it took.
    pub(crate) time: Duration,
    /// The permissions that functions used meanwhile.
    pub(crate) uses: BTreeSet<Use>,
}

impl Run {
    /// The functions that called something.
    pub(crate) fn functions(&self) -> BTreeSet<&str> {
        self.uses.iter().map(|used| used.function.as_str()).collect()
    }

    /// Whether it needs this statement.
    pub(crate) fn needs(&self, statement: &Statement) -> bool {
        self.uses.iter().any(|used| used.is_by(statement))
    }
}

impl Use {
    /// Whether this statement allows it.
    pub(crate) fn is_by(&self, statement: &Statement) -> bool {
        self.function == statement.function && statement.allows(&self.action, &self.resource)
    }
}

/// The permissions that were used or refused since the last call.
pub(crate) fn take(shop: &Shop) -> BTreeSet<Use> {
    let prefix = format!("{}-", shop.stack_name);
    let entries = shop.take_permissions();
    let uses = entries.iter().filter_map(|entry| {
        let function = entry.text("function");
        Some(Use {
            function: function.strip_prefix(&prefix)?.to_owned(),
            action: entry.text("action"),
            resource: entry.text("resource"),
            denied: entry.text("decision") == "denied",
        })
    });
    uses.collect()
}

/// Runs every scenario once. All must succeed, and no function may be refused anything.
pub(crate) fn record(world: &World) -> Vec<Run> {
    for function in world.shop.functions() {
        policies::end_processes(&function, world.shop); // what a process reads when it starts counts, too
    }
    let (mut runs, mut problems) = (Vec::new(), Vec::new());
    settle(world.shop);
    for scenario in SCENARIOS {
        let began = Instant::now();
        let ended = panic::catch_unwind(AssertUnwindSafe(|| (scenario.run)(world)));
        let time = began.elapsed();
        let uses = settle(world.shop);
        print_line(&format!("{:>6} ms  {}", time.as_millis(), scenario.name));
        if ended.is_err() {
            problems.push(format!("`{}` failed, see above", scenario.name));
        }
        let refused = uses.iter().filter(|used| used.denied);
        problems
            .extend(refused.map(|used| format!("{} was refused {} on {}", used.function, used.action, used.resource)));
        runs.push(Run { scenario, time, uses });
    }
    // Scenarios with few functions first.
    runs.sort_by_key(|run: &Run| (run.functions().len(), run.time));
    assert!(problems.is_empty(), "some scenarios fail with the permissions of the template:\n{}", problems.join("\n"));
    runs
}

/// Waits until functions are idle, and returns what they used meanwhile.
fn settle(shop: &Shop) -> BTreeSet<Use> {
    let (began, mut uses) = (Instant::now(), BTreeSet::new());
    loop {
        let latest = take(shop);
        let idle = latest.is_empty();
        uses.extend(latest);
        if idle || began.elapsed() > QUIET_WAIT {
            return uses;
        }
        thread::sleep(QUIET);
    }
}
