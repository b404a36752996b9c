//! Validation errors of request fields, and the rules for texts.

mod card_number;

pub use card_number::looks_like_card_number;

use crate::unicode::composed;

/// An invalid field: its path, a stable code for programs and a message for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path from the root of the body: `shipping_address.city`.
    pub field: String,
    /// Stable, in `snake_case`: `required`, `wrong_type`, `too_long`, `out_of_range`, `invalid_format`,
    /// `unknown_value`.
    pub code: &'static str,
    /// States what would be valid.
    pub message: String,
}

impl FieldError {
    /// An invalid field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// An invalid value whose field is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// As in [`FieldError::code`].
    pub code: &'static str,
    /// As in [`FieldError::message`].
    pub message: String,
}

impl Invalid {
    /// An invalid value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The error for a field.
    pub fn at(self, field: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), code: self.code, message: self.message }
    }
}

/// Removes what [`is_invisible`], composes (NFC) and trims a text, and checks that it has 1 to `max_chars` characters,
/// none of which is a control character except line feed and tab.
///
/// Every text that a client, an import or a search sends comes through here, so that its two spellings, composed and
/// decomposed, are one text everywhere behind.
pub fn text(raw: &str, max_chars: usize) -> Result<String, Invalid> {
    within(&composed(&visible(raw)), max_chars)
}

fn visible(raw: &str) -> String {
    let lines = raw.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}'], "\n");
    lines.chars().filter(|c| !is_invisible(*c)).collect()
}

fn within(text: &str, max_chars: usize) -> Result<String, Invalid> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Invalid::new("required", "must not be empty"));
    }
    if trimmed.chars().count() > max_chars {
        return Err(Invalid::new("too_long", format!("must have at most {max_chars} characters")));
    }
    if trimmed.chars().any(is_refused_char) {
        return Err(Invalid::new("invalid_format", "must not contain control characters"));
    }
    Ok(trimmed.to_owned())
}

/// Like [`text`], with a limit in bytes of UTF-8 as well: what is stored in an order is limited by its size.
pub fn text_within(raw: &str, max_chars: usize, max_bytes: usize) -> Result<String, Invalid> {
    let checked = text(raw, max_chars)?;
    if checked.len() > max_bytes {
        return Err(Invalid::new("too_long", format!("must have at most {max_bytes} bytes in UTF-8")));
    }
    Ok(checked)
}

/// Control characters except line feed and tab. No stored text has them.
pub fn is_refused_char(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Characters that are removed from every stored text: overrides, embeddings and isolates of the direction of text, and
/// characters that nobody sees. People paste them without knowing, with telephone
/// numbers from their contacts for example, so they are removed and not refused.
///
/// An override shows `gpj.exe` as `exe.jpg`, and an isolate that is not closed reorders what a page shows after the text.
/// The joiners U+200C and U+200D stay, without which Persian, Hindi and emoji are wrong; so do the space U+200B, which
/// separates words in Khmer, and the marks U+200E, U+200F and U+061C, which affect no text but their neighbours.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0001}')
}

/// The address of a picture: https, or a path on the shop's own origin such as `/images/1.jpg`.
///
/// `http://` becomes `https://`, because catalogues of suppliers still use it (all 19,406 products of the sample), and a
/// browser blocks such a picture in a page that was loaded by https.
///
/// It is not composed: the server that has the picture compares the bytes of the path.
pub fn picture_url(raw: &str, max_chars: usize) -> Result<String, Invalid> {
    let expected = "must be an address such as https://example.com/picture.jpg or /images/picture.jpg";
    let invalid = || Invalid::new("invalid_format", expected);
    let sent = within(&visible(raw), max_chars)?;
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^');
    if !sent.chars().all(|c| is_plain(c) || (!c.is_ascii() && !c.is_whitespace())) {
        return Err(invalid());
    }
    if sent.starts_with('/') {
        return if sent.starts_with("//") || has_parent_segment(&sent) { Err(invalid()) } else { Ok(sent) };
    }
    let (scheme, rest) = sent.split_once("://").ok_or_else(invalid)?;
    if !(scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")) {
        return Err(invalid());
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // No user or password, and a host. Port 80 is refused, because it does not serve https.
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 80));
    let is_name = !name.starts_with(['.', '-']) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    if name.is_empty() || !is_name || !has_port {
        return Err(invalid());
    }
    Ok(format!("https://{rest}"))
}

/// Whether a path leaves its folder, in plain or percent-encoded spelling.
fn has_parent_segment(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| segment == "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_that_hide_or_reorder_text_are_removed_and_control_characters_refused() {
        for (sent, stored) in [
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("\u{202a}+49 30 123456\u{202c}", "+49 30 123456"),
            ("a\u{2066}b\u{feff}", "ab"),
            ("a\u{2028}b\r\nc", "a\nb\nc"),
            // A removed character between a letter and its accent must not keep them apart.
            ("cafe\u{301} cafe\u{2060}\u{301}", "caf\u{e9} caf\u{e9}"),
        ] {
            assert_eq!(text(sent, 99), Ok(stored.to_owned()), "{sent:?}");
        }
        assert_eq!(text("\u{202e}\u{2060} ", 99).map_err(|invalid| invalid.code), Err("required"));
        for bad in ["a\u{0}b", "a\u{1b}[1m", "a\rb", "a\u{85}b"] {
            assert_eq!(text(bad, 99).map_err(|invalid| invalid.code), Err("invalid_format"), "{bad:?}");
        }
        for good in
            ["a\nb", "a\tb", "\u{645}\u{6cc}\u{200c}\u{62e}", "\u{1f468}\u{200d}\u{1f469}", "a\u{200f}b", "caf\u{e9}"]
        {
            assert_eq!(text(good, 99), Ok(good.to_owned()));
        }
    }

    #[test]
    fn the_length_is_that_of_the_composed_text() {
        assert_eq!(text("e\u{301}e\u{301}", 2).map(|text| text.len()), Ok(4));
        // Hindi q is one character that is composed of two.
        assert_eq!(text("\u{958}", 1).map_err(|invalid| invalid.code), Err("too_long"));
    }

    #[test]
    fn bytes_are_limited_beside_characters() {
        assert_eq!(text_within("\u{1f600}\u{1f600}", 2, 8).map(|text| text.len()), Ok(8));
        assert_eq!(text_within("\u{1f600}\u{1f600}", 2, 7).map_err(|invalid| invalid.code), Err("too_long"));
        assert_eq!(text_within("abc", 2, 7).map_err(|invalid| invalid.code), Err("too_long"));
    }

    #[test]
    fn pictures_are_loaded_by_https_or_from_the_shop() {
        for good in
            ["https://example.com/1.jpg", "https://cdn.example.com:8443/a?b=c#d", "/images/1.jpg", "/images/a..b.jpg"]
        {
            assert_eq!(picture_url(good, 99), Ok(good.to_owned()));
        }
        let upgraded = Ok("https://images.example.com/1.jpg".to_owned());
        assert_eq!(picture_url("http://images.example.com/1.jpg", 99), upgraded);
        assert_eq!(picture_url("HTTP://images.example.com/1.jpg", 99), upgraded);
        let decomposed = "https://example.com/cafe\u{301}.jpg";
        assert_eq!(picture_url(decomposed, 99), Ok(decomposed.to_owned()), "the path is compared in bytes");
        for bad in [
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "//evil.example/1.jpg",
            "/\\evil.example/1.jpg",
            "https://user:secret@example.com/1.jpg",
            "https://user@example.com/1.jpg",
            "https:///1.jpg",
            "https://",
            "https://example.com:99999/1.jpg",
            "http://example.com:80/1.jpg",
            "ftp://example.com/1.jpg",
            "images/1.jpg",
            "/images/../admin",
            "/images/%2E%2e/admin",
            "https://example.com/a b",
            "https://exa\"mple.com/",
            "javascript://example.com/%0aalert(1)",
        ] {
            assert_eq!(picture_url(bad, 99).map_err(|invalid| invalid.code), Err("invalid_format"), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_stored_text_has_no_refused_and_no_invisible_character(raw in prop::collection::vec(any::<char>(), 0..40)) {
            let raw: String = raw.into_iter().collect();
            match text(&raw, 20) {
                Ok(stored) => {
                    prop_assert!(!stored.chars().any(|c| is_refused_char(c) || is_invisible(c)) && stored.chars().count() <= 20);
                    prop_assert_eq!(composed(&stored), stored.clone());
                    prop_assert_eq!(text(&stored, 20), Ok(stored.clone()), "checking is stable");
                }
                Err(invalid) => prop_assert!(["required", "too_long", "invalid_format"].contains(&invalid.code)),
            }
        }

        #[test]
        fn a_stored_picture_is_safe(
            raw in "(https?://|//|/|javascript:|data:|)[a-z@:./%\\\\\u{202e}\"<0-9-]{0,20}",
        ) {
            if let Ok(url) = picture_url(&raw, 60) {
                let host = url.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
                match host {
                    Some(host) => prop_assert!(!host.is_empty() && !host.contains('@'), "{url}"),
                    None => prop_assert!(url.starts_with('/') && !url.starts_with("//"), "{url}"),
                }
                prop_assert!(!url.contains(['"', '<', '\\']) && !url.chars().any(is_refused_char), "{url}");
                prop_assert_eq!(picture_url(&url, 61), Ok(url.clone()), "checking is stable");
            }
        }
    }
}
