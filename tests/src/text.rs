//! Unique words, and lines in the output of a test run.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write as _};

/// Prints a line even if the test passes: the test runner would capture `println!`.
pub fn print_line(line: &str) {
    writeln!(io::stdout(), "{line}").expect("standard output takes a line");
}

/// A random word of twelve letters.
pub fn unique_word() -> String {
    let mut number = RandomState::new().hash_one("a word");
    let mut word = String::new();
    for _ in 0..12 {
        let letter = u8::try_from(number % 26).expect("below 26");
        word.push(char::from(b'a' + letter));
        number /= 26;
    }
    word
}

/// The word with another letter at that place.
pub fn misspelt(word: &str, at: usize) -> String {
    let other = if word[at..].starts_with('x') { "y" } else { "x" };
    format!("{}{other}{}", &word[..at], &word[at + 1..])
}
