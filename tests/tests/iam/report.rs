//! Tables of the used permissions, and of the removed statements.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::fs;

use souk_e2e::print_line;

use crate::mutation::{Mutant, Outcome};
use crate::policies::{Statement, matches, short};
use crate::usage::{Run, Use};
use crate::world::World;

/// Actions that the local stack does not evaluate, and why.
const NOT_EVALUATED: [(&str, &str); 1] =
    [("es:ESHttp*", "the local search node accepts unsigned requests, so no policy is evaluated")];
/// Condition keys that the local stack evaluates.
const EVALUATED_CONDITIONS: [&str; 3] = ["ses:FromAddress", "dynamodb:Attributes", "dynamodb:Select"];
/// Statements whose removal the local stack cannot show: the function, a part of the statement, the reason.
const NOT_SHOWN: [(&str, &str, &str); 1] = [(
    "import-upload",
    "s3:ListBucket",
    "without it S3 answers 403 for an object that does not exist; the local S3 answers 404",
)];

/// The results of a run.
pub(crate) struct Report<'a> {
    world: &'a World,
    statements: &'a [Statement],
    uses: BTreeSet<Use>,
}

impl<'a> Report<'a> {
    /// A report with all uses, including those before the scenarios.
    pub(crate) fn new(world: &'a World, before: BTreeSet<Use>, statements: &'a [Statement], runs: &[Run]) -> Self {
        let uses = before.into_iter().chain(runs.iter().flat_map(|run| run.uses.iter().cloned())).collect();
        Self { world, statements, uses }
    }

    /// Prints permissions that no scenario used, and functions that no scenario called.
    pub(crate) fn print_usage(&self) {
        let (mut total, mut unused) = (0, Vec::new());
        for statement in self.statements.iter().filter(|statement| !is_evaluated_nowhere(statement)) {
            for (action, resource) in pairs(statement) {
                total += 1;
                let is_it = |used: &&Use| {
                    used.function == statement.function && used.action == *action && matches(resource, &used.resource)
                };
                if !self.uses.iter().any(|used| is_it(&used)) {
                    unused.push(format!("{}: {action} on {}", statement.function, short(resource)));
                }
            }
        }
        print_line(&format!("{} of {total} permissions (an action on a resource) were used", total - unused.len()));
        for line in &unused {
            print_line(&format!("  not used  {line}"));
        }
        self.write("unused.txt", &unused.join("\n"));
    }

    /// Prints the outcome of each statement, and writes it as a table.
    pub(crate) fn print_mutants(&self, mutants: &[Mutant]) {
        let mut table = "| function | statement | noticed by |\n|---|---|---|\n".to_owned();
        for mutant in mutants {
            let by = mutant.describe().replace('|', "\\|");
            writeln!(table, "| {} | {} | {by} |", mutant.statement.function, mutant.statement).expect("a string");
        }
        self.write("mutants.md", &table);
        let count = |of: fn(&Mutant) -> bool| mutants.iter().filter(|mutant| of(mutant)).count();
        let not_proved = count(|mutant| is_evaluated_nowhere(&mutant.statement) || mutant.is_not_shown());
        let noticed = count(|mutant| matches!(mutant.outcome, Outcome::Noticed { .. }));
        print_line(&format!(
            "test result: {} statements removed: {noticed} noticed, {} not noticed, {not_proved} not proved, of {} in all",
            mutants.len(),
            mutants.len() - noticed - not_proved,
            self.statements.len()
        ));
        let not_proved = |mutant: &&Mutant| is_evaluated_nowhere(&mutant.statement) || mutant.is_not_shown();
        for mutant in mutants.iter().filter(not_proved) {
            print_line(&format!("  not proved  {}: {}", mutant.statement.function, mutant.statement));
        }
        for (action, reason) in NOT_EVALUATED {
            print_line(&format!("  {action} is not proved: {reason}"));
        }
        for (function, part, reason) in NOT_SHOWN {
            print_line(&format!("  {part} of {function} is not proved: {reason}"));
        }
    }

    /// Fails if a removal was not noticed.
    pub(crate) fn check(&self, mutants: &[Mutant]) {
        for statement in self.statements {
            for key in &statement.conditions {
                assert!(EVALUATED_CONDITIONS.contains(&key.as_str()), "{statement}: {key} is not evaluated");
            }
        }
        let unnoticed: Vec<_> = mutants.iter().filter(|mutant| mutant.is_unexpected()).map(Mutant::to_string).collect();
        assert!(unnoticed.is_empty(), "nothing noticed the removal of\n{}", unnoticed.join("\n"));
    }

    fn write(&self, name: &str, content: &str) {
        let file = self.world.shop.home().join(name);
        fs::write(&file, content).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    }
}

fn pairs(statement: &Statement) -> impl Iterator<Item = (&String, &String)> {
    statement.actions.iter().flat_map(|action| statement.resources.iter().map(move |resource| (action, resource)))
}

fn is_evaluated_nowhere(statement: &Statement) -> bool {
    statement.actions.iter().all(|action| NOT_EVALUATED.iter().any(|(pattern, _)| matches(pattern, action)))
}

impl Mutant {
    fn is_not_shown(&self) -> bool {
        let text = self.statement.to_string();
        NOT_SHOWN.iter().any(|(function, part, _)| self.statement.function == *function && text.contains(part))
    }

    fn is_unexpected(&self) -> bool {
        let is_noticed = matches!(self.outcome, Outcome::Noticed { .. });
        !is_noticed && !is_evaluated_nowhere(&self.statement) && !self.is_not_shown()
    }

    fn describe(&self) -> String {
        match &self.outcome {
            Outcome::Noticed { by, how } => format!("{by}: {how}"),
            Outcome::RefusedOnly { by } => format!("NOTHING, although it was refused in: {}", by.join("; ")),
            Outcome::Unused if is_evaluated_nowhere(&self.statement) => "not proved".to_owned(),
            Outcome::Unused => "NOTHING, and no scenario uses it".to_owned(),
        }
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", self.statement.function, self.statement, self.describe())
    }
}
