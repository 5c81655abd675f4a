//! Whether the connected user may do more than the product needs.

use super::soql::query;
use crate::{
    connectors::{Call, Error},
    domain::connection::{Check, CheckCode},
};
use serde::Deserialize;

const NAME: &str = "Least privilege";
/// Describes the current user since API version 41.0; readable without *View Setup and Configuration* (Object Reference,
/// `UserPermissionAccess`).
const QUERY: &str = "SELECT PermissionsModifyAllData, PermissionsViewAllData, PermissionsManageUsers, PermissionsAuthorApex, \
                     PermissionsCustomizeApplication FROM UserPermissionAccess LIMIT 1";

/// Permissions that reach far beyond Opportunities, their accounts and files.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Permissions {
    #[serde(rename = "PermissionsModifyAllData")]
    modify_all_data: bool,
    #[serde(rename = "PermissionsViewAllData")]
    view_all_data: bool,
    #[serde(rename = "PermissionsManageUsers")]
    manage_users: bool,
    #[serde(rename = "PermissionsAuthorApex")]
    author_apex: bool,
    #[serde(rename = "PermissionsCustomizeApplication")]
    customize_application: bool,
}

pub(super) async fn permissions(call: &Call) -> Result<Option<Permissions>, Error> {
    Ok(query(call, "read the user's permissions", QUERY).await?.into_iter().next())
}

/// The finding; an org that does not tell is no reason to fail.
pub(super) fn finding(permissions: Option<Permissions>) -> Check {
    let check = |ok, detail: String| Check::new(CheckCode::LeastPrivilege, NAME, ok, detail);
    let Some(permissions) = permissions else {
        return check(true, "Salesforce does not tell which system permissions the connected user has.".to_owned());
    };
    let unneeded: Vec<&str> = [
        (permissions.modify_all_data, "Modify All Data"),
        (permissions.view_all_data, "View All Data"),
        (permissions.manage_users, "Manage Users"),
        (permissions.author_apex, "Author Apex"),
        (permissions.customize_application, "Customize Application"),
    ]
    .into_iter()
    .filter_map(|(is_granted, name)| is_granted.then_some(name))
    .collect();
    if unneeded.is_empty() {
        return check(
            true,
            "The connected user has no system permission that reaches beyond what LexiContract needs.".to_owned(),
        );
    }
    let detail = format!(
        "The connected user may do more than LexiContract needs: {}. Anyone who obtains this access can do the same. Your Salesforce \
         administrator creates a user with the permission set LexiContract Integration alone (Setup → Users); then an admin reconnects as \
         that user.",
        unneeded.join(", ")
    );
    check(false, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_that_are_not_needed_are_named() {
        let of = |json: &str| finding(serde_json::from_str(json).unwrap());
        assert!(of("null").ok && of("{}").ok && of(r#"{"PermissionsModifyAllData": false}"#).ok);
        let administrator =
            of(r#"{"PermissionsModifyAllData": true, "PermissionsViewAllData": false, "PermissionsAuthorApex": true}"#);
        assert!(!administrator.ok);
        assert!(administrator.detail.contains("needs: Modify All Data, Author Apex."), "{}", administrator.detail);
    }
}
