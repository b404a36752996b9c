//! Mails that the shop has sent: the local AWS keeps them instead of delivering them.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::agent;

/// The timeout of a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The text before the token, in a link or on a line of its own.
const BEFORE_TOKEN: [&str; 2] = ["#token=", "Token: "];

/// A mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// The addresses that it goes to.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    #[serde(rename = "BodyText")]
    pub text: String,
}

impl Mail {
    /// The one-time token in its text.
    pub fn token(&self) -> Option<&str> {
        let (_, rest) = BEFORE_TOKEN.into_iter().find_map(|mark| self.text.split_once(mark))?;
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let token = rest.split(|c| !is_of_token(c)).next()?;
        (!token.is_empty()).then_some(token)
    }
}

/// The mails to an address, oldest first.
pub fn to(aws_url: &str, address: &str) -> Result<Vec<Mail>> {
    let mut mails = all(aws_url)?;
    mails.retain(|mail| mail.to.iter().any(|to| to == address));
    Ok(mails)
}

/// All mails, oldest first.
pub fn all(aws_url: &str) -> Result<Vec<Mail>> {
    let url = format!("{aws_url}/_ministack/ses/messages");
    let mut response = agent(CALL_TIMEOUT).get(&url).call().with_context(|| format!("GET {url}"))?;
    let text = response.body_mut().read_to_string().context("the list of mails was cut off")?;
    if response.status() != 200 {
        bail!("GET {url} answers {}", response.status());
    }
    parsed(&text).context("the list of mails has an unexpected form")
}

/// Reads the mails of all AWS accounts; a local stack has one.
fn parsed(text: &str) -> Result<Vec<Mail>> {
    let mut list: Value = serde_json::from_str(text)?;
    let accounts = list["messages"].as_object_mut().context("no messages")?;
    let mails = accounts.values_mut().map(|mails| Ok(Vec::deserialize(mails.take())?));
    Ok(mails.collect::<Result<Vec<Vec<Mail>>>>()?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str) -> Mail {
        Mail { to: Vec::new(), subject: String::new(), text: text.to_owned() }
    }

    #[test]
    fn a_token_is_found_in_a_link_and_on_its_own() {
        let link = "open it.\n\nhttps://shop.example/verify-address#token=q83v-Ej_RW\n\nIf you did not";
        assert_eq!(mail(link).token(), Some("q83v-Ej_RW"));
        assert_eq!(mail("Works once.\r\n\r\nToken: q83v\r\n\r\nIf").token(), Some("q83v"));
        assert_eq!(mail("You already have an account.").token(), None);
        assert_eq!(mail("Token: ").token(), None);
    }

    #[test]
    fn mails_of_all_accounts_are_read() {
        let text = r#"{"messages": {"000000000000": [{"MessageId": "m", "Source": "shop@souk.example", "To": ["ann@example.com"],
            "CC": [], "BCC": [], "Subject": "Hello", "BodyText": "Token: abc", "BodyHtml": null, "Timestamp": 1.5, "Type": "v2"}]}}"#;
        let [mail] = &parsed(text).expect("mails")[..] else { panic!("one mail") };
        assert_eq!(
            (mail.to[0].as_str(), mail.subject.as_str(), mail.token()),
            ("ann@example.com", "Hello", Some("abc"))
        );
        assert!(parsed(r#"{"messages": {}}"#).expect("none").is_empty());
        assert!(parsed("{}").is_err());
    }
}
