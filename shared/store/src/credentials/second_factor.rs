//! Setting up, using and removing the second factor.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::account::Email;

use super::{Credential, CredentialOutcome, CredentialRef, Credentials, Totp, credential_key};
use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{number, text};

impl Credentials {
    /// Stores the secret of a second factor that is not confirmed yet, in place of an earlier one that is not. The
    /// version stays. `Conflict` also if a second factor is confirmed.
    pub async fn set_pending_totp(&self, seen: &CredentialRef, secret: &str) -> Result<CredentialOutcome, StoreError> {
        let pending = Totp { secret: secret.to_owned(), confirmed: false, last_step: 0 };
        let request = self
            .update_seen(seen, "(attribute_not_exists(totp) OR totp.confirmed = :no)")
            .update_expression("SET totp = :pending")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":pending", AttributeValue::M(self.table.write(&pending)?));
        self.changed(request, |_| false).await
    }

    /// Confirms the second factor with this secret. `step` is that of the first code, which was accepted by this. The
    /// recovery codes replace all earlier ones.
    pub async fn confirm_totp(
        &self,
        seen: &CredentialRef,
        secret: &str,
        step: u64,
        recovery_codes: &BTreeSet<String>,
    ) -> Result<CredentialOutcome, StoreError> {
        let request = self
            .update_seen(seen, "totp.secret = :secret AND totp.confirmed = :no")
            .update_expression(
                "SET totp.confirmed = :yes, totp.last_step = :step, has_second_factor = :yes, recovery_codes = :codes, \
                 version = version + :one",
            )
            .expression_attribute_values(":secret", text(secret))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":step", number(step))
            .expression_attribute_values(":codes", AttributeValue::Ss(recovery_codes.iter().cloned().collect()))
            .expression_attribute_values(":one", number(1));
        // Recovery codes are random. If these are stored, the SDK sent the request again after a response was lost.
        self.changed(request, |stored| stored.recovery_codes == *recovery_codes).await
    }

    /// Accepts the code of a time step of the confirmed second factor once: `false` if a code of this step or a later
    /// one was accepted before. Also `false` if the SDK sent the request again after a response was lost, which cannot
    /// be distinguished from a second use.
    pub async fn use_totp_step(&self, email: &Email, secret: &str, step: u64) -> Result<bool, StoreError> {
        let request = self
            .table
            .update(credential_key(email))
            .update_expression("SET totp.last_step = :step")
            .condition_expression("totp.secret = :secret AND totp.confirmed = :yes AND totp.last_step < :step")
            .expression_attribute_values(":secret", text(secret))
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":step", number(step));
        self.is_written(request).await
    }

    /// Accepts a recovery code once, by its hash: `false` if it is unknown or was used before. The version stays.
    pub async fn use_recovery_code(&self, email: &Email, code_hash: &str) -> Result<bool, StoreError> {
        let request = self
            .table
            .update(credential_key(email))
            .update_expression("DELETE recovery_codes :used")
            .condition_expression("contains(recovery_codes, :code)")
            .expression_attribute_values(":used", AttributeValue::Ss(vec![code_hash.to_owned()]))
            .expression_attribute_values(":code", text(code_hash));
        self.is_written(request).await
    }

    /// Removes the second factor and its recovery codes.
    pub async fn remove_totp(&self, seen: &CredentialRef) -> Result<CredentialOutcome, StoreError> {
        let request = self
            .update_seen(seen, "attribute_exists(totp)")
            .update_expression("SET version = version + :one REMOVE totp, has_second_factor, recovery_codes")
            .expression_attribute_values(":one", number(1));
        // No other change removes it, so the SDK sent the request again after a response was lost.
        let is_next = |stored: &Credential| stored.user_id == seen.user_id && stored.version == seen.version + 1;
        self.changed(request, |stored| is_next(stored) && stored.totp.is_none()).await
    }

    /// An update that requires the version that was read, and another condition.
    fn update_seen(&self, seen: &CredentialRef, condition: &str) -> UpdateItemFluentBuilder {
        self.table
            .update(credential_key(&seen.email))
            .condition_expression(format!("user_id = :user AND version = :seen AND {condition}"))
            .expression_attribute_values(":user", text(&seen.user_id))
            .expression_attribute_values(":seen", number(seen.version))
    }

    async fn is_written(&self, request: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
        Ok(matches!(self.table.update_if::<Credential>(request).await?, WriteOutcome::Written(_)))
    }
}
