//! Pseudonyms of e-mail and IP addresses, for the keys of limits and for logs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use souk_domain::account::Email;
use souk_domain::network::ClientNetwork;

use crate::mac::MacKey;

const PURPOSE: &str = "souk pseudonym 1";
const PSEUDONYM_BYTES: usize = 16;

/// Makes pseudonyms with a secret key.
///
/// Without the key nobody can find the address of a pseudonym. A plain hash would not be enough: there are only 2^32
/// IPv4 addresses to try.
#[derive(Clone)]
pub struct Pseudonyms(MacKey);

impl Pseudonyms {
    /// Pseudonyms with the key in `PSEUDONYM_SECRET`.
    pub const fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The pseudonym of an e-mail address: `email-` and 22 characters.
    pub fn email(&self, email: &Email) -> String {
        self.pseudonym("email", email.as_str())
    }

    /// The pseudonym of an IP address: `ip-` and 22 characters. All addresses of an IPv6 /64 network have the same one,
    /// because one customer has all of them. All texts that are not addresses have the same one.
    pub fn ip(&self, address: &str) -> String {
        self.pseudonym("ip", &ClientNetwork::parse(address).to_string())
    }

    /// The pseudonym of the fingerprint that a payment provider gives a card: `card-` and 22 characters.
    pub fn card(&self, fingerprint: &str) -> String {
        self.pseudonym("card", fingerprint)
    }

    /// The pseudonym of an `Idempotency-Key`: `key-` and 22 characters.
    pub fn idempotency_key(&self, key: &str) -> String {
        self.pseudonym("key", key)
    }

    fn pseudonym(&self, kind: &str, value: &str) -> String {
        // The kind is part of the message, so that equal values of two kinds differ.
        let tag = self.0.tag(PURPOSE, format!("{kind}\0{value}").as_bytes());
        format!("{kind}-{}", URL_SAFE_NO_PAD.encode(&tag[..PSEUDONYM_BYTES]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(secret: &str) -> Pseudonyms {
        Pseudonyms::new(MacKey::from_secret(&secret.repeat(32)).expect("a key"))
    }

    #[test]
    fn a_pseudonym_depends_on_key_kind_and_value() {
        let (a, b) = (pseudonyms("a"), pseudonyms("b"));
        let email = |raw: &str| raw.parse::<Email>().expect("an address");
        let ann = a.email(&email("ann@example.com"));
        assert_eq!(ann, a.email(&email(" Ann@Example.com ")));
        assert!(ann.starts_with("email-") && ann.len() == 28 && !ann.contains("ann"), "{ann}");
        assert_ne!(ann, a.email(&email("bob@example.com")));
        assert_ne!(ann, b.email(&email("ann@example.com")));
        let unknown = a.email(&email("unknown@example.com"));
        let ip = a.ip("ann@example.com");
        assert_ne!(ip.trim_start_matches("ip-"), unknown.trim_start_matches("email-"));
        assert_ne!(ip.trim_start_matches("ip-"), ann.trim_start_matches("email-"));
    }

    #[test]
    fn one_customer_has_one_pseudonym() {
        let pseudonyms = pseudonyms("a");
        let ip = |address| pseudonyms.ip(address);
        assert_eq!(ip("192.0.2.1"), ip("::ffff:192.0.2.1"));
        assert_ne!(ip("192.0.2.1"), ip("192.0.2.2"));
        assert_eq!(ip("2001:db8::1"), ip("2001:db8:0:0:ffff::2"));
        assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
        assert_eq!(ip("unknown"), ip(""));
        assert!(ip("192.0.2.1").starts_with("ip-") && ip("192.0.2.1").len() == 25);
    }
}
