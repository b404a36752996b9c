//! The accounts service: registration, addresses, passwords, second factors, sessions, staff, privacy and the audit log.
//! One module per function, one binary for all of them.

pub mod accept_invitation;
pub mod admin_delete_account;
pub mod admin_export_account;
pub mod admin_reset_second_factor;
mod administrators;
mod audited_grant;
pub mod change_password;
pub mod confirm_password_reset;
pub mod confirm_second_factor;
pub mod confirm_verification;
pub mod delete_account;
pub mod delete_staff;
pub mod deletion;
pub mod end_session;
pub mod end_sessions;
pub mod export;
pub mod export_account;
pub mod get_account;
pub mod grant_roles;
mod grant_view;
mod handlers;
pub mod invite_staff;
mod link;
pub mod list_audit;
pub mod list_sessions;
pub mod list_staff;
mod mail_request;
mod operations;
pub mod own_account;
pub mod pending_accounts;
pub mod put_staff;
pub mod register;
pub mod remove_second_factor;
pub mod request_password_reset;
pub mod request_verification;
pub mod staff_context;
pub mod start_second_factor;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod staff_fixture;

pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
