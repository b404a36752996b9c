//! The keys of objects in the imports bucket: `uploads/<name>`, `parts/<name>/<etag>/<part>-<first line>.jsonl`,
//! `reports/<name>/<etag>/…` (`upload.json` for the upload, one for each part).

use souk_runtime::objects::Created;

const UPLOADS: &str = "uploads/";
const PARTS: &str = "parts/";
const PART_EXTENSION: &str = ".jsonl";

/// The name of an upload and the hash of its content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UploadKey(String);

impl UploadKey {
    /// `None` for an object that is no upload, such as the empty one that represents a folder.
    pub(super) fn of(object: &Created) -> Option<Self> {
        let name = object.key.strip_prefix(UPLOADS).filter(|name| !name.is_empty() && !name.ends_with('/'))?;
        Some(Self(format!("{name}/{}", object.etag)))
    }

    /// The key of one of its parts, counted from 1.
    pub(super) fn part(&self, number: usize, first_line: usize) -> String {
        format!("{PARTS}{}/{number:05}-{first_line}{PART_EXTENSION}", self.0)
    }

    /// The key of the report about the upload.
    pub(super) fn report(&self) -> String {
        format!("reports/{}/upload.json", self.0)
    }
}

/// The key of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PartKey {
    /// Its path in `parts/`, without the extension.
    path: String,
    /// The number of its first line in the upload, from 1.
    pub(super) first_line: usize,
}

impl PartKey {
    pub(super) fn of(key: &str) -> Option<Self> {
        let path = key.strip_prefix(PARTS)?.strip_suffix(PART_EXTENSION)?;
        let (_, first_line) = path.rsplit_once('-')?;
        Some(Self { path: path.to_owned(), first_line: first_line.parse().ok()? })
    }

    /// The key of its report.
    pub(super) fn report(&self) -> String {
        format!("reports/{}.json", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(key: &str) -> Option<UploadKey> {
        UploadKey::of(&Created { key: key.to_owned(), etag: "e-2".to_owned(), size: 1 })
    }

    #[test]
    fn a_part_knows_its_first_line_and_its_report() {
        let name = upload("uploads/2026/new-goods.jsonl.gz").expect("an upload");
        assert_eq!(name.report(), "reports/2026/new-goods.jsonl.gz/e-2/upload.json");
        let key = name.part(12, 11_003);
        assert_eq!(key, "parts/2026/new-goods.jsonl.gz/e-2/00012-11003.jsonl");
        let part = PartKey::of(&key).expect("a part");
        assert_eq!(
            (part.first_line, part.report()),
            (11_003, "reports/2026/new-goods.jsonl.gz/e-2/00012-11003.json".into())
        );
    }

    #[test]
    fn other_objects_are_ignored() {
        for key in ["uploads/", "uploads/folder/", "reports/x/e/upload.json", "parts/x/e/00001-7.jsonl"] {
            assert_eq!(upload(key), None, "{key}");
        }
        for key in ["parts/x/e/00001-7.json", "parts/x/e/1.jsonl", "parts/x/e/00001-.jsonl", "uploads/a-7.jsonl"] {
            assert_eq!(PartKey::of(key), None, "{key}");
        }
    }
}
