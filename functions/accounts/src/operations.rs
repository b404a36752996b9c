//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{
    accept_invitation, admin_delete_account, admin_export_account, admin_reset_second_factor, change_password,
    confirm_password_reset, confirm_second_factor, confirm_verification, delete_account, delete_staff, end_session,
    end_sessions, export_account, get_account, invite_staff, list_audit, list_sessions, list_staff, put_staff,
    register, remove_second_factor, request_password_reset, request_verification, start_second_factor,
};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[
    accept_invitation::operation,
    admin_delete_account::operation,
    admin_export_account::operation,
    admin_reset_second_factor::operation,
    change_password::operation,
    confirm_password_reset::operation,
    confirm_second_factor::operation,
    confirm_verification::operation,
    delete_account::operation,
    delete_staff::operation,
    end_session::operation,
    end_sessions::operation,
    export_account::operation,
    get_account::operation,
    invite_staff::operation,
    list_audit::operation,
    list_sessions::operation,
    list_staff::operation,
    put_staff::operation,
    register::operation,
    remove_second_factor::operation,
    request_password_reset::operation,
    request_verification::operation,
    start_second_factor::operation,
];
