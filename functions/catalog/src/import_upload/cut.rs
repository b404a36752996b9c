//! Cuts a text at line ends into pieces that one import takes, while it comes in. Holds no more than that of it.

use std::io::{self, Write};

use crate::import::{MAX_LINE_BYTES, MAX_LINES};

/// Most bytes of a piece; one line always fits.
pub(super) const MAX_PIECE_BYTES: usize = 4 * 1024 * 1024;

/// Whole lines that follow each other in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The number of the first one, from 1; blank lines count.
    pub(super) first_line: usize,
    /// How many are not blank.
    pub(super) lines: usize,
    pub(super) content: Vec<u8>,
}

impl Piece {
    const fn at(first_line: usize) -> Self {
        Self { first_line, lines: 0, content: Vec::new() }
    }
}

/// Takes a text bit by bit.
#[derive(Debug)]
pub(super) struct Cutter {
    done: Vec<Piece>,
    piece: Piece,
    /// The line that is not complete yet, or as much of it as tells that it is too long.
    line: Vec<u8>,
    /// The number of that line.
    number: usize,
    bytes: u64,
    lines: u64,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { done: Vec::new(), piece: Piece::at(1), line: Vec::new(), number: 1, bytes: 0, lines: 0 }
    }
}

impl Cutter {
    /// Pieces that are complete.
    pub(super) fn done(&self) -> &[Piece] {
        &self.done
    }

    /// The same, taken away.
    pub(super) fn take(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.done)
    }

    /// What was taken in so far, in bytes and in lines that are not blank.
    pub(super) const fn taken(&self) -> (u64, u64) {
        (self.bytes, self.lines)
    }

    /// The number of the line that comes next or is not complete.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// Everything that is left; a last line without an end only if the text ends there.
    pub(super) fn last(&mut self, is_whole: bool) -> Vec<Piece> {
        if is_whole && !self.line.is_empty() {
            self.end_line();
        }
        self.line.clear();
        self.end_piece();
        self.take()
    }

    /// Adds to the line. More than the longest one that is good is not kept, and is no line any more.
    fn extend_line(&mut self, bytes: &[u8]) {
        let too_long = MAX_LINE_BYTES + 1; // with the line end, a line of the most bytes that are good
        let room = too_long.saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            self.line.fill(b'#'); // blank or good it must not look, only long
        }
    }

    fn end_line(&mut self) {
        let is_blank = self.line.trim_ascii().is_empty();
        let is_full = !is_blank && self.piece.lines == MAX_LINES;
        if is_full || self.piece.content.len() + self.line.len() > MAX_PIECE_BYTES {
            self.end_piece();
        }
        self.piece.content.append(&mut self.line);
        self.piece.lines += usize::from(!is_blank);
        self.lines += u64::from(!is_blank);
        self.number += 1;
    }

    /// Blank lines alone are nothing to import.
    fn end_piece(&mut self) {
        let piece = std::mem::replace(&mut self.piece, Piece::at(self.number));
        if piece.lines > 0 {
            self.done.push(piece);
        }
    }
}

impl Write for Cutter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        for bit in bytes.split_inclusive(|&byte| byte == b'\n') {
            if let Some(end) = bit.strip_suffix(b"\n") {
                self.extend_line(end);
                self.line.push(b'\n');
                self.end_line();
            } else {
                self.extend_line(bit);
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

    /// Cuts a text that comes in bits of these sizes.
    fn cut(text: &[u8], sizes: &[usize]) -> Vec<Piece> {
        let mut cutter = Cutter::default();
        let (mut rest, mut sizes) = (text, sizes.iter().cycle());
        while !rest.is_empty() {
            let (bit, after) = rest.split_at((*sizes.next().expect("sizes")).clamp(1, rest.len()));
            cutter.write_all(bit).expect("in memory");
            rest = after;
        }
        cutter.last(true)
    }

    /// Lines with their numbers, as an import sees them.
    fn lines<'t>(pieces: impl IntoIterator<Item = (usize, &'t [u8])>) -> Vec<(usize, &'t [u8])> {
        pieces.into_iter().flat_map(|(first, content)| numbered(content, first).collect::<Vec<_>>()).collect()
    }

    fn seen(pieces: &[Piece]) -> Vec<(usize, &[u8])> {
        lines(pieces.iter().map(|piece| (piece.first_line, piece.content.as_slice())))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_line_comes_whole_with_its_number(
            lines_of_text in prop::collection::vec("[ a\"é{}]{0,12}\r?", 0..2_600),
            start in prop::sample::select(vec!["", "\u{feff}"]),
            end in prop::sample::select(vec!["", "\n", "\r\n"]),
            sizes in prop::collection::vec(1_usize..900, 1..8),
        ) {
            let text = format!("{start}{}{end}", lines_of_text.join("\n"));
            let pieces = cut(text.as_bytes(), &sizes);
            prop_assert_eq!(seen(&pieces), lines([(1, text.as_bytes())]));
            for piece in &pieces {
                let count = numbered(&piece.content, 1).count();
                prop_assert!((1..=MAX_LINES).contains(&piece.lines) && count <= piece.lines, "{}", piece.lines);
            }
            // Nothing is lost but pieces of blank lines.
            let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.content.clone()).collect();
            prop_assert!(text.as_bytes().trim_ascii().is_empty() || text.as_bytes().starts_with(&joined));
        }
    }

    #[test]
    fn a_piece_ends_before_it_gets_too_large() {
        let line = format!("{}\n", "x".repeat(MAX_LINE_BYTES));
        let text = line.repeat(150);
        let pieces = cut(text.as_bytes(), &[10_000]);
        assert_eq!(
            pieces.iter().map(|piece| (piece.first_line, piece.lines)).collect::<Vec<_>>(),
            [(1, 63), (64, 63), (127, 24)]
        );
        assert!(pieces.iter().all(|piece| piece.content.len() <= MAX_PIECE_BYTES));
        assert_eq!(pieces.into_iter().flat_map(|piece| piece.content).collect::<Vec<_>>(), text.into_bytes());
    }

    #[test]
    fn of_a_line_that_is_too_long_only_that_is_kept() {
        for long in ["x".repeat(9_000_000), " ".repeat(9_000_000)] {
            let text = format!("{{}}\n{long}\n{{}}");
            let pieces = cut(text.as_bytes(), &[70_000]);
            let seen: Vec<_> = seen(&pieces).into_iter().map(|(number, line)| (number, line.len())).collect();
            assert_eq!(seen, [(1, 2), (2, MAX_LINE_BYTES + 1), (3, 2)]);
        }
    }

    #[test]
    fn blank_lines_are_counted_but_never_imported() {
        let text = format!("{}{{}}\n{}", "\n".repeat(MAX_PIECE_BYTES * 2 + 5), "\r\n".repeat(MAX_PIECE_BYTES));
        let pieces = cut(text.as_bytes(), &[1_000_000]);
        assert_eq!(pieces.len(), 1);
        assert_eq!(seen(&pieces), [(MAX_PIECE_BYTES * 2 + 6, b"{}".as_slice())]);
        assert_eq!(cut(b"\r\n \n", &[1]), []);
    }

    #[test]
    fn a_line_that_breaks_off_is_left_out() {
        let mut cutter = Cutter::default();
        cutter.write_all(b"{}\n{\"sku").expect("in memory");
        assert_eq!(cutter.number(), 2);
        assert_eq!(cutter.last(false), [Piece { first_line: 1, lines: 1, content: b"{}\n".to_vec() }]);
    }
}
