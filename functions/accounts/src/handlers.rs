//! The functions of the service by handler name.

use souk_runtime::http::audit::Subject;
use souk_runtime::service::{Direct, Handlers, Http, HttpAsync, StaffHttp};

use crate::accept_invitation::AcceptInvitation;
use crate::admin_delete_account::AdminDeleteAccount;
use crate::admin_export_account::AdminExportAccount;
use crate::admin_reset_second_factor::AdminResetSecondFactor;
use crate::change_password::ChangePassword;
use crate::confirm_password_reset::ConfirmPasswordReset;
use crate::confirm_second_factor::ConfirmSecondFactor;
use crate::confirm_verification::ConfirmVerification;
use crate::delete_account::DeleteAccount;
use crate::delete_staff::DeleteStaff;
use crate::end_session::EndSession;
use crate::end_sessions::EndSessions;
use crate::export_account::ExportAccount;
use crate::get_account::GetAccount;
use crate::grant_roles::GrantRoles;
use crate::invite_staff::InviteStaff;
use crate::list_audit::ListAudit;
use crate::list_sessions::ListSessions;
use crate::list_staff::ListStaff;
use crate::put_staff::PutStaff;
use crate::register::Register;
use crate::remove_second_factor::RemoveSecondFactor;
use crate::request_password_reset::RequestPasswordReset;
use crate::request_verification::RequestVerification;
use crate::start_second_factor::StartSecondFactor;

/// The start of each function, by `Handler` in template.yaml.
pub const HANDLERS: Handlers = &[
    ("accept-invitation", &HttpAsync(|deps| Box::pin(AcceptInvitation::from_dependencies(deps)))),
    ("admin-delete-account", &StaffHttp(AdminDeleteAccount::from_dependencies, Subject::Account)),
    ("admin-export-account", &StaffHttp(AdminExportAccount::from_dependencies, Subject::Account)),
    ("admin-reset-second-factor", &StaffHttp(AdminResetSecondFactor::from_dependencies, Subject::Account)),
    ("change-password", &HttpAsync(|deps| Box::pin(ChangePassword::from_dependencies(deps)))),
    ("confirm-password-reset", &HttpAsync(|deps| Box::pin(ConfirmPasswordReset::from_dependencies(deps)))),
    ("confirm-second-factor", &HttpAsync(|deps| Box::pin(ConfirmSecondFactor::from_dependencies(deps)))),
    ("confirm-verification", &HttpAsync(|deps| Box::pin(ConfirmVerification::from_dependencies(deps)))),
    ("delete-account", &HttpAsync(|deps| Box::pin(DeleteAccount::from_dependencies(deps)))),
    ("delete-staff", &StaffHttp(DeleteStaff::from_dependencies, Subject::Account)),
    ("end-session", &Http(EndSession::from_dependencies)),
    ("end-sessions", &Http(EndSessions::from_dependencies)),
    ("export-account", &Http(ExportAccount::from_dependencies)),
    ("get-account", &Http(GetAccount::from_dependencies)),
    ("grant-roles", &Direct(GrantRoles::from_dependencies)),
    ("invite-staff", &StaffHttp(InviteStaff::from_dependencies, Subject::Named("invitations"))),
    ("list-audit", &Http(ListAudit::from_dependencies)),
    ("list-sessions", &Http(ListSessions::from_dependencies)),
    ("list-staff", &Http(ListStaff::from_dependencies)),
    ("put-staff", &StaffHttp(PutStaff::from_dependencies, Subject::Account)),
    ("register", &HttpAsync(|deps| Box::pin(Register::from_dependencies(deps)))),
    ("remove-second-factor", &HttpAsync(|deps| Box::pin(RemoveSecondFactor::from_dependencies(deps)))),
    ("request-password-reset", &HttpAsync(|deps| Box::pin(RequestPasswordReset::from_dependencies(deps)))),
    ("request-verification", &HttpAsync(|deps| Box::pin(RequestVerification::from_dependencies(deps)))),
    ("start-second-factor", &HttpAsync(|deps| Box::pin(StartSecondFactor::from_dependencies(deps)))),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "accounts");
    }
}
