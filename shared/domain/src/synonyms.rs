//! Search synonyms, managed by staff.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::unicode::composed;
use crate::validation::{FieldError, Invalid, text};

/// Maximum number of groups. The request body has at most 64 KB, which keeps the list far below DynamoDB's 400 KB an
/// item.
pub const MAX_SYNONYM_GROUPS: usize = 500;
/// Maximum terms of a group: each widens every search for the others.
pub const MAX_SYNONYM_TERMS: usize = 8;
/// Maximum words of a term.
pub const MAX_SYNONYM_WORDS: usize = 4;
/// Maximum length of a term, in characters.
const MAX_TERM_CHARS: usize = 50;
/// Maximum number of errors reported for one list.
const MAX_ERRORS: usize = 20;

/// Groups of synonyms. A term is one or a few words (`usb stick`) in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SynonymGroups(#[serde(deserialize_with = "stored_groups")] Vec<Vec<String>>);

impl SynonymGroups {
    /// Validates groups from a client and normalises terms to lower case with single spaces. Errors name the position
    /// of each invalid term (`groups[3][1]`).
    pub fn new<S: AsRef<str>>(groups: &[Vec<S>]) -> Result<Self, Vec<FieldError>> {
        if groups.len() > MAX_SYNONYM_GROUPS {
            let message = format!("must have at most {MAX_SYNONYM_GROUPS} groups");
            return Err(vec![FieldError::new("groups", "too_long", message)]);
        }
        let mut errors = Vec::new();
        let mut checked = Vec::with_capacity(groups.len());
        for (at, terms) in groups.iter().enumerate() {
            match group(at, terms) {
                Ok(terms) => checked.push(terms),
                Err(found) => errors.extend(found),
            }
        }
        errors.truncate(MAX_ERRORS);
        if errors.is_empty() { Ok(Self(checked)) } else { Err(errors) }
    }

    /// The groups in the order in which they were written.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.0
    }
}

/// Terms that an earlier release stored as they were sent are composed, like the words of a search.
fn stored_groups<'de, D: Deserializer<'de>>(stored: D) -> Result<Vec<Vec<String>>, D::Error> {
    let groups = Vec::<Vec<String>>::deserialize(stored)?;
    Ok(groups.iter().map(|terms| terms.iter().map(|term| composed(term)).collect()).collect())
}

fn group<S: AsRef<str>>(at: usize, terms: &[S]) -> Result<Vec<String>, Vec<FieldError>> {
    let whole = |code, message: String| Err(vec![FieldError::new(format!("groups[{at}]"), code, message)]);
    if terms.len() > MAX_SYNONYM_TERMS {
        return whole("too_long", format!("must have at most {MAX_SYNONYM_TERMS} terms"));
    }
    let read =
        terms.iter().enumerate().map(|(n, raw)| term(raw.as_ref()).map_err(|e| e.at(format!("groups[{at}][{n}]"))));
    let (good, bad): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    if !bad.is_empty() {
        return Err(bad.into_iter().filter_map(Result::err).collect());
    }
    let mut seen = BTreeSet::new();
    let different: Vec<String> = good.into_iter().flatten().filter(|term| seen.insert(term.clone())).collect();
    if different.len() < 2 {
        return whole("too_short", "must have at least two different terms".to_owned());
    }
    Ok(different)
}

fn term(raw: &str) -> Result<String, Invalid> {
    // Lower case of a composed letter can be decomposed, so the result is composed again.
    let term = composed(&text(raw, MAX_TERM_CHARS)?.to_lowercase());
    let words: Vec<_> = term.split_whitespace().collect();
    if words.len() > MAX_SYNONYM_WORDS {
        return Err(Invalid::new("too_long", format!("must have at most {MAX_SYNONYM_WORDS} words")));
    }
    if !words.iter().all(|word| word.chars().any(char::is_alphanumeric)) {
        return Err(Invalid::new("invalid_format", "must be words of letters and digits"));
    }
    Ok(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(groups: &[Vec<&str>]) -> Vec<(String, &'static str)> {
        SynonymGroups::new(groups).expect_err("refused").into_iter().map(|e| (e.field, e.code)).collect()
    }

    #[test]
    fn terms_are_normalised() {
        let groups = SynonymGroups::new(&[vec![" Laptop", "NOTEBOOK", "laptop"], vec!["usb  stick", "flash drive"]]);
        let groups = groups.expect("good");
        assert_eq!(groups.groups(), [vec!["laptop", "notebook"], vec!["usb stick", "flash drive"]]);
        let groups = SynonymGroups::new(&[vec!["Caf\u{e9}", "cafe\u{301}", "bistro"]]).expect("good");
        assert_eq!(groups.groups(), [vec!["caf\u{e9}", "bistro"]], "composed and decomposed are one term");
        let stored: SynonymGroups = serde_json::from_str(r#"[["cafe\u0301", "bistro"]]"#).expect("stored before");
        assert_eq!(stored.groups(), groups.groups());
    }

    #[test]
    fn all_invalid_terms_are_reported() {
        let long = "x".repeat(51);
        let groups = [vec!["tv"], vec!["a", "A"], vec!["ok", ""], vec!["***", &long, "b"], vec!["a b c d e", "b"]];
        let expected = [
            ("groups[0]", "too_short"),
            ("groups[1]", "too_short"),
            ("groups[2][1]", "required"),
            ("groups[3][0]", "invalid_format"),
            ("groups[3][1]", "too_long"),
            ("groups[4][0]", "too_long"),
        ];
        assert_eq!(refused(&groups), expected.map(|(field, code)| (field.to_owned(), code)));
        assert_eq!(refused(&vec![vec!["a", "b"]; 501]), [("groups".to_owned(), "too_long")]);
        assert_eq!(refused(&[vec!["x"; 9]]), [("groups[0]".to_owned(), "too_long")]);
        assert_eq!(refused(&vec![vec!["x"]; 100]).len(), 20);
    }
}
