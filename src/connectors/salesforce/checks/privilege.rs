//! Checks whether the connected user has more permissions than the product requires.

use super::CheckSpec;
use crate::{
    connectors::{Call, Error, salesforce::soql::query},
    domain::connection::{Check, CheckCode},
};
use serde::Deserialize;

const CHECK: CheckSpec = CheckSpec(CheckCode::LeastPrivilege, "Least privilege");
/// Reads the permissions of the current user. The object exists since API version 41.0. Reading it does not require the
/// permission *View Setup and Configuration* (Object Reference, `UserPermissionAccess`).
const QUERY: &str = "SELECT PermissionsModifyAllData, PermissionsViewAllData, PermissionsManageUsers, PermissionsAuthorApex, \
                     PermissionsCustomizeApplication FROM UserPermissionAccess LIMIT 1";

/// System permissions that the product does not require.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Permissions {
    permissions_modify_all_data: bool,
    permissions_view_all_data: bool,
    permissions_manage_users: bool,
    permissions_author_apex: bool,
    permissions_customize_application: bool,
}

pub(super) async fn permissions(call: &Call) -> Result<Option<Permissions>, Error> {
    Ok(query(call, "read the user's permissions", QUERY).await?.into_iter().next())
}

pub(super) fn check(permissions: Option<Permissions>) -> Check {
    let Some(permissions) = permissions else {
        return CHECK.passed("Salesforce does not show which system permissions the connected user has.");
    };
    let unneeded: Vec<&str> = [
        (permissions.permissions_modify_all_data, "Modify All Data"),
        (permissions.permissions_view_all_data, "View All Data"),
        (permissions.permissions_manage_users, "Manage Users"),
        (permissions.permissions_author_apex, "Author Apex"),
        (permissions.permissions_customize_application, "Customize Application"),
    ]
    .into_iter()
    .filter_map(|(is_granted, name)| is_granted.then_some(name))
    .collect();
    if unneeded.is_empty() {
        return CHECK.passed("The connected user has no system permission beyond what LexiContract requires.");
    }
    CHECK.failed(format!(
        "The connected user may do more than LexiContract needs: {}. Anyone who obtains this access can do the same. Your Salesforce \
         administrator creates a user with the permission set LexiContract Integration alone (Setup → Users); then an admin reconnects as \
         that user.",
        unneeded.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unneeded_permissions_are_named() {
        let result = |json: &str| check(serde_json::from_str(json).unwrap());
        assert!(result("null").ok && result("{}").ok && result(r#"{"PermissionsModifyAllData": false}"#).ok);
        let administrator =
            result(r#"{"PermissionsModifyAllData": true, "PermissionsViewAllData": false, "PermissionsAuthorApex": true}"#);
        assert!(!administrator.ok);
        assert!(administrator.detail.contains("needs: Modify All Data, Author Apex."), "{}", administrator.detail);
    }
}
