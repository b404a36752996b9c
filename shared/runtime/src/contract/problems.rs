//! The problems that an operation may answer with. Most follow from what it declares.

use super::{Caller, Location, MakeSchema, Operation, RequestBody, Retry};

/// A problem, and when a client gets it.
#[derive(Debug, Clone)]
pub struct DeclaredProblem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// When a client gets it.
    pub when: &'static str,
    /// The schema of its further members.
    pub members: Option<MakeSchema>,
}

/// Any operation may fail so.
const OF_ALL: [(u16, &str, &str); 4] = [
    (403, "direct_access_refused", "The shop is behind an edge, and the request was sent to the API's own address."),
    (
        429,
        "rate_limited",
        "The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.",
    ),
    (500, "internal_error", "An error of the shop. Report its `request_id`."),
    (503, "temporarily_unavailable", "A part of the shop does not answer; try again after `Retry-After` seconds."),
];
const OF_TOKENS: [(u16, &str, &str); 3] = [
    (401, "token_required", "There is no token."),
    (401, "token_expired", "The token has expired: refresh it."),
    (401, "token_invalid", "The token is not valid: log in again."),
];
const OF_SESSIONS: [(u16, &str, &str); 1] = [(401, "session_ended", "The session has ended: log in again.")];
const OF_ACCOUNTS: [(u16, &str, &str); 1] =
    [(403, "verified_account_required", "The caller is a guest, or the address of the account is not verified.")];
const OF_STAFF: [(u16, &str, &str); 2] = [
    (403, "forbidden", "The account lacks the permission."),
    (
        403,
        "second_factor_missing",
        "The account has the permission, but the session was started without a second factor.",
    ),
];
const OF_IDS: [(u16, &str, &str); 1] = [(404, "not_found", "Nothing has this id, or it belongs to another account.")];
/// Staff see what belongs to any account.
const OF_IDS_FOR_STAFF: [(u16, &str, &str); 1] = [(404, "not_found", "Nothing has this id.")];
const OF_BODIES: [(u16, &str, &str); 2] = [
    (413, "body_too_large", "The body has more than 65,536 bytes."),
    (415, "unsupported_media_type", "The `Content-Type` is not the media type that this operation takes."),
];
const OF_JSON: [(u16, &str, &str); 1] = [(400, "malformed_json", "The body is not a JSON object.")];
const OF_FIELDS: [(u16, &str, &str); 1] = [(422, "invalid_fields", "Fields are invalid. `errors` lists all of them.")];
const OF_KEYS: [(u16, &str, &str); 3] = [
    (400, "card_number", "The key looks like a card number, which must never reach the shop."),
    (400, "invalid_idempotency_key", "The key is not 1 to 255 printable ASCII characters without spaces."),
    (422, "idempotency_key_reused", "The key was used for another request."),
];

impl Operation {
    /// All its problems, ordered by status and code.
    pub fn all_problems(&self) -> Vec<DeclaredProblem> {
        let has = |location| self.parameters.iter().any(|parameter| parameter.location == location);
        // Stripe's events are read as they are signed, byte by byte, and not field by field.
        let reads_json = self.caller != Caller::Stripe && self.body.as_ref().is_some_and(RequestBody::is_json);
        let is_for_staff = matches!(self.caller, Caller::Staff(_));
        let implied = [
            (true, &OF_ALL[..]),
            (self.needs_token(), &OF_TOKENS),
            (self.checks_session, &OF_SESSIONS),
            (self.caller == Caller::Shopper, &OF_ACCOUNTS),
            (is_for_staff, &OF_STAFF),
            (has(Location::Path), if is_for_staff { &OF_IDS_FOR_STAFF } else { &OF_IDS }),
            (self.body.is_some(), &OF_BODIES),
            (reads_json, &OF_JSON),
            (reads_json || has(Location::Query), &OF_FIELDS),
            (matches!(self.retry, Retry::Key { .. }), &OF_KEYS),
        ];
        let implied = implied.into_iter().filter(|(applies, _)| *applies).flat_map(|(_, problems)| problems);
        let implied = implied.map(|&(status, code, when)| DeclaredProblem { status, code, when, members: None });
        let mut all: Vec<_> = self.problems.iter().cloned().chain(implied).collect();
        all.sort_by_key(|problem| (problem.status, problem.code));
        all.dedup_by_key(|problem| (problem.status, problem.code));
        all
    }
}
