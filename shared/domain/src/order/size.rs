//! The size of a stored order. DynamoDB refuses an item of more than 400 KB, and an order that is refused can be neither
//! refunded nor cancelled, so the bounds of its parts add up to less.

/// Maximum size of a DynamoDB item, in bytes.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;
/// Maximum number of products in a cart and in an order. An order line takes an action of a transaction (DynamoDB allows
/// 100), and a line that is allocated from several shards takes several.
pub const MAX_LINES: usize = 50;
/// Maximum payment attempts of one order.
pub const MAX_PAYMENT_ATTEMPTS: usize = 10;
/// Maximum returns of one order.
pub const MAX_RETURNS: usize = 10;
/// Maximum refunds that staff grant of one order without a return.
pub const MAX_GRANTED_REFUNDS: usize = 30;
/// Maximum retries of failed refunds of one order.
pub const MAX_REFUND_RETRIES: usize = 100;
/// Maximum size of the items of all returns of an order, in bytes: several returns of a full order with long reasons.
pub const MAX_RETURNED_BYTES: usize = 64 * 1024;
/// Stored size of an item of a return without its product id and its reason, in bytes.
pub const RETURN_ITEM_BYTES: usize = 40;
/// Maximum size of a reason, in bytes.
pub const MAX_REASON_BYTES: usize = 400;
/// Maximum size of a client's payment token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 255;
/// Maximum size of a stored `action_url`, in bytes. A longer one is left out.
pub const MAX_ACTION_URL_BYTES: usize = 2_048;
/// Maximum size of a stored decline code, in bytes. Longer ones are cut.
pub const MAX_DECLINE_CODE_BYTES: usize = 64;

/// Ids of the provider have at most 255 bytes (Stripe's documentation); those of accounts and hashed keys are shorter.
const ID_BYTES: usize = 255;
/// A name of 300 characters of four bytes, the product id and the numbers.
const LINE_BYTES: usize = 1_200 + 64 + 60;
/// Places where units of one order can come from: `MAX_ACTIONS` of the store.
const ALLOCATIONS: usize = 100;
const ALLOCATION_BYTES: usize = 96;
const ATTEMPT_BYTES: usize = 4 * ID_BYTES + MAX_TOKEN_BYTES + MAX_ACTION_URL_BYTES + MAX_DECLINE_CODE_BYTES + 200;
/// Each attempt may be refunded for an excess and for a cancellation, and each return once.
const MAX_REFUNDS: usize = MAX_GRANTED_REFUNDS + 2 * MAX_PAYMENT_ATTEMPTS + MAX_RETURNS;
const REFUND_BYTES: usize = MAX_REASON_BYTES + ID_BYTES + 5 * 64 + 250;
const RETURN_BYTES: usize = MAX_REASON_BYTES + 2 * 64 + 100;
/// Six for each attempt (started, action required, failed, paid, held again, refund due), two for each return, three for each
/// refund and each retry (due, completed, failed), and those of the order.
const MAX_TIMELINE: usize = 10 + 6 * MAX_PAYMENT_ATTEMPTS + 2 * MAX_RETURNS + 3 * (MAX_REFUNDS + MAX_REFUND_RETRIES);
const TIMELINE_ENTRY_BYTES: usize = 56;
/// Address of eight parts of 100 characters of four bytes, contact, shipment, keys of the table and its indexes.
const FIXED_BYTES: usize = 3_600 + 400 + 400 + 2_000;

/// Maximum size of a stored order, in bytes: the sum of the bounds of its parts.
pub const MAX_ORDER_BYTES: usize = FIXED_BYTES
    + MAX_LINES * LINE_BYTES
    + ALLOCATIONS * ALLOCATION_BYTES
    + MAX_PAYMENT_ATTEMPTS * ATTEMPT_BYTES
    + MAX_REFUNDS * REFUND_BYTES
    + MAX_RETURNED_BYTES
    + MAX_RETURNS * RETURN_BYTES
    + MAX_TIMELINE * TIMELINE_ENTRY_BYTES;

/// What is left for what later releases add to an order, in bytes.
const HEADROOM_BYTES: usize = 64 * 1024;
const _: () = assert!(MAX_ORDER_BYTES + HEADROOM_BYTES <= MAX_ITEM_BYTES, "an order must always fit");

/// The longest start of a text with at most `max_bytes` bytes.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}
