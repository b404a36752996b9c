//! The query string of API Gateway's events.

use std::fmt::Write as _;

use lambda_http::request::LambdaRequest;

/// Characters of a query string that are passed on as they are, besides letters and digits.
const KEPT: &[u8] = b"-._~%&=+;/?:@!$'()*,";

/// The event with a query string that is valid in a URI. The gateway passes on what a client sent, such as an unencoded
/// `"`, and `lambda_http` panics when it makes a URI of that. The parameters stay the same.
pub(super) fn with_valid_query(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event {
        request.raw_query_string = request.raw_query_string.take().map(encoded);
    }
    event
}

fn encoded(raw: String) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || KEPT.contains(&byte);
    if raw.bytes().all(is_kept) {
        return raw;
    }
    raw.bytes().fold(String::with_capacity(raw.len() * 2), |mut text, byte| {
        if is_kept(byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_characters_are_encoded() {
        for (raw, expected) in [
            ("", ""),
            ("search=a+b%20c&attr.Page%20yield=750", "search=a+b%20c&attr.Page%20yield=750"),
            ("search=\"ink\"", "search=%22ink%22"),
            ("a=<é>", "a=%3C%C3%A9%3E"),
        ] {
            assert_eq!(encoded(raw.to_owned()), expected);
        }
    }
}
