//! `GET /admin/synonyms`: the synonyms that searches use.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::permission::Permission;
use souk_domain::synonyms::SynonymGroups;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::Synonyms;
use souk_store::{SynonymList, SynonymLists};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-synonyms", "GET /admin/synonyms", Caller::Staff(Permission::CatalogueRead), Tag::StaffCatalogue)
        .summary("Shows the synonyms that searches use")
        .answers::<SynonymsResponse<'_>>(200, "The synonyms.")
}

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

/// The synonyms that searches use.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Synonyms")]
pub(crate) struct SynonymsResponse<'a> {
    /// Each is a group of terms, in lower case: a search for one of them also finds the others.
    groups: &'a [Vec<String>],
    /// A change must send it back; 0 for the list that a shop starts with.
    version: i64,
}

impl Endpoint for GetSynonyms {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueRead)?;
        let list = self.synonyms.latest().await?;
        let list = list.as_ref().map(|SynonymList { groups, version }| response(groups, *version));
        Ok(Reply::ok(&list.unwrap_or_else(|| response(Synonyms::default_groups(), 0))))
    }
}

/// The response with these groups.
pub(crate) fn response(groups: &SynonymGroups, version: i64) -> SynonymsResponse<'_> {
    SynonymsResponse { groups: groups.groups(), version }
}
