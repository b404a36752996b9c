use proptest::prelude::*;

use super::*;

const TOKEN: &str = "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80";
const ID: &str = "0190a5a0-0000-7000-8000-000000000001";

fn shop() -> ShopName {
    "Souk".parse().expect("a name")
}

fn storefront() -> StorefrontUrl {
    "https://shop.example/".parse().expect("an address")
}

fn ann() -> Email {
    "ann@example.com".parse().expect("an address")
}

/// One content of each kind.
fn contents() -> Vec<MailContent<'static>> {
    let invitation = |has_account| MailContent::Invitation {
        token: TOKEN,
        roles: &[Role::Catalogue, Role::Stock],
        grant_expires_at: Some(Timestamp::from_millis(1_795_503_420_000)),
        has_account,
    };
    vec![
        MailContent::VerifyAddress { token: TOKEN },
        MailContent::AccountExists,
        MailContent::ResetPassword { token: TOKEN },
        MailContent::NoAccount,
        invitation(true),
        invitation(false),
        MailContent::PasswordChanged,
        MailContent::SecondFactorChanged,
    ]
}

const fn has_token(content: &MailContent<'_>) -> bool {
    matches!(
        content,
        MailContent::VerifyAddress { .. } | MailContent::ResetPassword { .. } | MailContent::Invitation { .. }
    )
}

#[test]
fn requests_have_a_stable_wire_format() {
    let user_id = || ID.parse::<UserId>().expect("an id");
    let email = ann;
    let cases = [
        (
            MailRequest::Registration { email: email(), user_id: Some(user_id()) },
            format!(r#"{{"template":"registration","email":"ann@example.com","user_id":"{ID}"}}"#),
        ),
        (
            MailRequest::Registration { email: email(), user_id: None },
            r#"{"template":"registration","email":"ann@example.com"}"#.to_owned(),
        ),
        (
            MailRequest::PasswordReset { email: email() },
            r#"{"template":"password_reset","email":"ann@example.com"}"#.to_owned(),
        ),
        (
            MailRequest::Invitation { email: email(), invitation_id: ID.parse().expect("an id") },
            format!(r#"{{"template":"invitation","email":"ann@example.com","invitation_id":"{ID}"}}"#),
        ),
        (
            MailRequest::PasswordChanged { email: email() },
            r#"{"template":"password_changed","email":"ann@example.com"}"#.to_owned(),
        ),
        (
            MailRequest::SecondFactorChanged { email: email() },
            r#"{"template":"second_factor_changed","email":"ann@example.com"}"#.to_owned(),
        ),
    ];
    for (request, json) in cases {
        assert_eq!(serde_json::to_string(&request).expect("json"), json);
        assert_eq!(serde_json::from_str::<MailRequest>(&json).expect("a request"), request);
        assert!(json.contains(&format!(r#""template":"{}""#, request.template())));
        assert_eq!((request.email(), request.order_id()), (&ann(), None));
    }
}

#[test]
fn a_link_has_the_token_in_its_fragment() {
    for content in contents() {
        let body = render(&content, &shop(), Some(&storefront())).body;
        let links: Vec<_> = body.split_whitespace().filter(|word| word.contains("#token=")).collect();
        assert_eq!(links.len(), usize::from(has_token(&content)), "{body}");
        for link in links {
            let (page, token) = link.split_once("#token=").expect("a token");
            assert!(page.starts_with("https://shop.example/") && !page.contains("//a") && token == TOKEN, "{link}");
        }
    }
}

#[test]
fn a_shop_without_a_storefront_sends_the_token_itself() {
    for content in contents() {
        let body = render(&content, &shop(), None).body;
        assert_eq!(body.contains(&format!("\nToken: {TOKEN}\n")), has_token(&content), "{body}");
        assert!(!body.contains("http"), "{body}");
    }
}

#[test]
fn a_mail_says_how_long_its_link_is_valid() {
    let body = |content| render(&content, &shop(), None).body;
    assert!(body(MailContent::VerifyAddress { token: TOKEN }).contains("for 24 hours."));
    assert!(body(MailContent::ResetPassword { token: TOKEN }).contains("for one hour."));
    let invitation = MailContent::Invitation { token: TOKEN, roles: &[], grant_expires_at: None, has_account: false };
    assert!(body(invitation).contains("for 72 hours."));
}

#[test]
fn an_invitation_names_the_roles_and_their_end() {
    let [known, unknown]: [String; 2] = [true, false].map(|has_account| {
        let end = Some(Timestamp::from_millis(1_795_503_420_000));
        let roles = &[Role::Catalogue, Role::Stock];
        let content = MailContent::Invitation { token: TOKEN, roles, grant_expires_at: end, has_account };
        render(&content, &shop(), None).body
    });
    assert!(known.contains("at Souk as catalogue, stock, until 2026-11-24 06:57 (UTC). To accept"), "{known}");
    assert!(known.contains("enter the password of your account") && unknown.contains("choose a password"));
}

#[test]
fn a_hostile_shop_name_is_refused() {
    for hostile in [
        "",
        "  ",
        "Souk\r\nBcc: eve@example.com",
        "Souk\nX: y",
        "Souk\rX",
        "Souk\u{2028}Bcc: eve@example.com",
        "Souk\u{85}x",
        "Souk\0",
        "Souk\tx",
    ] {
        assert!(hostile.parse::<ShopName>().is_err(), "{hostile:?}");
    }
    assert!("x".repeat(61).parse::<ShopName>().is_err());
}

#[test]
fn a_hostile_storefront_is_refused() {
    for hostile in [
        "",
        "shop.example",
        "http://shop.example",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://shop.example/?q=",
        "https://shop.example/#a",
        "https://shop.example\r\nBcc: eve@example.com",
        "https://a@shop.example",
        "http://localhost.example",
        "http://localhost@evil.example",
    ] {
        assert!(hostile.parse::<StorefrontUrl>().is_err(), "{hostile:?}");
    }
    for good in ["https://shop.example", "https://shop.example/en/", "http://localhost:5173", "http://127.0.0.1:80/a"] {
        assert_eq!(good.parse::<StorefrontUrl>().expect("an address").as_str(), good.trim_end_matches('/'));
    }
}

#[test]
fn second_spellings_of_an_address_get_no_mail() {
    let deliverable = |raw: &str| is_deliverable(&raw.parse().expect(raw));
    for good in ["ann@example.com", "ann.b+souk@b\u{fc}cher.example", "o'neill@example.com"] {
        assert!(deliverable(good), "{good}");
    }
    for bad in
        ["(x)ann@example.com", "ann(x)@example.com", "a\\nn@example.com", "zo\u{eb}@example.com", "ann.@example.com"]
    {
        assert!(!deliverable(bad), "{bad}");
    }
}

#[test]
fn the_sender_has_the_name_of_the_shop() {
    let header = |name: &str| from_header(&name.parse().expect("a name"), &ann());
    assert_eq!(header("Souk"), "\"Souk\" <ann@example.com>");
    assert_eq!(header("A, \"B\" \\ <c@d.example>"), "\"A, \\\"B\\\" \\\\ <c@d.example>\" <ann@example.com>");
    assert_eq!(header("B\u{fc}cher"), "=?UTF-8?B?QsO8Y2hlcg==?= <ann@example.com>");
}

/// Decodes encoded words and quoted strings, as a mail program does.
fn displayed(name: &str) -> String {
    if let Some(quoted) = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut text = String::new();
        let mut chars = quoted.chars();
        while let Some(c) = chars.next() {
            text.push(if c == '\\' { chars.next().expect("a quoted pair") } else { c });
        }
        return text;
    }
    let decode = |word: &str| {
        let code = word.strip_prefix("=?UTF-8?B?").and_then(|rest| rest.strip_suffix("?=")).expect("an encoded word");
        String::from_utf8(STANDARD.decode(code).expect("base64")).expect("whole characters")
    };
    name.split(' ').map(decode).collect()
}

proptest! {
    /// For any name of a shop, no header gets a second line, and the sender's address is the configured one.
    #[test]
    fn no_name_of_a_shop_injects_a_header(name in "(\\PC|[\\r\\n\\t\u{2028}\u{202e}<>\"\\\\,;:@]){0,60}") {
        if let Ok(shop) = name.parse::<ShopName>() {
            for content in contents() {
                let subject = render(&content, &shop, Some(&storefront())).subject;
                prop_assert!(!subject.chars().any(breaks_a_line) && subject.contains(shop.as_str()), "{:?}", subject);
            }
            let header = from_header(&shop, &ann());
            prop_assert!(header.is_ascii() && !header.chars().any(|c| c.is_ascii_control()), "{:?}", header);
            let (display, address) = header.rsplit_once(" <").expect("an address");
            prop_assert_eq!(address, "ann@example.com>");
            prop_assert_eq!(displayed(display), shop.as_str());
            prop_assert!(display.starts_with('"') || display.split(' ').all(|word| word.len() <= 75));
        }
    }

    /// Any address that gets mails is one plain recipient.
    #[test]
    fn no_address_is_more_than_one_recipient(raw in "(\\PC|[\\r\\n<>\"\\\\,;:@()\\[\\] ]){1,20}@example\\.com") {
        if let Ok(email) = raw.parse::<Email>() && is_deliverable(&email) {
            let plain = |c: char| c.is_ascii_graphic() && !"()<>[]:;,\\\"".contains(c);
            prop_assert!(email.as_str().chars().all(plain) && email.as_str().matches('@').count() == 1);
        }
    }

    #[test]
    fn any_text_is_a_storefront_or_refused(raw in "(https://|http://)?(\\PC|[\\r\\n #?@]){0,60}") {
        if let Ok(url) = raw.parse::<StorefrontUrl>() {
            prop_assert!(url.as_str().chars().all(|c| c.is_ascii_graphic() && !"#?@<>\"".contains(c)));
        }
    }
}
