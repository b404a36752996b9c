//! Fills a new index beside the live one and then replaces the live one.
//!
//! No write is missed, although writes continue:
//! - The new index has an alias of its own (`products-next`) from its creation on. Writers check for that alias *after*
//!   they have read what they write, and write to both indices. So a writer that saw no alias had read before the new
//!   index was created, and the scan that fills it reads later.
//! - Writers write to the new index first. If the two are swapped in between, the second write goes to the new index
//!   too.
//! - External versions let the later read win, in whatever order the writes arrive, and the version of a deletion is kept
//!   for an hour (`gc_deletes`), longer than a page of the scan takes.
//!
//! The progress of the scan is stored in the new index, so that any later run continues from there.

use std::collections::BTreeMap;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::mapping::{self, index_body};
use crate::write::MissingIndex;
use crate::{IndexOperation, Indexed, SearchError, SearchIndex};

/// The progress of a rebuild.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildProgress {
    /// The progress of each segment of the table, which are read concurrently; none before the start.
    #[serde(default)]
    pub segments: Vec<SegmentProgress>,
    /// Products written.
    pub written: u64,
    /// Products that could not be written.
    pub set_aside: u64,
}

/// The progress in a segment of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentProgress {
    /// Nothing is copied.
    #[default]
    Start,
    /// Everything up to this key is copied.
    After(String),
    /// Everything is copied.
    End,
}

impl RebuildProgress {
    /// Whether the whole table is copied.
    pub fn is_complete(&self) -> bool {
        !self.segments.is_empty() && self.segments.iter().all(|segment| *segment == SegmentProgress::End)
    }
}

/// An index that is being filled.
pub struct Rebuild {
    live: SearchIndex,
    name: String,
    /// Stored by [`Rebuild::save`].
    pub progress: RebuildProgress,
}

#[derive(Deserialize)]
struct MappingResponse {
    mappings: Mappings,
}

#[derive(Deserialize)]
struct Mappings {
    #[serde(rename = "_meta", default)]
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Meta {
    #[serde(default)]
    rebuild: RebuildProgress,
}

impl SearchIndex {
    /// The rebuild that is in progress, or a new one. The rebuild of an earlier release, with another mapping, is
    /// dropped.
    pub async fn rebuild(&self) -> Result<Rebuild, SearchError> {
        self.ensure_index().await?;
        if let Some(name) = self.named(&self.next_alias()).await? {
            if generation(&name, &self.first_name()).is_some() {
                return self.resumed(name).await;
            }
            let drop_index = json!({ "actions": [{ "remove_index": { "index": name } }] });
            self.manage(Method::Post, "_aliases", Some(drop_index)).await?.read::<Value>()?;
        }
        let live = self.live_name().await?;
        // Of two runs that start at once, the second finds the index of the first: both choose the same name.
        let number = generation(&live, &self.first_name()).map_or(1, |number| number + 1);
        let name = if number == 1 { self.first_name() } else { format!("{}-{number}", self.first_name()) };
        let mut body = index_body(&self.next_alias(), self.shards);
        // It is not searched yet, and filling is faster without refreshes.
        body["settings"]["refresh_interval"] = json!("-1");
        let made = self.manage(Method::Put, &name, Some(body)).await?;
        if made.cause().is_none_or(|cause| cause.kind != "resource_already_exists_exception") {
            made.read::<Value>()?;
        }
        self.resumed(name).await
    }

    /// Whether a new index is being filled, to which every write must go as well.
    pub async fn is_being_rebuilt(&self) -> Result<bool, SearchError> {
        let answer = self.manage(Method::Head, &format!("_alias/{}", self.next_alias()), None).await?;
        match answer.status {
            200 => Ok(true),
            404 => Ok(false),
            _ => Err(answer.failure()),
        }
    }

    /// The alias of the index that is being filled.
    pub(crate) fn next_alias(&self) -> String {
        format!("{}-next", self.alias)
    }

    /// The name of the index that is searched.
    pub async fn live_name(&self) -> Result<String, SearchError> {
        let none = || SearchError::Unavailable("there is no index".to_owned());
        self.named(&self.alias).await?.ok_or_else(none)
    }

    /// The name of the first index of this mapping.
    fn first_name(&self) -> String {
        format!("{}-v{}", self.alias, mapping::VERSION)
    }

    async fn named(&self, alias: &str) -> Result<Option<String>, SearchError> {
        let answer = self.manage(Method::Get, &format!("_alias/{alias}"), None).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        Ok(answer.read::<BTreeMap<String, Value>>()?.into_keys().next())
    }

    async fn resumed(&self, name: String) -> Result<Rebuild, SearchError> {
        let answer = self.manage(Method::Get, &format!("{name}/_mapping"), None).await?;
        let mapping = answer.read::<BTreeMap<String, MappingResponse>>()?.remove(&name);
        let progress = mapping.map(|answer| answer.mappings.meta.rebuild).unwrap_or_default();
        Ok(Rebuild { live: self.clone(), name, progress })
    }
}

/// `products-v2` is the first index of its mapping, `products-v2-7` the seventh.
fn generation(name: &str, first: &str) -> Option<u32> {
    match name.strip_prefix(first)? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok(),
    }
}

impl Rebuild {
    /// The name of the new index.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes a part of the table as it was read, except products that were read later by another writer.
    pub async fn write(&self, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        self.live.write(&self.live.next_alias(), operations, MissingIndex::Fail).await
    }

    /// Stores the progress.
    pub async fn save(&self) -> Result<(), SearchError> {
        let body = json!({ "_meta": { "rebuild": self.progress } });
        let path = format!("{}/_mapping", self.name);
        self.live.manage(Method::Put, &path, Some(body)).await?.read::<Value>().map(|_| ())
    }

    /// Replaces the live index by the new one and removes it, in one step, so that every search finds exactly one.
    pub async fn finish(self) -> Result<(), SearchError> {
        let (index, name) = (&self.live, &self.name);
        let settings = json!({ "index": { "refresh_interval": mapping::REFRESH_INTERVAL } });
        index.manage(Method::Put, &format!("{name}/_settings"), Some(settings)).await?.read::<Value>()?;
        index.manage(Method::Post, &format!("{name}/_refresh"), None).await?.read::<Value>()?;
        let swap = json!({ "actions": [
            { "remove": { "index": name, "alias": index.next_alias() } },
            { "add": { "index": name, "alias": index.alias } },
            { "remove_index": { "index": index.live_name().await? } },
        ]});
        index.manage(Method::Post, "_aliases", Some(swap)).await?.read::<Value>().map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_of_one_mapping_are_numbered() {
        let number = |name| generation(name, "products-v2");
        assert_eq!(
            (number("products-v2"), number("products-v2-2"), number("products-v2-17")),
            (Some(1), Some(2), Some(17))
        );
        assert_eq!((number("products-v1"), number("products-v20"), number("products-v2-x")), (None, None, None));
    }
}
