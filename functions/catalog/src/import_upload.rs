//! The import queue: a catalogue that somebody uploads to the imports bucket, of any size.
//!
//! The bucket tells the queue of every new object under `uploads/` and `parts/`. An upload is cut at line ends into parts
//! of as many lines as one import takes, each written as an object, which is what tells the queue of it. A part is
//! imported as if it were sent to `POST /admin/imports`, and its outcome written under `reports/`. All names follow from
//! the upload's name and content: whatever runs twice writes the same objects again.

mod cut;
mod names;
mod text;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use souk_domain::effects::Random;
use souk_runtime::Dependencies;
use souk_runtime::batch::ConsumeError;
use souk_runtime::config::ConfigError;
use souk_runtime::objects::{Created, ObjectConsumer, ObjectError, Objects};
use souk_store::StoreError;

use crate::import::{ImportError, Importer, Outcome};
use cut::Piece;
use names::{PartName, UploadName};
use text::{Text, Unreadable};

/// Read at once of an upload. Each call has its own time-out and retries, so a connection that breaks costs no more.
const READ_BYTES: u64 = 4 * 1024 * 1024;
/// Unpacked at once: of gzip it may become a thousand times as much, which has to fit into memory.
const UNPACK_BYTES: usize = 16 * 1024;
/// Parts that wait to be written, and are then written side by side.
const WRITTEN_AT_ONCE: usize = 8;
/// How often the lines of a part are tried while the tables do not take them. The queue tries again after that.
const TRIES: u32 = 4;
/// The longest wait before the second of them; doubled before each further one.
const WAIT_MILLIS: u64 = 2_000;

/// The consumer.
pub struct ImportUpload {
    /// The imports bucket.
    pub objects: Objects,
    /// Imports the lines of a part.
    pub importer: Importer,
    /// For waiting times.
    pub random: Arc<dyn Random>,
}

impl ImportUpload {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { objects: deps.imports()?, importer: Importer::from_dependencies(deps)?, random: deps.random() })
    }
}

/// What became of an upload: how many parts there are to wait for, and why it was not read to its end.
#[derive(Debug, Default, Serialize)]
struct UploadReport {
    parts: usize,
    /// Lines in them, blank ones aside.
    lines: u64,
    problem: Option<Unreadable>,
}

impl ObjectConsumer for ImportUpload {
    async fn consume(&self, object: &Created) -> Result<&'static str, ConsumeError> {
        if let Some(name) = UploadName::of(object) {
            return self.cut(object, &name).await;
        }
        match PartName::of(&object.key) {
            Some(name) => self.import(object, &name).await,
            None => Ok("nothing: it has no name of ours"),
        }
    }
}

impl ImportUpload {
    /// Writes an upload's parts, then the report that says how many there are.
    async fn cut(&self, object: &Created, name: &UploadName) -> Result<&'static str, ConsumeError> {
        let mut report = UploadReport::default();
        let mut text = Text::default();
        let mut from = 0;
        while from < object.size && report.problem.is_none() {
            let to = object.size.min(from + READ_BYTES);
            let bytes = match self.objects.read(object, from, to).await {
                Ok(bytes) => bytes,
                // Whoever replaced it caused another notification.
                Err(ObjectError::Gone) => return Ok("nothing: the upload is gone, or was replaced"),
                Err(error) => return Err(ConsumeError::new(error)),
            };
            for slice in bytes.chunks(UNPACK_BYTES) {
                report.problem = text.push(slice).err();
                if report.problem.is_some() {
                    break;
                }
                if text.pieces().len() >= WRITTEN_AT_ONCE {
                    self.write_parts(name, text.take(), &mut report).await?;
                }
            }
            from = to;
        }
        if report.problem.is_none() {
            report.problem = text.end().err();
        }
        let rest = text.last(report.problem.is_none());
        self.write_parts(name, rest, &mut report).await?;
        let done = if report.problem.is_none() { "cut" } else { "cut as far as it can be read" };
        self.report(&name.report(), &report).await?;
        Ok(done)
    }

    async fn write_parts(
        &self,
        name: &UploadName,
        pieces: Vec<Piece>,
        report: &mut UploadReport,
    ) -> Result<(), ConsumeError> {
        let mut writes = Vec::with_capacity(pieces.len());
        for piece in pieces {
            report.parts += 1;
            report.lines += piece.lines as u64;
            let key = name.part(report.parts, piece.first_line);
            writes.push(async move { self.objects.write(&key, "application/x-ndjson", piece.content).await });
        }
        let written = stream::iter(writes).buffer_unordered(WRITTEN_AT_ONCE).try_collect::<()>().await;
        written.map_err(ConsumeError::new)
    }

    /// Imports a part and reports what became of it.
    async fn import(&self, object: &Created, name: &PartName) -> Result<&'static str, ConsumeError> {
        let body = match self.objects.read(object, 0, object.size).await {
            Ok(body) => body,
            Err(ObjectError::Gone) => return Ok("nothing: the part is gone, or was replaced"),
            Err(error) => return Err(ConsumeError::new(error)),
        };
        let outcome = self.import_lines(&body, name.first_line).await.map_err(ConsumeError::new)?;
        self.report(&name.report(), &outcome).await?;
        Ok("imported")
    }

    /// Tries again while the tables are overloaded: a part that fails waits for the queue much longer than this.
    async fn import_lines(&self, body: &[u8], first_line: usize) -> Result<Outcome, ImportError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.importer.import(body, first_line, None).await {
                Err(ImportError::Store(StoreError::Unavailable(_) | StoreError::Conflict)) if tries < TRIES => {
                    let millis = self.random.below(WAIT_MILLIS << tries) + 1;
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn report(&self, key: &str, report: &impl Serialize) -> Result<(), ConsumeError> {
        let report = serde_json::to_vec(report).map_err(ConsumeError::new)?;
        self.objects.write(key, "application/json", report).await.map_err(ConsumeError::new)
    }
}

#[cfg(test)]
mod tests;
