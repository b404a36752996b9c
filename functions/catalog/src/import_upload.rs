//! The import queue: imports a catalogue of any size that was uploaded to the imports bucket.
//!
//! The bucket notifies the queue of every new object under `uploads/` and `parts/`. An upload is split at line ends
//! into parts of at most the lines of one import; each is written as an object, which notifies the queue again. A part
//! is imported like a request to `POST /admin/imports`, and its result is written under `reports/`. All keys follow
//! from the name and content of the upload, so a run that is repeated writes the same objects again.

mod keys;
mod splitter;
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

use crate::import::{ImportContext, ImportError, ImportReport};
use keys::{PartKey, UploadKey};
use splitter::Part;
use text::{Unreadable, UploadText};

/// Bytes of an upload that are read by one call. Each call has its own time-out and retries, so a broken connection
/// costs no more than one.
const READ_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes that are decompressed at once: gzip may expand them a thousand times, which has to fit into memory.
const UNPACK_BYTES: usize = 16 * 1024;
/// Parts that are written concurrently.
const CONCURRENT_WRITES: usize = 8;
/// Attempts to import a part while a table is unavailable. After that the queue retries.
const MAX_ATTEMPTS: u32 = 4;
/// Longest wait before the second attempt; doubled before each further one.
const WAIT_MILLIS: u64 = 2_000;

/// Splits uploads and imports their parts.
pub struct ImportUpload {
    /// The imports bucket.
    pub objects: Objects,
    /// Imports the lines of a part.
    pub context: ImportContext,
    /// For waiting times.
    pub random: Arc<dyn Random>,
}

impl ImportUpload {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { objects: deps.imports()?, context: ImportContext::from_dependencies(deps)?, random: deps.random() })
    }
}

/// The result of splitting an upload: how many parts to wait for, and why it was not read to its end.
#[derive(Debug, Default, Serialize)]
struct UploadReport {
    parts: usize,
    /// Lines in them, without blank ones.
    lines: u64,
    problem: Option<Unreadable>,
}

impl ObjectConsumer for ImportUpload {
    async fn consume(&self, object: &Created) -> Result<&'static str, ConsumeError> {
        if let Some(key) = UploadKey::of(object) {
            return self.split(object, &key).await;
        }
        match PartKey::of(&object.key) {
            Some(key) => self.import(object, &key).await,
            None => Ok("ignored: neither an upload nor a part"),
        }
    }
}

impl ImportUpload {
    /// Writes the parts of an upload, then the report with their number.
    async fn split(&self, object: &Created, key: &UploadKey) -> Result<&'static str, ConsumeError> {
        let mut report = UploadReport::default();
        let mut text = UploadText::default();
        let mut from = 0;
        while from < object.size && report.problem.is_none() {
            let to = object.size.min(from + READ_BYTES);
            let bytes = match self.objects.read(object, from, to).await {
                Ok(bytes) => bytes,
                // An upload that was replaced has caused another notification.
                Err(ObjectError::Gone) => return Ok("ignored: the upload was deleted or replaced"),
                Err(error) => return Err(ConsumeError::new(error)),
            };
            for slice in bytes.chunks(UNPACK_BYTES) {
                report.problem = text.push(slice).err();
                if report.problem.is_some() {
                    break;
                }
                if text.parts().len() >= CONCURRENT_WRITES {
                    self.write_parts(key, text.take(), &mut report).await?;
                }
            }
            from = to;
        }
        if report.problem.is_none() {
            report.problem = text.end().err();
        }
        let rest = text.last(report.problem.is_none());
        self.write_parts(key, rest, &mut report).await?;
        let done = if report.problem.is_none() { "split" } else { "split up to the part that cannot be read" };
        self.report(&key.report(), &report).await?;
        Ok(done)
    }

    async fn write_parts(
        &self,
        upload: &UploadKey,
        parts: Vec<Part>,
        report: &mut UploadReport,
    ) -> Result<(), ConsumeError> {
        let mut writes = Vec::with_capacity(parts.len());
        for part in parts {
            report.parts += 1;
            report.lines += part.lines as u64;
            let key = upload.part(report.parts, part.first_line);
            writes.push(async move { self.objects.write(&key, "application/x-ndjson", part.content).await });
        }
        let written = stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect::<()>().await;
        written.map_err(ConsumeError::new)
    }

    /// Imports a part and reports the result.
    async fn import(&self, object: &Created, key: &PartKey) -> Result<&'static str, ConsumeError> {
        let body = match self.objects.read(object, 0, object.size).await {
            Ok(body) => body,
            Err(ObjectError::Gone) => return Ok("ignored: the part was deleted or replaced"),
            Err(error) => return Err(ConsumeError::new(error)),
        };
        let report = self.import_lines(&body, key.first_line).await.map_err(ConsumeError::new)?;
        self.report(&key.report(), &report).await?;
        Ok("imported")
    }

    /// Retries while a table is overloaded: the queue would retry a part that fails much later.
    async fn import_lines(&self, body: &[u8], first_line: usize) -> Result<ImportReport, ImportError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.context.import(body, first_line, None).await {
                Err(ImportError::Store(StoreError::Unavailable(_) | StoreError::Conflict))
                    if attempts < MAX_ATTEMPTS =>
                {
                    let millis = self.random.below(WAIT_MILLIS << attempts) + 1;
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
