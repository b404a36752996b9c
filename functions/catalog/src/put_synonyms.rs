//! `PUT /admin/synonyms`: replaces the synonyms. Searches use the new list within ten seconds; the index does not
//! change.

use schemars::JsonSchema;
use souk_domain::permission::Permission;
use souk_domain::synonyms::{MAX_SYNONYM_GROUPS, MAX_SYNONYM_TERMS, SynonymGroups};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_search::Synonyms;
use souk_store::{SynonymList, SynonymLists, SynonymsOutcome};

use crate::get_synonyms::{SynonymsResponse, response};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "put-synonyms",
        "PUT /admin/synonyms",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Replaces the synonyms")
    .description("Searches use the new list within ten seconds.")
    .repeated(
        "Refused with 409 `synonyms_changed`, because the first request replaced the version that the request \
             names.",
    )
    .body::<PutSynonymsRequest>(r#"{"groups": [["sofa", "couch"], ["usb stick", "flash drive"]], "version": 0}"#)
    .answers::<SynonymsResponse<'_>>(200, "The new list, with its version.")
    .problem(409, "synonyms_changed", "The list was changed meanwhile: read it again.")
}

/// Replaces the synonyms.
pub struct PutSynonyms {
    /// The synonyms table.
    pub synonyms: SynonymLists,
}

/// The request of `PUT /admin/synonyms`.
#[derive(JsonSchema)]
pub struct PutSynonymsRequest {
    /// The whole new list: groups of 2 to 8 different terms. A term has 1 to 4 words, each with a letter or a digit.
    /// Upper case and repeated terms are ignored.
    #[schemars(length(max = MAX_SYNONYM_GROUPS), inner(length(min = 2, max = MAX_SYNONYM_TERMS), inner(length(min = 1, max = 50))))]
    pub groups: Vec<Vec<String>>,
    /// The `version` of the list that this one replaces.
    pub version: u32,
}

impl PutSynonyms {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { synonyms: deps.synonyms()? })
    }
}

impl Endpoint for PutSynonyms {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let mut fields = request.fields()?;
        let groups = groups(&mut fields);
        // Without it, two concurrent edits would overwrite each other.
        let seen = fields.integer("version", 0..=i64::from(u32::MAX));
        let (groups, seen) = fields.finish((groups, seen))?;

        let list = SynonymList { groups, version: seen + 1 };
        match self.synonyms.put(&list, (seen > 0).then_some(seen)).await? {
            SynonymsOutcome::Replaced { before } => {
                let after = response(&list.groups, list.version);
                let before = before.as_ref().map(|list| response(&list.groups, list.version));
                let before = before.unwrap_or_else(|| response(Synonyms::default_groups(), 0));
                Ok(Reply::ok(&after).audit(&before, &after))
            }
            SynonymsOutcome::VersionConflict => {
                Err(Problem::conflict("synonyms_changed", "the list was changed meanwhile; read it again"))
            }
        }
    }
}

fn groups(fields: &mut Fields<'_>) -> Option<SynonymGroups> {
    let groups: Vec<Vec<String>> = fields.json("groups", "must be a list of lists of texts")?;
    SynonymGroups::new(&groups).map_err(|errors| fields.refuse(errors)).ok()
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};
    use crate::get_synonyms::GetSynonyms;

    fn put(body: &str) -> Request {
        Request::new("PUT", "/admin/synonyms").with_json(body).from_staff(user(9))
    }

    #[tokio::test]
    async fn staff_replace_the_list_that_they_saw() {
        let shop = Fixture::start().await;
        let endpoint = PutSynonyms { synonyms: shop.synonyms.clone() };
        let reading = GetSynonyms { synonyms: shop.synonyms.clone() };
        let get = Request::new("GET", "/admin/synonyms").from_staff(user(9));
        let read = async || reading.handle(&get).await.expect("read").body_json();
        let first = read().await;
        assert_eq!(first["version"], 0);
        assert_eq!(first["groups"][0], serde_json::json!(["notebook", "laptop"]));

        let body = r#"{"groups": [["Sofa", "couch"]], "version": 0}"#;
        let reply = endpoint.handle(&put(body)).await.expect("written");
        assert_eq!(reply.body(), r#"{"groups":[["sofa","couch"]],"version":1}"#);
        let (before, after) = reply.audited().expect("for the audit log").json();
        assert!(before.starts_with(r#"{"groups":[["notebook","laptop"]"#) && before.ends_with(r#""version":0}"#));
        assert_eq!(after, reply.body());
        assert_eq!(outcome(&endpoint.handle(&put(body)).await), (409, "synonyms_changed"));
        let emptied = endpoint.handle(&put(r#"{"groups": [], "version": 1}"#)).await.expect("written");
        assert_eq!(emptied.audited().expect("for the audit log").json().0, after);
        assert_eq!(read().await, serde_json::json!({"groups": [], "version": 2}));
    }

    #[tokio::test]
    async fn the_example_of_the_contract_works() {
        let shop = Fixture::start().await;
        let endpoint = PutSynonyms { synonyms: shop.synonyms.clone() };
        let example = operation().body.expect("a body").example;
        assert_eq!(outcome(&endpoint.handle(&put(example)).await), (200, ""));
    }

    #[tokio::test]
    async fn all_bad_fields_are_named() {
        let shop = Fixture::start().await;
        let endpoint = PutSynonyms { synonyms: shop.synonyms.clone() };
        let refused = async |body: &str| {
            let problem = endpoint.handle(&put(body)).await.expect_err("refused");
            assert_eq!(problem.status(), 422);
            problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect::<Vec<_>>()
        };
        assert_eq!(refused("{}").await, ["groups required", "version required"]);
        assert_eq!(
            refused(r#"{"groups": [["a", 1]], "version": -1}"#).await,
            ["groups wrong_type", "version out_of_range"]
        );
        assert_eq!(
            refused(r#"{"groups": [["a", "b"], ["c"], ["d", ""]], "version": 0}"#).await,
            ["groups[1] too_short", "groups[2][1] required"]
        );
        let shopper = Request::new("PUT", "/admin/synonyms").with_json("{}").from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&shopper).await), (403, "forbidden"));
        let reading = GetSynonyms { synonyms: shop.synonyms.clone() };
        let shopper = Request::new("GET", "/admin/synonyms").from_user(user(1));
        assert_eq!(outcome(&reading.handle(&shopper).await), (403, "forbidden"));
    }
}
