//! Shared code of the auth and accounts services: starting sessions, limiting attempts, rules for passwords, checking
//! second factors, and merging guests. Other services limit payments here, and get the key of pseudonyms.

mod attempts;
mod guest_merge;
mod hash_queue;
mod password_rules;
mod payment_limits;
mod second_factor;
mod secrets;
mod session_issuer;

pub use attempts::{
    Attempt, Attempts, CODES_PER_ACCOUNT, KNOWN_DEVICE, NEW_DEVICES, PER_ADDRESS, PER_EMAIL, REGISTRATIONS_PER_ADDRESS,
    UNKNOWN_DEVICES,
};
pub use guest_merge::GuestMerge;
pub use hash_queue::HashQueue;
pub use password_rules::{MAX_PASSWORD_CHARS, PasswordRules, password_schema};
pub use payment_limits::{
    CANCELLATIONS_PER_ADDRESS, CountedCancellation, PAYMENTS_PER_ADDRESS, PAYMENTS_PER_CARD, PaymentCounters,
    PaymentLimits,
};
pub use second_factor::{MAX_CODE_CHARS, accept_code, require_code, wrong_code};
pub use secrets::{access_token_issuer, device_tokens, pseudonyms, refresh_tokens};
pub use session_issuer::{Account, SessionIssuer, SessionResponse};
