//! `POST /admin/imports`: imports many products, one JSON object a line (`application/x-ndjson`). Clients may retry.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::import::ImportContext;

/// Largest body, in bytes. (API Gateway passes binary bodies in base64, of which 6 MB fit: there the limit is about
/// 4.4 MB.)
const MAX_BODY_BYTES: usize = 5_000_000;

/// Imports products from the body of a request.
pub struct ImportProducts {
    /// Imports the lines.
    pub context: ImportContext,
}

impl ImportProducts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: ImportContext::from_dependencies(deps)? })
    }
}

impl Endpoint for ImportProducts {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let staff = request.staff()?;
        let body = request.body("application/x-ndjson", MAX_BODY_BYTES)?;
        Ok(Reply::ok(&self.context.import(body, 1, Some(&staff.user_id)).await?))
    }
}

#[cfg(test)]
mod tests;
