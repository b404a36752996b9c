//! Removes statements and runs the scenarios that need them.

use std::any::Any;
use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::time::{SystemTime, UNIX_EPOCH};

use souk_e2e::{fail_fast, print_line};
use souk_rng::SeededRng;

use crate::policies::Statement;
use crate::usage::{self, Run};
use crate::world::World;

/// Which statements are removed: a number of them, `all`, or `of login,refresh`.
const STATEMENTS_VARIABLE: &str = "SOUK_IAM_STATEMENTS";
/// The seed that chooses the statements.
const SEED_VARIABLE: &str = "SOUK_IAM_SEED";
const DEFAULT_STATEMENTS: usize = 10;
/// Maximum scenarios that run without a statement.
const SCENARIOS: usize = 20;
/// How long a scenario waits for an effect that may never come.
const WAIT_SECONDS: u64 = 15;
/// Attempts of a scenario that fails although no function was refused anything.
const ATTEMPTS: usize = 3;

/// A removed statement and the outcome.
pub(crate) struct Mutant {
    /// The statement.
    pub(crate) statement: Statement,
    /// The outcome.
    pub(crate) outcome: Outcome,
}

/// The outcome of the scenarios without a statement.
pub(crate) enum Outcome {
    /// A scenario failed, and the function was refused something.
    Noticed {
        /// The scenario.
        by: &'static str,
        /// How it failed.
        how: String,
    },
    /// The function was refused something, but no scenario failed.
    RefusedOnly {
        /// The scenarios.
        by: Vec<&'static str>,
    },
    /// No scenario uses the statement.
    Unused,
}

/// The statements to remove, as the environment chooses them.
pub(crate) fn sample(statements: &[Statement]) -> Vec<Statement> {
    let wanted = env::var(STATEMENTS_VARIABLE).unwrap_or_else(|_| DEFAULT_STATEMENTS.to_string());
    if wanted == "all" {
        return statements.to_vec();
    }
    if let Some(functions) = wanted.strip_prefix("of ") {
        let functions: Vec<_> = functions.split(',').collect();
        let of_these = |statement: &&Statement| functions.contains(&statement.function.as_str());
        return statements.iter().filter(of_these).cloned().collect();
    }
    let count = wanted.parse().unwrap_or_else(|_| panic!("{STATEMENTS_VARIABLE}={wanted} is no number and not `all`"));
    let seed = env::var(SEED_VARIABLE).ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(seed_of_the_time);
    print_line(&format!("{count} of {} statements, chosen by the seed {seed}", statements.len()));
    let mut rng = SeededRng::new(seed, 0);
    rng.pick_several(statements, count).into_iter().cloned().collect()
}

fn seed_of_the_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Removes each statement in turn.
pub(crate) fn run(world: &World, statements: Vec<Statement>, runs: &[Run]) -> Vec<Mutant> {
    let (hook, total) = (panic::take_hook(), statements.len());
    panic::set_hook(Box::new(|_| ())); // most scenarios fail now
    let mutants = statements.into_iter().enumerate().map(|(number, statement)| {
        statement.remove(world.shop);
        fail_fast(Some(WAIT_SECONDS));
        let outcome = outcome(world, &statement, runs);
        fail_fast(None);
        statement.restore(world.shop);
        let mutant = Mutant { statement, outcome };
        print_line(&format!("{}/{total} {mutant}", number + 1));
        mutant
    });
    let mutants = mutants.collect();
    panic::set_hook(hook);
    mutants
}

fn outcome(world: &World, statement: &Statement, runs: &[Run]) -> Outcome {
    let mut refused = Vec::new();
    // A permission that only a new process needs may have been recorded in another scenario.
    let others =
        runs.iter().filter(|run| !run.needs(statement) && run.functions().contains(statement.function.as_str()));
    for run in runs.iter().filter(|run| run.needs(statement)).chain(others).take(SCENARIOS) {
        for _ in 0..ATTEMPTS {
            usage::take(world.shop);
            let ended = panic::catch_unwind(AssertUnwindSafe(|| (run.scenario.run)(world)));
            let was_refused = usage::take(world.shop).iter().any(|used| used.denied && used.is_by(statement));
            match ended {
                Err(panic) if was_refused => {
                    return Outcome::Noticed { by: run.scenario.name, how: message(&*panic) };
                }
                Ok(()) => {
                    if was_refused {
                        refused.push(run.scenario.name);
                    }
                    break;
                }
                Err(_) => {} // for another reason, such as a slow machine
            }
        }
    }
    if refused.is_empty() { Outcome::Unused } else { Outcome::RefusedOnly { by: refused } }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let line = text.unwrap_or("it panicked").replace('\n', " ");
    line.chars().take(160).collect()
}
