//! Splits a text at line ends into parts for one import each, while it is read. Keeps at most one part and one line.

use std::io::{self, Write};

use crate::import::{MAX_LINE_BYTES, MAX_LINES};

/// Most bytes of a part; one line always fits.
pub(super) const MAX_PART_BYTES: usize = 4 * 1024 * 1024;

/// Consecutive whole lines of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The number of the first one, from 1; blank lines count.
    pub(super) first_line: usize,
    /// How many are not blank.
    pub(super) lines: usize,
    pub(super) content: Vec<u8>,
}

impl Part {
    const fn at(first_line: usize) -> Self {
        Self { first_line, lines: 0, content: Vec::new() }
    }
}

/// Takes a text chunk by chunk.
#[derive(Debug)]
pub(super) struct LineSplitter {
    done: Vec<Part>,
    part: Part,
    /// The line that is not complete yet, or as much of it as shows that it is too long.
    line: Vec<u8>,
    /// The number of that line.
    number: usize,
    bytes: u64,
    lines: u64,
}

impl Default for LineSplitter {
    fn default() -> Self {
        Self { done: Vec::new(), part: Part::at(1), line: Vec::new(), number: 1, bytes: 0, lines: 0 }
    }
}

impl LineSplitter {
    /// Parts that are complete.
    pub(super) fn done(&self) -> &[Part] {
        &self.done
    }

    /// Removes and returns them.
    pub(super) fn take(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.done)
    }

    /// How much was read so far, in bytes and in lines that are not blank.
    pub(super) const fn read(&self) -> (u64, u64) {
        (self.bytes, self.lines)
    }

    /// The number of the next or incomplete line.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// The remaining parts; a last line without a line end only if the text ends there.
    pub(super) fn last(&mut self, is_whole: bool) -> Vec<Part> {
        if is_whole && !self.line.is_empty() {
            self.end_line();
        }
        self.line.clear();
        self.end_part();
        self.take()
    }

    /// Adds to the line. Of a line that is too long, only that is kept.
    fn extend_line(&mut self, bytes: &[u8]) {
        let too_long = MAX_LINE_BYTES + 1; // with the line end, one byte more than a good line
        let room = too_long.saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            self.line.fill(b'#'); // it must be neither blank nor good, only long
        }
    }

    fn end_line(&mut self) {
        let is_blank = self.line.trim_ascii().is_empty();
        let is_full = !is_blank && self.part.lines == MAX_LINES;
        if is_full || self.part.content.len() + self.line.len() > MAX_PART_BYTES {
            self.end_part();
        }
        self.part.content.append(&mut self.line);
        self.part.lines += usize::from(!is_blank);
        self.lines += u64::from(!is_blank);
        self.number += 1;
    }

    /// A part of blank lines is dropped.
    fn end_part(&mut self) {
        let part = std::mem::replace(&mut self.part, Part::at(self.number));
        if part.lines > 0 {
            self.done.push(part);
        }
    }
}

impl Write for LineSplitter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        for chunk in bytes.split_inclusive(|&byte| byte == b'\n') {
            if let Some(end) = chunk.strip_suffix(b"\n") {
                self.extend_line(end);
                self.line.push(b'\n');
                self.end_line();
            } else {
                self.extend_line(chunk);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::import::numbered;

    /// Splits a text that is read in chunks of these sizes.
    fn split(text: &[u8], sizes: &[usize]) -> Vec<Part> {
        let mut splitter = LineSplitter::default();
        let (mut rest, mut sizes) = (text, sizes.iter().cycle());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at((*sizes.next().expect("sizes")).clamp(1, rest.len()));
            splitter.write_all(chunk).expect("in memory");
            rest = after;
        }
        splitter.last(true)
    }

    /// Lines with their numbers, as an import reads them.
    fn lines<'t>(parts: impl IntoIterator<Item = (usize, &'t [u8])>) -> Vec<(usize, &'t [u8])> {
        parts.into_iter().flat_map(|(first, content)| numbered(content, first).collect::<Vec<_>>()).collect()
    }

    fn seen(parts: &[Part]) -> Vec<(usize, &[u8])> {
        lines(parts.iter().map(|part| (part.first_line, part.content.as_slice())))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_line_is_whole_and_has_its_number(
            lines_of_text in prop::collection::vec("[ a\"é{}]{0,12}\r?", 0..2_600),
            start in prop::sample::select(vec!["", "\u{feff}"]),
            end in prop::sample::select(vec!["", "\n", "\r\n"]),
            sizes in prop::collection::vec(1_usize..900, 1..8),
        ) {
            let text = format!("{start}{}{end}", lines_of_text.join("\n"));
            let parts = split(text.as_bytes(), &sizes);
            prop_assert_eq!(seen(&parts), lines([(1, text.as_bytes())]));
            for part in &parts {
                let count = numbered(&part.content, 1).count();
                prop_assert!((1..=MAX_LINES).contains(&part.lines) && count <= part.lines, "{}", part.lines);
            }
            // Nothing is lost except parts of blank lines.
            let joined: Vec<u8> = parts.iter().flat_map(|part| part.content.clone()).collect();
            prop_assert!(text.as_bytes().trim_ascii().is_empty() || text.as_bytes().starts_with(&joined));
        }
    }

    #[test]
    fn a_part_ends_before_it_gets_too_large() {
        let line = format!("{}\n", "x".repeat(MAX_LINE_BYTES));
        let text = line.repeat(150);
        let parts = split(text.as_bytes(), &[10_000]);
        assert_eq!(
            parts.iter().map(|part| (part.first_line, part.lines)).collect::<Vec<_>>(),
            [(1, 63), (64, 63), (127, 24)]
        );
        assert!(parts.iter().all(|part| part.content.len() <= MAX_PART_BYTES));
        assert_eq!(parts.into_iter().flat_map(|part| part.content).collect::<Vec<_>>(), text.into_bytes());
    }

    #[test]
    fn a_line_that_is_too_long_is_kept_as_such() {
        for long in ["x".repeat(9_000_000), " ".repeat(9_000_000)] {
            let text = format!("{{}}\n{long}\n{{}}");
            let parts = split(text.as_bytes(), &[70_000]);
            let seen: Vec<_> = seen(&parts).into_iter().map(|(number, line)| (number, line.len())).collect();
            assert_eq!(seen, [(1, 2), (2, MAX_LINE_BYTES + 1), (3, 2)]);
        }
    }

    #[test]
    fn blank_lines_are_counted_but_never_imported() {
        let text = format!("{}{{}}\n{}", "\n".repeat(MAX_PART_BYTES * 2 + 5), "\r\n".repeat(MAX_PART_BYTES));
        let parts = split(text.as_bytes(), &[1_000_000]);
        assert_eq!(parts.len(), 1);
        assert_eq!(seen(&parts), [(MAX_PART_BYTES * 2 + 6, b"{}".as_slice())]);
        assert_eq!(split(b"\r\n \n", &[1]), []);
    }

    #[test]
    fn a_line_that_breaks_off_is_left_out() {
        let mut splitter = LineSplitter::default();
        splitter.write_all(b"{}\n{\"sku").expect("in memory");
        assert_eq!(splitter.number(), 2);
        assert_eq!(splitter.last(false), [Part { first_line: 1, lines: 1, content: b"{}\n".to_vec() }]);
    }
}
