//! Tells quotation marks around words from inch marks after numbers, and names that consist of a letter and signs.

/// One mark: a character, or two single quotation marks.
struct Mark {
    at: usize,
    length: usize,
}

/// Which characters are inch marks: those after a digit that do not end a quotation. `"OUT-0000472"` is quoted, `27"` is
/// 27 inches.
pub(crate) fn inch_marks(text: &[char]) -> Vec<bool> {
    let mut inches = vec![false; text.len()];
    let marks = marks(text);
    let opens = |mark: &Mark| {
        let before = mark.at.checked_sub(1).map(|at| text[at]);
        let after = text.get(mark.at + mark.length);
        !before.is_some_and(char::is_alphanumeric) && after.is_some_and(|c| c.is_alphanumeric())
    };
    let ends_word = |mark: &Mark| !text.get(mark.at + mark.length).is_some_and(|c| c.is_alphanumeric());
    let mut quoted = None;
    for (number, mark) in marks.iter().enumerate() {
        if opens(mark) {
            // Closed by the last mark before another one opens, so that "dell 27" monitor" is one quotation.
            let own = marks.iter().enumerate().skip(number + 1).take_while(|(_, other)| !opens(other));
            quoted = own.filter(|(_, other)| ends_word(other)).map(|(closing, _)| closing).last();
            continue;
        }
        let after_digit = mark.at.checked_sub(1).is_some_and(|at| text[at].is_ascii_digit());
        let is_inch = after_digit && quoted != Some(number) && !matches!(text[mark.at], '“' | '„');
        if is_inch || text[mark.at] == '″' && after_digit {
            inches[mark.at..mark.at + mark.length].fill(true);
        }
    }
    inches
}

fn marks(text: &[char]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at) {
        let length = match c {
            '"' | '″' | '“' | '”' | '„' => 1,
            '\'' | '’' if matches!(text.get(at + 1), Some('\'' | '’')) => 2,
            _ => 0,
        };
        if length > 0 {
            marks.push(Mark { at, length });
        }
        at += length.max(1);
    }
    marks
}

/// Names with signs that would be lost: `c#` becomes `csharp`, `c++` `cplusplus`, `.net` `dotnet`. In lower case; the
/// char filters of [`mapping`](crate::mapping) do the same to indexed texts.
pub(crate) fn spelt_out(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let is_word = |at: usize| characters.get(at).is_some_and(|c| c.is_alphanumeric());
    let is = |at: usize, expected: char| characters.get(at) == Some(&expected);
    let mut spelt = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = characters.get(at) {
        let first = !at.checked_sub(1).is_some_and(is_word);
        let letter = first && c.is_ascii_lowercase();
        let (name, length) = if letter && is(at + 1, '#') {
            (format!(" {c}sharp "), 2)
        } else if letter && is(at + 1, '+') && is(at + 2, '+') && !is(at + 3, '+') {
            (format!(" {c}plusplus "), 3)
        } else if first && characters[at..].starts_with(&['.', 'n', 'e', 't']) && !is_word(at + 4) {
            (" dotnet ".to_owned(), 4)
        } else {
            (c.to_string(), 1)
        };
        spelt.push_str(&name);
        at += length;
    }
    spelt
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `I` in place of each inch mark.
    fn inches(text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let inches = inch_marks(&characters);
        characters.iter().zip(inches).map(|(c, inch)| if inch { 'I' } else { *c }).collect()
    }

    #[test]
    fn inches_are_not_quotations() {
        for (text, expected) in [
            ("27\"", "27I"),
            ("27\" monitor", "27I monitor"),
            ("27” monitor", "27I monitor"),
            ("27″", "27I"),
            ("27'' monitor", "27II monitor"),
            ("5\" x 7\" \"frame\"", "5I x 7I \"frame\""),
            ("\"OUT-0000472\"", "\"OUT-0000472\""),
            ("“OUT-0000472”", "“OUT-0000472”"),
            ("„OUT-0000472“", "„OUT-0000472“"),
            ("”OUT-0000472”", "”OUT-0000472”"),
            ("''OUT-0000472''", "''OUT-0000472''"),
            ("“OUT-0000472\" blue", "“OUT-0000472\" blue"),
            ("\"dell 27\" monitor\"", "\"dell 27I monitor\""),
            ("\"27\"\"", "\"27I\""),
            ("(\"OUT-1\") \"OUT-2\"", "(\"OUT-1\") \"OUT-2\""),
            ("men's 'x5'", "men's 'x5'"),
        ] {
            assert_eq!(inches(text), expected, "{text}");
        }
        assert!(inch_marks(&[]).is_empty());
    }

    #[test]
    fn names_with_signs_are_spelt_out() {
        let words = |text: &str| spelt_out(text).split_whitespace().collect::<Vec<_>>().join(" ");
        for (text, expected) in [
            ("c# in depth", "csharp in depth"),
            ("c#12", "csharp 12"),
            ("c++17", "cplusplus 17"),
            ("(c++)", "( cplusplus )"),
            (".net core", "dotnet core"),
            (".networks", ".networks"),
            ("asp.net", "asp.net"),
            ("a+++", "a+++"),
            ("usbc# c", "usbc# c"),
            ("#c +c .5", "#c +c .5"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
