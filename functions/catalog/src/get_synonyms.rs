//! `GET /admin/synonyms`: the synonyms that searches use.

use serde::Serialize;
use souk_domain::synonyms::SynonymGroups;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::Synonyms;
use souk_store::{SynonymList, SynonymLists};

/// Shows the synonyms.
pub struct GetSynonyms {
    /// The synonyms table.
    pub synonyms: SynonymLists,
}

impl GetSynonyms {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { synonyms: deps.synonyms()? })
    }
}

#[derive(Serialize)]
pub(crate) struct SynonymsResponse<'a> {
    groups: &'a [Vec<String>],
    /// A change must send it back; 0 for the list that a shop starts with.
    version: i64,
}

impl Endpoint for GetSynonyms {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let list = self.synonyms.latest().await?;
        Ok(match &list {
            Some(list) => reply(list),
            None => Reply::ok(&response(Synonyms::default_groups(), 0)),
        })
    }
}

/// The response with a list.
pub(crate) fn reply(list: &SynonymList) -> Reply {
    Reply::ok(&response(&list.groups, list.version))
}

fn response(groups: &SynonymGroups, version: i64) -> SynonymsResponse<'_> {
    SynonymsResponse { groups: groups.groups(), version }
}
