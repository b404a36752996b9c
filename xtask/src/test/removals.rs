//! Options of the stage `iam`.

/// Which statements are removed.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct Removals {
    /// Stage `iam`: remove so many statements, chosen at random; 10 by default
    #[arg(long, value_name = "N", requires = "stage")]
    statements: Option<u32>,
    /// Stage `iam`: the seed that a run printed, to remove the same statements again
    #[arg(long, value_name = "SEED", requires = "stage")]
    seed: Option<u64>,
    /// Stage `iam`: remove every statement
    #[arg(long, requires = "stage", conflicts_with_all = ["statements", "seed"])]
    all: bool,
    /// Stage `iam`: remove every statement of these functions, such as `login,refresh`
    #[arg(long, value_name = "NAMES", requires = "stage", conflicts_with_all = ["statements", "seed", "all"])]
    functions: Option<String>,
}

impl Removals {
    /// The environment variables for the test.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let statements = match self {
            Self { all: true, .. } => Some("all".to_owned()),
            Self { functions: Some(names), .. } => Some(format!("of {names}")),
            Self { statements, .. } => statements.map(|count| count.to_string()),
        };
        let statements = statements.map(|statements| ("SOUK_IAM_STATEMENTS", statements));
        statements.into_iter().chain(self.seed.map(|seed| ("SOUK_IAM_SEED", seed.to_string()))).collect()
    }
}
