//! `GET /admin/synonyms`: the words that searches take for the same.

use serde::Serialize;
use souk_domain::synonyms::SynonymGroups;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::Synonyms;
use souk_store::{SynonymList, SynonymLists};

/// The endpoint.
pub struct GetSynonyms {
    /// Where the list is.
    pub synonyms: SynonymLists,
}

impl GetSynonyms {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { synonyms: deps.synonyms()? })
    }
}

/// The list as staff see it.
#[derive(Serialize)]
pub(crate) struct ListView<'a> {
    groups: &'a [Vec<String>],
    /// To be sent back with a change; 0 for the list that a shop starts with.
    version: i64,
}

impl Endpoint for GetSynonyms {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let list = self.synonyms.latest().await?;
        Ok(match &list {
            Some(list) => reply(list),
            None => Reply::ok(&view(Synonyms::default_groups(), 0)),
        })
    }
}

/// The list as an answer.
pub(crate) fn reply(list: &SynonymList) -> Reply {
    Reply::ok(&view(&list.groups, list.version))
}

fn view(groups: &SynonymGroups, version: i64) -> ListView<'_> {
    ListView { groups: groups.groups(), version }
}
