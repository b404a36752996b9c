//! Short scenarios, which together use every permission.

mod accounts;
mod catalogue;
mod checkout;
mod operations;
mod orders;
mod payments;
mod sessions;
mod staff;
mod stock;

use crate::world::World;

/// A few requests and messages with assertions. It panics if one fails.
pub(crate) struct Scenario {
    /// Its name: the behaviour that it checks.
    pub(crate) name: &'static str,
    /// Runs it.
    pub(crate) run: fn(&World),
}

/// All scenarios.
pub(crate) const SCENARIOS: &[Scenario] = &[
    of("a guest begins", sessions::guest),
    of("a session is refreshed", sessions::refresh),
    of("a refresh token is used again", sessions::reuse),
    of("a log-out ends a session", sessions::logout),
    of("anybody reads the public keys", sessions::keys),
    of("a token is checked", sessions::token),
    of("a session is checked", sessions::session),
    of("an account logs in, with the cart of a guest", sessions::login),
    of("a pending account logs in, with the cart of a guest", sessions::pending_login),
    of("a member of staff logs in with a second factor", sessions::staff_login),
    of("the signing key is prepared", sessions::prepare_key),
    of("the signing key is rotated", sessions::rotate_key),
    of("a guest registers, and repeats it", accounts::register),
    of("the mail with the link is asked for again", accounts::request_verification),
    of("one of two pending accounts verifies the address", accounts::confirm_verification),
    of("a password is reset", accounts::reset_password),
    of("an account is read", accounts::get),
    of("a password is changed", accounts::change_password),
    of("sessions are listed and ended", accounts::sessions),
    of("a second factor is set up and removed", accounts::second_factor),
    of("an account is exported", accounts::export),
    of("an account is deleted", accounts::delete),
    of("an administrator deletes the own account", accounts::delete_administrator),
    of("mails are sent", accounts::mails),
    of("staff export an account", staff::export),
    of("staff delete the account of an administrator", staff::delete_account),
    of("staff reset a second factor", staff::reset_second_factor),
    of("a grant is made, listed, changed and taken away", staff::grants),
    of("an operator grants roles", staff::grant_roles),
    of("an invitation makes an account", staff::invite),
    of("an invitation gives roles to an account", staff::invite_account),
    of("the audit log is read", staff::audit),
    of("a product is written, read and deleted", catalogue::product),
    of("products are found", catalogue::search),
    of("a category is listed without search", catalogue::degraded),
    of("categories change, and products follow", catalogue::categories),
    of("the products of a changed category are indexed", catalogue::index_category),
    of("suggestions and categories", catalogue::suggest),
    of("a synonym finds products", catalogue::synonyms),
    of("a collection is written, listed and deleted", catalogue::collection),
    of("products are imported", catalogue::import),
    of("an upload is imported", catalogue::upload),
    of("a missing upload is left out", catalogue::missing_upload),
    of("a changed product is indexed", catalogue::index),
    of("an unreadable product becomes a dead letter", catalogue::index_poison),
    of("a cart changes", checkout::cart),
    of("a guest orders, and repeats it", checkout::guest_order),
    of("an order is refused while units move between shards", checkout::order_during_spread),
    of("an account orders without a contact", checkout::account_order),
    of("a pending account orders without a contact", checkout::pending_order),
    of("an account sees the order of its guest", checkout::linked_order),
    of("an order is cancelled", orders::cancel),
    of("an account cancels the order of its guest", orders::cancel_linked),
    of("staff read orders", orders::read),
    of("staff cancel an order", orders::staff_cancel),
    of("staff cancel a free order", orders::staff_cancel_free),
    of("an order is shipped and delivered", orders::deliver),
    of("a return is rejected, another accepted", orders::returns),
    of("what is refunded already is returned", orders::return_refunded),
    of("an account returns the order of its guest", orders::return_linked),
    of("staff refund a part", orders::refund),
    of("a second person approves a refund", orders::approve_refund),
    of("a failed refund is retried", orders::retry_refund),
    of("an order is shown by its link", orders::link),
    of("an account links the order of its guest", orders::link_linked),
    of("an order expires", orders::expire),
    of("orders of a deleted account are erased", orders::erase),
    of("an order is paid", payments::pay),
    of("an account pays the order of its guest", payments::pay_linked),
    of("store credit pays", payments::store_credit),
    of("an unanswered payment is checked", payments::check),
    of("an expired order is paid late", payments::late),
    of("a payment is confirmed by a webhook", payments::webhook),
    of("a webhook revives an expired order", payments::late_webhook),
    of("a payment of an expired order is checked", payments::late_check),
    of("a refund is paid out", payments::refund),
    of("stock is counted, adjusted, spread and explained", stock::levels),
    of("a change of stock is recorded and published", stock::watch),
    of("an unreadable change of stock becomes a dead letter", stock::watch_poison),
    of("a new order is dispatched", operations::dispatch),
    of("an unreadable order becomes a dead letter", operations::dispatch_poison),
    of("an event is published", operations::publish),
    of("an unreadable order is not published", operations::publish_poison),
    of("dead letters are listed and redriven", operations::redrive),
    of("dead letters of streams are processed again", operations::redrive_streams),
    of("stock, orders and money are reconciled", operations::reconcile),
    of("a lost message is sent again", operations::resend),
    of("search is prepared", operations::prepare_search),
    of("the index is built anew", operations::reindex),
    of("index and table are compared", operations::compare_index),
];

const fn of(name: &'static str, run: fn(&World)) -> Scenario {
    Scenario { name, run }
}
