//! A new index, filled beside the living one and then put in its place.
//!
//! Nothing is missed, although writes go on:
//! - The new index stands behind an alias of its own (`products-next`) from its first moment on. Whoever writes looks for
//!   that alias *after* reading what it writes, and writes to both. So a writer that did not see it had read before the
//!   new index was made, and the scan that fills it reads later.
//! - The writer fills the next index before the living one. When the two change places in between, the second write goes
//!   to the new index too.
//! - External versions let the later reading win, whichever comes first, and a delete is remembered for an hour
//!   (`gc_deletes`), longer than a page of the scan can take.
//!
//! How far the scan has come is kept in the new index itself, so that any later run goes on from there.

use std::collections::BTreeMap;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::mapping::{self, index_body};
use crate::write::Missing;
use crate::{IndexOperation, Indexed, SearchError, SearchIndex};

/// How far a rebuild is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildProgress {
    /// How far it is in each part of the table that is read beside the others; none before it begins.
    #[serde(default)]
    pub segments: Vec<SegmentProgress>,
    /// Products written.
    pub written: u64,
    /// Products that could not be.
    pub set_aside: u64,
}

/// How far a rebuild is in a part of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentProgress {
    /// Nothing is written.
    #[default]
    Start,
    /// Up to this key, all is.
    After(String),
    /// The whole of it is.
    End,
}

impl RebuildProgress {
    /// Whether the whole table is written.
    pub fn is_complete(&self) -> bool {
        !self.segments.is_empty() && self.segments.iter().all(|segment| *segment == SegmentProgress::End)
    }
}

/// An index that is being filled.
pub struct Rebuild {
    living: SearchIndex,
    name: String,
    /// Saved by [`Rebuild::save`].
    pub progress: RebuildProgress,
}

#[derive(Deserialize)]
struct MappingAnswer {
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
    /// The rebuild that is under way, or a new one. One of an earlier release, whose index has another shape, is given up.
    pub async fn rebuild(&self) -> Result<Rebuild, SearchError> {
        self.ensure_index().await?;
        if let Some(name) = self.named(&self.next_alias()).await? {
            if generation(&name, &self.shape()).is_some() {
                return self.resumed(name).await;
            }
            let give_up = json!({ "actions": [{ "remove_index": { "index": name } }] });
            self.manage(Method::Post, "_aliases", Some(give_up)).await?.read::<Value>()?;
        }
        let living = self.living().await?;
        // Of two who start at once, the second finds what the first has made: both come to the same name.
        let number = generation(&living, &self.shape()).map_or(1, |number| number + 1);
        let name = if number == 1 { self.shape() } else { format!("{}-{number}", self.shape()) };
        let mut body = index_body(&self.next_alias(), self.shards);
        // Nobody searches it yet, and filling it is faster so.
        body["settings"]["refresh_interval"] = json!("-1");
        let made = self.manage(Method::Put, &name, Some(body)).await?;
        if made.cause().is_none_or(|cause| cause.kind != "resource_already_exists_exception") {
            made.read::<Value>()?;
        }
        self.resumed(name).await
    }

    /// Whether an index is being filled, to which every write has to go as well.
    pub(crate) async fn is_rebuilt(&self) -> Result<bool, SearchError> {
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

    /// The index that is searched.
    pub async fn living(&self) -> Result<String, SearchError> {
        let none = || SearchError::Unavailable("there is no index".to_owned());
        self.named(&self.alias).await?.ok_or_else(none)
    }

    fn shape(&self) -> String {
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
        let mapping = answer.read::<BTreeMap<String, MappingAnswer>>()?.remove(&name);
        let progress = mapping.map(|answer| answer.mappings.meta.rebuild).unwrap_or_default();
        Ok(Rebuild { living: self.clone(), name, progress })
    }
}

/// `products-v2` is the first of its shape, `products-v2-7` the seventh.
fn generation(name: &str, shape: &str) -> Option<u32> {
    match name.strip_prefix(shape)? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok(),
    }
}

impl Rebuild {
    /// The new index's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes a part of the table as it was read, unless somebody has written what was read later.
    pub async fn write(&self, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        self.living.write(&self.living.next_alias(), operations, Missing::Refuse).await
    }

    /// Remembers how far it is.
    pub async fn save(&self) -> Result<(), SearchError> {
        let body = json!({ "_meta": { "rebuild": self.progress } });
        let path = format!("{}/_mapping", self.name);
        self.living.manage(Method::Put, &path, Some(body)).await?.read::<Value>().map(|_| ())
    }

    /// Puts the new index in the place of the living one, which is removed: in one step, so that no search finds both or
    /// neither.
    pub async fn finish(self) -> Result<(), SearchError> {
        let (index, name) = (&self.living, &self.name);
        let settings = json!({ "index": { "refresh_interval": mapping::REFRESH_INTERVAL } });
        index.manage(Method::Put, &format!("{name}/_settings"), Some(settings)).await?.read::<Value>()?;
        index.manage(Method::Post, &format!("{name}/_refresh"), None).await?.read::<Value>()?;
        let swap = json!({ "actions": [
            { "remove": { "index": name, "alias": index.next_alias() } },
            { "add": { "index": name, "alias": index.alias } },
            { "remove_index": { "index": index.living().await? } },
        ]});
        index.manage(Method::Post, "_aliases", Some(swap)).await?.read::<Value>().map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_of_one_shape_are_numbered() {
        let number = |name| generation(name, "products-v2");
        assert_eq!(
            (number("products-v2"), number("products-v2-2"), number("products-v2-17")),
            (Some(1), Some(2), Some(17))
        );
        assert_eq!((number("products-v1"), number("products-v20"), number("products-v2-x")), (None, None, None));
    }
}
