//! Marks the matched words in product names.

use serde_json::{Value, json};

/// Around each match: characters that no name contains.
const BEFORE: char = '\u{e000}';
const AFTER: char = '\u{e001}';

/// The part of a request that returns the whole name, with marks where one of these queries matches.
pub(crate) fn request(queries: &[Value]) -> Value {
    json!({
        "type": "unified",
        "pre_tags": [BEFORE.to_string()],
        "post_tags": [AFTER.to_string()],
        "number_of_fragments": 0,
        "fields": { "name": { "highlight_query": { "bool": { "should": queries } } } },
    })
}

/// A name in parts: the text of each, and whether it matched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Highlight(Vec<(String, bool)>);

impl Highlight {
    /// As OpenSearch marked it.
    pub(crate) fn read(marked: &str) -> Self {
        let mut parts: Vec<(String, bool)> = Vec::new();
        let mut inside = false;
        for c in marked.chars() {
            match (c, parts.last_mut()) {
                (BEFORE | AFTER, _) => inside = c == BEFORE,
                (_, Some((text, matched))) if *matched == inside => text.push(c),
                _ => parts.push((c.to_string(), inside)),
            }
        }
        Self(parts)
    }

    /// The name without marks.
    pub fn plain(&self) -> String {
        self.0.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// As HTML: matches in `<mark>`, all text escaped.
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        for (text, matched) in &self.0 {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            html.push_str(&if *matched { format!("<mark>{text}</mark>") } else { text });
        }
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_matches_marked() {
        let highlight = Highlight::read("Hama <b> \u{e000}USB\u{e001}-\u{e000}C\u{e001} & more");
        assert_eq!(highlight.to_html(), "Hama &lt;b&gt; <mark>USB</mark>-<mark>C</mark> &amp; more");
        assert_eq!(highlight.plain(), "Hama <b> USB-C & more");
    }

    #[test]
    fn stray_marks_are_ignored() {
        assert_eq!(Highlight::read("\u{e001}a\u{e000}\u{e000}b").to_html(), "a<mark>b</mark>");
        assert_eq!(Highlight::read(""), Highlight::default());
    }
}
