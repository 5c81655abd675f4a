//! Checks whether the connected user has more permissions than the product requires.

use super::CheckSpec;
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Call, Error};
use crate::domain::connection::{Check, CheckCode};
use serde_json::{Map, Value};

const CHECK: CheckSpec = CheckSpec(CheckCode::LeastPrivilege, "Least privilege");
/// Fields and labels of system permissions that the product does not require.
pub(crate) const UNNEEDED: [(&str, &str); 5] = [
    ("PermissionsModifyAllData", "Modify All Data"),
    ("PermissionsViewAllData", "View All Data"),
    ("PermissionsManageUsers", "Manage Users"),
    ("PermissionsAuthorApex", "Author Apex"),
    ("PermissionsCustomizeApplication", "Customize Application"),
];

/// Reads the permissions of the current user. The object `UserPermissionAccess` is available since API version 41.0. Reading the
/// object does not require the permission *View Setup and Configuration* (Salesforce Object Reference).
pub(super) async fn permissions(call: &Call) -> Result<Option<Map<String, Value>>, Error> {
    let soql = format!("SELECT {} FROM UserPermissionAccess LIMIT 1", UNNEEDED.map(|(field, _)| field).join(", "));
    Ok(query(call, "read the user's permissions", &soql).await?.into_iter().next())
}

pub(super) fn check(permissions: Option<&Map<String, Value>>) -> Check {
    let Some(permissions) = permissions else {
        return CHECK.passed("Salesforce does not show which system permissions the connected user has.");
    };
    let is_granted = |field: &str| permissions.get(field) == Some(&Value::Bool(true));
    let unneeded: Vec<&str> = UNNEEDED.iter().filter(|(field, _)| is_granted(field)).map(|(_, label)| *label).collect();
    if unneeded.is_empty() {
        return CHECK.passed("The connected user has no system permission beyond what LexiContract requires.");
    }
    CHECK.failed(format!(
        "The connected user has more permissions than LexiContract needs: {}. Anyone who obtains this access has them too. Your \
         Salesforce administrator should create a user that has only the permission set LexiContract Integration (Setup → \
         Users). Then an admin should reconnect as that user.",
        unneeded.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unneeded_permissions_are_named() {
        let result = |json: &str| check(serde_json::from_str::<Option<_>>(json).unwrap().as_ref());
        assert!(result("null").ok && result("{}").ok && result(r#"{"PermissionsModifyAllData": false}"#).ok);
        let administrator =
            result(r#"{"PermissionsModifyAllData": true, "PermissionsViewAllData": false, "PermissionsAuthorApex": true}"#);
        assert!(!administrator.ok);
        assert!(administrator.detail.contains("needs: Modify All Data, Author Apex."), "{}", administrator.detail);
    }
}
