//! Reads the lines of a catalogue, one at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use flate2::bufread::MultiGzDecoder;
use serde::de::IgnoredAny;

/// The longest line that is sent.
const LINE_BYTES: usize = 256 * 1024;

/// Why a line cannot be sent.
pub(crate) enum Fault {
    /// The line is bad. The next may be good.
    Bad(String),
    /// The file cannot be read.
    Unreadable(anyhow::Error),
}

/// One line that is not blank.
pub(crate) struct Line {
    /// Its place in the file, from 1.
    pub(crate) number: u64,
    /// Its text, without the line break.
    pub(crate) content: Result<Vec<u8>, Fault>,
}

/// Lines to import, and how many of them have been read.
pub(crate) struct Lines {
    /// The lines.
    pub(crate) lines: Box<dyn Iterator<Item = Line>>,
    /// How much of `total` is read.
    pub(crate) position: Arc<AtomicU64>,
    /// How much there is: bytes of a file, products of a sample.
    pub(crate) total: u64,
}

/// Opens a file; the first two bytes show whether it is gzip.
pub(crate) fn from_file(path: &Path) -> Result<Lines> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let total = file.metadata().with_context(|| format!("cannot read {}", path.display()))?.len();
    let position = Arc::new(AtomicU64::new(0));
    let mut raw = BufReader::new(Counted { file, position: Arc::clone(&position) });
    let start = raw.fill_buf().with_context(|| format!("cannot read {}", path.display()))?;
    let reader: Box<dyn BufRead> = if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::new(MultiGzDecoder::new(raw)))
    } else {
        Box::new(raw)
    };
    Ok(Lines { lines: Box::new(Reader { reader, number: 0, broken: false }), position, total })
}

/// Counts the bytes read, for the progress bar.
struct Counted {
    file: File,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        self.position.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

struct Reader<R> {
    reader: R,
    number: u64,
    broken: bool,
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.broken {
            self.number += 1;
            let content = match read_line(&mut self.reader) {
                Ok(None) => return None,
                Ok(Some(raw)) => checked(&raw, self.number == 1),
                Err(error) => {
                    self.broken = true;
                    let error = anyhow::Error::new(error).context(format!("cannot read line {}", self.number));
                    Err(Fault::Unreadable(error))
                }
            };
            if !matches!(&content, Ok(content) if content.is_empty()) {
                return Some(Line { number: self.number, content });
            }
        }
        None
    }
}

/// The next line with at most one byte more than allowed; the rest of a longer one is skipped.
fn read_line(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.by_ref().take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if !line.ends_with(b"\n") && line.len() > LINE_BYTES {
        reader.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

fn checked(raw: &[u8], first: bool) -> Result<Vec<u8>, Fault> {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    if line.len() > LINE_BYTES {
        return Err(Fault::Bad(format!("longer than {} KB", LINE_BYTES / 1024)));
    }
    let text =
        str::from_utf8(line).map_err(|error| Fault::Bad(format!("not UTF-8 at byte {}", error.valid_up_to() + 1)))?;
    let text = if first { text.trim_start_matches('\u{feff}') } else { text }; // some editors start a file with it
    Ok(text.trim().as_bytes().to_vec())
}

/// Adds `"available"` to a line that lacks it. Edits the text, because a parsed price would be a float. A line that is
/// not a JSON object stays as it is, and the shop refuses it.
#[expect(clippy::zero_sized_map_values, reason = "serde reads an object into a map only, and its values are skipped")]
pub(crate) fn add_available(line: Line, available: u64) -> Line {
    let content = line.content.map(|content| {
        let fields = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&content);
        match (fields, content.split_last()) {
            (Ok(fields), Some((b'}', start))) if !fields.contains_key("available") => {
                let comma = if fields.is_empty() { "" } else { "," };
                [start, format!("{comma}\"available\":{available}}}").as_bytes()].concat()
            }
            _ => content,
        }
    });
    Line { content, ..line }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let text_of = |line: Line| {
            let content = line.content.map(|content| String::from_utf8_lossy(&content).into_owned());
            let content = content.map_err(|fault| match fault {
                Fault::Bad(reason) => reason,
                Fault::Unreadable(error) => format!("{error:#}"),
            });
            (line.number, content)
        };
        Reader { reader: bytes, number: 0, broken: false }.map(text_of).collect()
    }

    #[test]
    fn bad_lines_are_reported_by_number_and_the_rest_is_read() {
        let long = "x".repeat(LINE_BYTES + 7);
        let file = [b"\xef\xbb\xbf{}\r\n\n", long.as_bytes(), b"\n\xff\n{\"a\":1}"].concat();
        let expected = [
            (1, Ok("{}".to_owned())),
            (3, Err("longer than 256 KB".to_owned())),
            (4, Err("not UTF-8 at byte 1".to_owned())),
            (5, Ok("{\"a\":1}".to_owned())),
        ];
        assert_eq!(read(&file), expected);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_good() {
        let line = "x".repeat(LINE_BYTES);
        let file = format!("{line}\n{{}}");
        assert_eq!(read(file.as_bytes()), [(1, Ok(line)), (2, Ok("{}".to_owned()))]);
    }

    #[test]
    fn available_is_added_only_to_lines_without_it() {
        let added = |text: &str| {
            let line = add_available(Line { number: 1, content: Ok(text.into()) }, 7);
            String::from_utf8(line.content.unwrap_or_default()).unwrap_or_default()
        };
        assert_eq!(added(r#"{"price": 12.50}"#), r#"{"price": 12.50,"available":7}"#);
        assert_eq!(added("{}"), r#"{"available":7}"#);
        assert_eq!(added(r#"{"available": 0}"#), r#"{"available": 0}"#);
        assert_eq!(added(r#"{"available": null}"#), r#"{"available": null}"#);
        assert_eq!(added("[1]"), "[1]");
        assert_eq!(added("{oops}"), "{oops}");
    }

    #[test]
    fn gzip_is_recognised_by_its_first_bytes() {
        let folder = std::env::temp_dir().join(format!("souk-import-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"{}\n{}\n").expect("in memory");
        for bytes in [gzip.finish().expect("in memory"), b"{}\n{}\n".to_vec()] {
            let file = folder.join("lines"); // a name without an extension
            std::fs::write(&file, &bytes).expect("a temporary file");
            let lines = from_file(&file).expect("it is there");
            assert_eq!(lines.total, bytes.len() as u64);
            assert_eq!(lines.lines.count(), 2);
            assert_eq!(lines.position.load(Ordering::Relaxed), lines.total);
        }
        std::fs::remove_dir_all(&folder).expect("a temporary folder");
    }
}
