//! Grants of roles in requests, responses and the audit log.

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_domain::validation::FieldError;
use souk_runtime::http::Fields;
use souk_store::StaffGrant;

use crate::staff_context::Roles;

/// A member of staff.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StaffMember<'a> {
    /// The id of the account.
    user_id: &'a str,
    /// The e-mail address of the account.
    #[schemars(email)]
    email: &'a str,
    /// The roles.
    #[schemars(schema_with = "roles_schema")]
    roles: &'a [Role],
    /// From this time on the account has no role any more. Absent if the roles do not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// The account of the administrator who granted the roles. Absent if it was the operator of the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<&'a str>,
    /// When the roles were granted.
    #[schemars(extend("format" = "date-time"))]
    granted_at: String,
}

impl<'a> StaffMember<'a> {
    pub(crate) fn of(grant: &'a StaffGrant) -> Self {
        Self {
            user_id: grant.user_id.as_str(),
            email: grant.email.as_str(),
            roles: &grant.roles,
            expires_at: grant.expires_at.map(Timestamp::to_rfc3339),
            granted_by: grant.granted_by.as_ref().map(UserId::as_str),
            granted_at: grant.granted_at.to_rfc3339(),
        }
    }
}

/// A grant as the audit log stores it. Has no address, because audit entries cannot be deleted.
#[derive(Serialize)]
pub(crate) struct AuditedGrant<'a> {
    roles: &'a [Role],
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<&'a str>,
}

impl<'a> AuditedGrant<'a> {
    pub(crate) fn of(grant: &'a StaffGrant) -> Self {
        Self {
            roles: &grant.roles,
            expires_at: grant.expires_at.map(Timestamp::to_rfc3339),
            granted_by: grant.granted_by.as_ref().map(UserId::as_str),
        }
    }

    /// The same for roles that are not granted yet.
    pub(crate) fn of_roles(roles: &'a Roles) -> Self {
        Self { roles: &roles.roles, expires_at: roles.expires_at.map(Timestamp::to_rfc3339), granted_by: None }
    }
}

/// One or more roles.
pub(crate) fn roles_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array", "minItems": 1, "items": {"type": "string", "enum": Role::ALL.map(Role::as_str)}
    })
}

/// Reads `roles` and `expires_at` of a request.
pub(crate) fn read_roles(fields: &mut Fields<'_>, now: Timestamp) -> Option<Roles> {
    let names = fields.json::<Vec<String>>("roles", "must be a list of roles");
    let expires_at = fields.optional_parsed::<Timestamp>("expires_at");
    let roles = names.and_then(|names| match parse_roles(&names) {
        Ok(roles) => Some(roles),
        Err(error) => {
            fields.refuse([error]);
            None
        }
    });
    if expires_at.flatten().is_some_and(|end| end <= now) {
        fields.refuse([FieldError::new("expires_at", "out_of_range", "must be in the future")]);
        return None;
    }
    Some(Roles { roles: roles?, expires_at: expires_at? })
}

/// The roles with these names, each once, in their usual order.
fn parse_roles(names: &[String]) -> Result<Vec<Role>, FieldError> {
    let mut roles = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        roles.insert(name.parse::<Role>().map_err(|invalid| invalid.at(format!("roles[{index}]")))?);
    }
    if roles.is_empty() {
        return Err(FieldError::new("roles", "required", "must have one role at least"));
    }
    Ok(roles.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use souk_runtime::http::Problem;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn read(body: &str) -> Result<Roles, Problem> {
        let mut fields = Fields::from_json(body.as_bytes()).expect("an object");
        let roles = read_roles(&mut fields, NOW);
        fields.finish((roles,)).map(|(roles,)| roles)
    }

    #[test]
    fn roles_are_read_once_each() {
        let body = r#"{"roles": ["stock", "catalogue", "stock"], "expires_at": "2026-11-24T07:57:01+01:00"}"#;
        let roles = read(body).expect("valid");
        assert_eq!((roles.roles, roles.expires_at), (vec![Role::Catalogue, Role::Stock], Some(NOW.plus_seconds(1))));
        assert_eq!(read(r#"{"roles": ["administrator"], "expires_at": null}"#).expect("valid").expires_at, None);
    }

    #[test]
    fn all_invalid_fields_are_reported() {
        let refused = |body: &str| {
            let problem = read(body).expect_err("refused");
            let errors: Vec<_> = problem.errors().iter().map(|error| (error.field.clone(), error.code)).collect();
            (problem.status(), errors)
        };
        let one = |field: &str, code: &'static str| (422, vec![(field.to_owned(), code)]);
        assert_eq!(refused("{}"), one("roles", "required"));
        assert_eq!(refused(r#"{"roles": []}"#), one("roles", "required"));
        assert_eq!(refused(r#"{"roles": "stock"}"#), one("roles", "wrong_type"));
        assert_eq!(refused(r#"{"roles": ["stock", "owner"]}"#), one("roles[1]", "unknown_value"));
        let past = r#"{"roles": ["stock"], "expires_at": "2026-11-24T06:57:00Z"}"#;
        assert_eq!(refused(past), one("expires_at", "out_of_range"), "the current time");
        let both = refused(r#"{"roles": ["owner"], "expires_at": "tomorrow"}"#);
        assert_eq!(both.1.iter().map(|(_, code)| *code).collect::<Vec<_>>(), ["invalid_format", "unknown_value"]);
    }
}
