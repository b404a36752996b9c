//! `cargo xtask import --s3`: uploads a catalogue and waits until the reports say that all of it is imported. The shop
//! imports an upload even if this command ends.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::summary::{Summary, rate};
use crate::aws::Aws;
use crate::clock::Stopwatch;
use crate::operator::run_aws;
use crate::paths::Paths;
use crate::progress::{self, Phase};
use crate::stack::Stack;
use crate::{interrupt, random};

/// Time between two polls of the reports.
const POLL_MILLIS: u64 = 2_000;
/// After this long without a new report the import is stuck: a part that failed is retried after 12 minutes.
const STALLED_AFTER: Duration = Duration::from_mins(15);
/// The report about the whole upload.
const UPLOAD_REPORT: &str = "upload.json";

/// Where catalogues are uploaded.
enum Bucket {
    /// The bucket of the shop that runs here.
    Local(Aws, String),
    /// A bucket on AWS, through the `aws` command line.
    OnAws(String),
}

/// The reports read so far.
#[derive(Default)]
struct Reports {
    whole: Option<Whole>,
    /// By the names of their reports, because a part that is imported twice has one report.
    parts: BTreeMap<String, Part>,
}

#[derive(Deserialize)]
struct Whole {
    parts: usize,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct Part {
    imported: u64,
    errors: Vec<BadLine>,
}

#[derive(Deserialize)]
struct BadLine {
    line: u64,
    code: String,
    message: String,
}

/// Uploads the file and waits. A file that cannot be read to its end counts as one more bad line.
pub(crate) fn run(file: &Path, stack: Option<&str>, paths: &Paths) -> Result<Summary> {
    let bucket = Bucket::of(stack, paths)?;
    let name = upload_name(file)?;
    let phase = Phase::start(format!("upload {}", file.display()));
    bucket.upload(file, &name)?;
    phase.done(&format!("uploads/{name}"));
    wait(&bucket, &name, &paths.home.join("imports").join(&name))
}

/// Unique digits followed by the file's name, with characters that need no escaping anywhere.
fn upload_name(file: &Path) -> Result<String> {
    let own = file.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    Ok(format!("{}-{}", random::hex(6)?, own.chars().map(plain).take(100).collect::<String>()))
}

fn wait(bucket: &Bucket, name: &str, folder: &Path) -> Result<Summary> {
    let mut phase = Phase::start(format!("import {name}"));
    let (clock, mut last_report, mut reports) = (Stopwatch::start(), Stopwatch::start(), Reports::default());
    loop {
        bucket.fetch_reports(name, folder)?;
        let fresh = reports.read(&files(folder)?)?;
        for line in fresh.iter().flatten() {
            phase.say(line);
        }
        let Summary { imported, bad } = reports.summary();
        if reports.is_complete() {
            let result = format!("{}, {bad} bad lines", rate(imported, clock.elapsed()));
            phase.done(&result);
            return Ok(Summary { imported, bad });
        }
        if !fresh.is_empty() {
            last_report = Stopwatch::start();
        } else if last_report.elapsed() > STALLED_AFTER {
            bail!("no new report for {}: see `cargo xtask dlq list` and the log of import-upload", last_report.text());
        }
        phase.tick(&reports.progress(imported));
        interrupt::sleep_millis(POLL_MILLIS)?;
    }
}

/// All files in a folder and its subfolders. Reports are in a subfolder named after the ETag of the upload.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry.context("cannot read the reports")?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

impl Reports {
    /// Reads new reports. Returns for each of them the lines to print.
    fn read(&mut self, files: &[PathBuf]) -> Result<Vec<Vec<String>>> {
        let mut fresh = Vec::new();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if self.parts.contains_key(&name) || (name == UPLOAD_REPORT && self.whole.is_some()) {
                continue;
            }
            let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let not_a_report = || format!("{} is not a report", file.display());
            if name == UPLOAD_REPORT {
                let whole: Whole = serde_json::from_slice(&text).with_context(not_a_report)?;
                let problem = whole.problem.iter().map(|problem| format!("{}: {}", problem.code, problem.message));
                fresh.push(problem.collect());
                self.whole = Some(whole);
            } else {
                let part: Part = serde_json::from_slice(&text).with_context(not_a_report)?;
                let bad = part.errors.iter();
                fresh.push(bad.map(|bad| format!("line {}: {}: {}", bad.line, bad.code, bad.message)).collect());
                self.parts.insert(name, part);
            }
        }
        Ok(fresh)
    }

    fn summary(&self) -> Summary {
        let problem = self.whole.as_ref().is_some_and(|whole| whole.problem.is_some());
        let bad = self.parts.values().map(|part| part.errors.len() as u64).sum::<u64>() + u64::from(problem);
        Summary { imported: self.parts.values().map(|part| part.imported).sum(), bad }
    }

    fn is_complete(&self) -> bool {
        self.whole.as_ref().is_some_and(|whole| whole.parts <= self.parts.len())
    }

    fn progress(&self, imported: u64) -> String {
        let done = self.parts.len() as u64;
        match &self.whole {
            Some(whole) => format!("{} {imported}", progress::bar(done, whole.parts as u64)),
            None => format!("{imported}, still being split"),
        }
    }
}

impl Bucket {
    fn of(stack: Option<&str>, paths: &Paths) -> Result<Self> {
        if let Some(stack) = stack {
            let query = "Stacks[0].Outputs[?OutputKey=='ImportsBucket'].OutputValue";
            let mut aws = Command::new("aws");
            aws.args([
                "cloudformation",
                "describe-stacks",
                "--stack-name",
                stack,
                "--output",
                "text",
                "--query",
                query,
            ]);
            let name = run_aws(&mut aws)?.trim().to_owned();
            if name.is_empty() {
                bail!("the stack {stack} has no imports bucket: deploy this version first");
            }
            return Ok(Self::OnAws(name));
        }
        let stack = Stack::read(&paths.home.join("stack.json"))?;
        let aws = Aws::for_long_functions(stack.aws_endpoint_url);
        let state = aws.stack(&stack.stack_name)?.context("the local AWS no longer has the stack of the shop")?;
        let name =
            state.outputs.get("ImportsBucket").context("the shop has no imports bucket: run `cargo xtask up`")?;
        Ok(Self::Local(aws, name.clone()))
    }

    fn upload(&self, file: &Path, name: &str) -> Result<()> {
        let content = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        match self {
            Self::Local(aws, bucket) => aws.put_object(bucket, &format!("uploads/{name}"), &content),
            Self::OnAws(bucket) => {
                let mut aws = Command::new("aws");
                aws.args(["s3", "cp", "--only-show-errors"]).arg(file).arg(format!("s3://{bucket}/uploads/{name}"));
                run_aws(&mut aws).map(drop)
            }
        }
    }

    /// Copies reports that are not in the folder yet.
    fn fetch_reports(&self, name: &str, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let prefix = format!("reports/{name}/");
        match self {
            Self::Local(aws, bucket) => {
                for key in aws.object_keys(bucket, &prefix)? {
                    let file = folder.join(key.rsplit('/').next().unwrap_or_default());
                    if !file.exists() {
                        fs::write(&file, aws.object(bucket, &key)?)
                            .with_context(|| format!("cannot write {}", file.display()))?;
                    }
                }
                Ok(())
            }
            Self::OnAws(bucket) => {
                let mut aws = Command::new("aws");
                aws.args(["s3", "sync", "--only-show-errors", &format!("s3://{bucket}/{prefix}")]).arg(folder);
                run_aws(&mut aws).map(drop)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_add_up_and_each_counts_once() {
        let folder = std::env::temp_dir().join(format!("souk-import-upload-{}", std::process::id()));
        fs::create_dir_all(folder.join("etag")).expect("a temporary folder");
        let write = |name: &str, text: &str| fs::write(folder.join("etag").join(name), text).expect("written");
        let mut reports = Reports::default();
        let read = |reports: &mut Reports| reports.read(&files(&folder).expect("files")).expect("reports").concat();
        write("00002-1001.json", r#"{"imported": 7, "errors": [{"line": 1003, "code": "c", "message": "m"}]}"#);
        assert_eq!(read(&mut reports), ["line 1003: c: m"]);
        assert_eq!(read(&mut reports), Vec::<String>::new());
        assert!(!reports.is_complete());
        write("upload.json", r#"{"parts": 2, "lines": 1008, "problem": {"code": "bad_gzip", "message": "so"}}"#);
        assert_eq!(read(&mut reports), ["bad_gzip: so"]);
        assert!(!reports.is_complete());
        write("00001-1.json", r#"{"imported": 1000, "errors": []}"#);
        assert_eq!(read(&mut reports), Vec::<String>::new());
        let Summary { imported, bad } = reports.summary();
        assert_eq!((reports.is_complete(), imported, bad), (true, 1_007, 2));
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn names_of_uploads_are_plain_and_unique() {
        let file = Path::new("/somewhere/new goods & <more>.jsonl.gz");
        let (one, two) = (upload_name(file).expect("a name"), upload_name(file).expect("a name"));
        assert!(one.ends_with("-new_goods____more_.jsonl.gz") && one != two, "{one} {two}");
    }
}
