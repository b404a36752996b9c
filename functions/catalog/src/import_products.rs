//! `POST /admin/imports`: many products at once, one JSON object a line (`application/x-ndjson`).
//!
//! A client may retry whatever it got no answer to.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::import::Importer;

/// Largest body, in bytes. (API Gateway hands binary bodies over in base64, of which 6 MB pass: there the limit is
/// nearer to 4.4 MB.)
const MAX_BODY_BYTES: usize = 5_000_000;

/// The endpoint.
pub struct ImportProducts {
    /// Does it.
    pub importer: Importer,
}

impl ImportProducts {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { importer: Importer::from_dependencies(deps)? })
    }
}

impl Endpoint for ImportProducts {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let staff = request.staff()?;
        let body = request.body("application/x-ndjson", MAX_BODY_BYTES)?;
        Ok(Reply::ok(&self.importer.import(body, 1, Some(&staff.user_id)).await?))
    }
}

#[cfg(test)]
mod tests;
