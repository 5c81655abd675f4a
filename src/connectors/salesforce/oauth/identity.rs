//! Org and user that an access token belongs to.

use crate::{
    connectors::{
        Account, Call, Error, Kind,
        salesforce::{id::SalesforceId, soql::query},
    },
    domain::connection::connect_failure::ConnectFailure,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct UserInfo {
    organization_id: SalesforceId,
    preferred_username: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

/// Key prefix of user ids.
const USER: &str = "005";

/// Whether the URL ends with an org id and a user id, as in `https://login.salesforce.com/id/{org}/{user}`.
pub(crate) fn is_identity(text: &str) -> bool {
    let mut segments = text.rsplit('/');
    let is = |id: Option<&str>, prefix| id.is_some_and(|id| SalesforceId::parse_with_prefix(id, prefix).is_some());
    is(segments.next(), USER) && is(segments.next(), SalesforceId::ORGANIZATION)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Organization {
    pub(crate) id: SalesforceId,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) is_sandbox: bool,
}

const UNKNOWN_ORG: &str = "Salesforce does not show which org this is. Your Salesforce administrator must add the scope “Access unique user \
     identifiers (openid)” to the External Client App, or give the connected user View Setup and Configuration. Then an admin reconnects.";

pub(crate) async fn identify(call: &Call) -> Result<Account, Error> {
    match call.get("read the user", "/services/oauth2/userinfo").json().await {
        Ok(user) => identify_user(call, &user).await,
        // The grant lacks the scope `openid`. A query can still read the id of the org.
        Err(error) if matches!(error.kind, Kind::Forbidden | Kind::NotFound) => {
            let organization = organization(call).await.map_err(|error| match is_hidden(&error) {
                true => error.with_message(UNKNOWN_ORG).with_connect_failure(ConnectFailure::ScopeRefused),
                false => error,
            })?;
            Ok(Account { external_id: organization.id.to_string(), label: organization.name, user: None })
        }
        Err(error) => Err(error),
    }
}

async fn identify_user(call: &Call, user: &UserInfo) -> Result<Account, Error> {
    let external_id = user.organization_id.to_string();
    let name = match organization(call).await {
        Ok(organization) if organization.id == user.organization_id => organization.name,
        Ok(_) => return Err(Error::new(Kind::Unexpected, "read the org: another one than the user's")),
        // The org's name is only displayed, so the permission to read it is optional.
        Err(error) if is_hidden(&error) => external_id.clone(),
        Err(error) => return Err(error),
    };
    Ok(Account { label: label(&name, user), external_id, user: display_name(user) })
}

/// Whether the error means that the connected user has no access to the org's record.
fn is_hidden(error: &Error) -> bool {
    matches!(error.kind, Kind::Refused | Kind::NotFound) || matches!(error.cause, "object_hidden" | "no_access")
}

/// The user's full name and email address. Omits the part that Salesforce does not return.
fn display_name(user: &UserInfo) -> Option<String> {
    let parts: Vec<&str> = [user.name.as_deref(), email_or_username(user)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The user's email address, or the username if the address ends with `.invalid`.
/// Sandboxes append `.invalid` to the addresses of their users.
fn email_or_username(user: &UserInfo) -> Option<&str> {
    let email = user.email.as_deref().filter(|email| !email.is_empty() && !email.ends_with(".invalid"));
    email.or(user.preferred_username.as_deref())
}

fn label(name: &str, user: &UserInfo) -> String {
    match email_or_username(user) {
        Some(person) => format!("{name} ({person})"),
        None => name.to_owned(),
    }
}

pub(crate) async fn organization(call: &Call) -> Result<Organization, Error> {
    let rows: Vec<Organization> = query(call, "read the org", "SELECT Id, Name, IsSandbox FROM Organization LIMIT 1").await?;
    let organization = rows.into_iter().next().filter(|row| row.id.has_prefix(SalesforceId::ORGANIZATION));
    organization.ok_or_else(|| Error::new(Kind::Refused, "read the org: no row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_names_the_org_and_the_connected_user() {
        let user = |email: Option<&str>| UserInfo {
            organization_id: "00Dxx0000001gPLEAY".parse().unwrap(),
            preferred_username: Some("ada@acme.com.uat".into()),
            email: email.map(str::to_owned),
            name: Some("Ada Lovelace".into()),
        };
        assert_eq!(label("Acme Corporation", &user(Some("ada@acme.com"))), "Acme Corporation (ada@acme.com)");
        assert_eq!(label("Acme", &user(Some("ada@acme.com.invalid"))), "Acme (ada@acme.com.uat)");
        assert_eq!(label("Acme", &user(None)), "Acme (ada@acme.com.uat)");
        assert_eq!(display_name(&user(Some("ada@acme.com"))).as_deref(), Some("Ada Lovelace, ada@acme.com"));
    }
}
