//! What a deployment is for: to try Souk out, to sell, or to develop.

use crate::config::{Config, ConfigError, LIMITS};

/// The header that names the stage in every response, unless it is `prod`.
pub const STAGE_HEADER: &str = "souk-stage";

const STAGE: &str = "STAGE";

/// The parameter `Stage` of template.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// For trying Souk out on AWS. The sandbox is allowed.
    Trial,
    /// A shop that sells for money.
    Prod,
    /// On a developer's machine.
    Local,
}

impl Stage {
    /// The stage of this function.
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        match config.text(STAGE)? {
            "trial" => Ok(Self::Trial),
            "prod" => Ok(Self::Prod),
            "local" => Ok(Self::Local),
            _ => {
                let reason = "must be \"trial\", \"prod\" or \"local\"".to_owned();
                Err(ConfigError::Invalid { name: STAGE, reason })
            }
        }
    }

    /// Fails in `prod` without limits. Every function checks it at start; CloudFormation checks the same before a
    /// deployment.
    pub fn check(self, config: &Config) -> Result<(), ConfigError> {
        // Stricter than `has_limits`: in prod an unknown value stops the function.
        let is_on = config.optional(LIMITS).is_none_or(|limits| limits == "on");
        if self == Self::Prod && !is_on {
            let reason = "must be \"on\" where STAGE is \"prod\"".to_owned();
            return Err(ConfigError::Invalid { name: LIMITS, reason });
        }
        Ok(())
    }

    /// The value of [`STAGE_HEADER`]. None for `prod`, whose clients need no warning.
    pub const fn header_value(self) -> Option<&'static str> {
        match self {
            Self::Trial => Some("trial"),
            Self::Prod => None,
            Self::Local => Some("local"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_has_to_be_named() {
        let stage = |value: &str| Stage::from_config(&Config::from([("STAGE", value)]));
        assert_eq!(stage("trial"), Ok(Stage::Trial));
        assert_eq!(stage("prod"), Ok(Stage::Prod));
        assert_eq!(stage("local"), Ok(Stage::Local));
        assert_eq!(stage(""), Err(ConfigError::Missing("STAGE")));
        for unknown in ["production", "PROD", "dev", "prod "] {
            assert!(matches!(stage(unknown), Err(ConfigError::Invalid { name: "STAGE", .. })), "{unknown}");
        }
    }

    #[test]
    fn prod_refuses_to_start_without_limits() {
        let check = |stage: Stage, limits: &str| stage.check(&Config::from([("LIMITS", limits)]));
        assert!(matches!(check(Stage::Prod, "off"), Err(ConfigError::Invalid { name: "LIMITS", .. })));
        assert!(check(Stage::Prod, "no").is_err());
        assert_eq!(check(Stage::Prod, "on"), Ok(()));
        assert_eq!(Stage::Prod.check(&Config::default()), Ok(()), "on unless something else is said");
        for stage in [Stage::Trial, Stage::Local] {
            assert_eq!(check(stage, "off"), Ok(()));
        }
    }
}
