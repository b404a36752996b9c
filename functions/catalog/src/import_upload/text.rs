//! The text of an upload: plain, or decompressed if its first bytes are those of gzip.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use serde::Serialize;

use super::splitter::{LineSplitter, Part};

/// The largest text of an upload, in bytes and in lines: as much as can be split within the time limit of the function.
/// It also limits what a small gzip file expands to.
const MAX_BYTES: u64 = 4 * 1024 * 1024 * 1024;
const MAX_LINES: u64 = 2_000_000;
/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why an upload is not read to its end. The lines before are imported.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Unreadable {
    /// Stable: `bad_gzip`, `too_large`.
    pub(super) code: &'static str,
    /// With the last line that was read.
    pub(super) message: String,
}

/// Takes an upload chunk by chunk and splits its text.
#[derive(Default)]
pub(super) enum UploadText {
    /// Nothing was read yet.
    #[default]
    Empty,
    /// It is split as it is.
    Plain(LineSplitter),
    /// It is decompressed first.
    Gzip(Box<MultiGzDecoder<LineSplitter>>),
}

impl UploadText {
    /// Takes the next bytes; the first time at least two, unless there is only one.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        if matches!(self, Self::Empty) {
            *self = if bytes.starts_with(&GZIP) {
                Self::Gzip(Box::new(MultiGzDecoder::new(LineSplitter::default())))
            } else {
                Self::Plain(LineSplitter::default())
            };
        }
        let outcome = match self {
            Self::Empty => Ok(()),
            Self::Plain(splitter) => splitter.write_all(bytes),
            Self::Gzip(decoder) => decoder.write_all(bytes),
        };
        outcome.map_err(|_| self.bad_gzip())?;
        let (bytes, lines) = self.splitter().map_or((0, 0), |splitter| splitter.read());
        if bytes > MAX_BYTES || lines > MAX_LINES {
            let limit = format!("an upload may have at most {MAX_LINES} lines and {} GB", MAX_BYTES >> 30);
            return Err(Unreadable { code: "too_large", message: format!("{limit}; {}", self.end_of_reading()) });
        }
        Ok(())
    }

    /// Ends the text.
    pub(super) fn end(&mut self) -> Result<(), Unreadable> {
        match self {
            Self::Gzip(decoder) => decoder.try_finish().map_err(|_| self.bad_gzip()),
            _ => Ok(()),
        }
    }

    /// Parts that are complete.
    pub(super) fn parts(&mut self) -> &[Part] {
        self.splitter().map_or(&[], |splitter| splitter.done())
    }

    /// Removes and returns them.
    pub(super) fn take(&mut self) -> Vec<Part> {
        self.splitter().map(LineSplitter::take).unwrap_or_default()
    }

    /// The remaining parts; a last line without a line end only if the text was read to its end.
    pub(super) fn last(&mut self, is_whole: bool) -> Vec<Part> {
        self.splitter().map(|splitter| splitter.last(is_whole)).unwrap_or_default()
    }

    fn splitter(&mut self) -> Option<&mut LineSplitter> {
        match self {
            Self::Empty => None,
            Self::Plain(splitter) => Some(splitter),
            Self::Gzip(decoder) => Some(decoder.get_mut()),
        }
    }

    fn bad_gzip(&mut self) -> Unreadable {
        Unreadable { code: "bad_gzip", message: format!("the file is damaged; {}", self.end_of_reading()) }
    }

    fn end_of_reading(&mut self) -> String {
        let number = self.splitter().map_or(1, |splitter| splitter.number());
        format!("read up to line {}", number - 1)
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("in memory");
        encoder.finish().expect("in memory")
    }

    /// The text of all parts, and the problem.
    fn read(bytes: &[u8]) -> (String, Option<&'static str>) {
        let mut text = UploadText::default();
        let pushed = bytes.chunks(1_000).try_for_each(|slice| text.push(slice));
        let problem = pushed.and_then(|()| text.end()).err();
        let parts = text.last(problem.is_none()).into_iter().flat_map(|part| part.content).collect();
        (String::from_utf8(parts).expect("UTF-8"), problem.map(|problem| problem.code))
    }

    #[test]
    fn plain_text_and_gzip_differ_in_their_first_bytes() {
        let text = "{\"sku\": \"1\"}\r\n".repeat(300);
        assert_eq!(read(text.as_bytes()), (text.clone(), None));
        assert_eq!(read(&gzip(text.as_bytes())), (text.clone(), None));
        // Files may be joined as they are, which `cat` and parallel packers do.
        let (one, two) = text.split_at(1_003);
        assert_eq!(read(&[gzip(one.as_bytes()), gzip(two.as_bytes())].concat()), (text, None));
        assert_eq!(read(b""), (String::new(), None));
        assert_eq!(read(&gzip(b"")), (String::new(), None));
    }

    #[test]
    fn the_text_before_the_damage_is_read() {
        let lines: Vec<_> =
            (0..5_000_u64).map(|n| format!("{{\"sku\": \"{}\"}}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        let text = lines.concat();
        let packed = gzip(text.as_bytes());
        let (before, problem) = read(&packed[..packed.len() / 2]);
        assert_eq!(problem, Some("bad_gzip"));
        assert!(text.starts_with(&before) && before.ends_with("}\n"), "{}", before.len());
        let (all, problem) = read(&[&packed, b"junk".as_slice()].concat());
        assert_eq!((all.len(), problem), (text.len(), Some("bad_gzip")));
        assert_eq!(read(b"\x1f\x8bno").1, Some("bad_gzip"));
    }

    #[test]
    fn a_gzip_bomb_is_refused_early() {
        let bomb = gzip(&b"{}\n".repeat(2_100_000));
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        let mut text = UploadText::default();
        let problem = bomb.chunks(1_000).try_for_each(|slice| {
            let outcome = text.push(slice);
            text.take();
            outcome
        });
        let problem = problem.expect_err("too large");
        assert_eq!(problem.code, "too_large");
        assert!(problem.message.contains("at most 2000000 lines and 4 GB; read up to line 20"), "{}", problem.message);
    }

    proptest! {
        #[test]
        fn any_upload_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0_usize..400) {
            let mut damaged = gzip(&bytes);
            let last = damaged.len() - 1;
            damaged[at.min(last)] ^= 0x55;
            for upload in [&bytes, &[&GZIP[..], &bytes].concat(), &damaged] {
                let mut text = UploadText::default();
                let pushed = upload.chunks(100).try_for_each(|slice| text.push(slice));
                let problem = pushed.and_then(|()| text.end()).err();
                prop_assert!(problem.as_ref().is_none_or(|problem| problem.code == "bad_gzip"), "{problem:?}");
                let _ = text.last(problem.is_none());
            }
        }
    }
}
