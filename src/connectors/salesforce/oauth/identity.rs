//! The org and the user of an access token.

use crate::connectors::salesforce::Salesforce;
use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Account, Call, Error, Identity, Kind};
use crate::domain::connection::connect_failure::ConnectFailure;
use async_trait::async_trait;
use serde::Deserialize;

#[derive(Deserialize)]
struct UserInfo {
    organization_id: SalesforceId,
    preferred_username: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

const USER: &str = "005";

/// Returns true if the URL ends with an org id and a user id, as in `https://login.salesforce.com/id/{org}/{user}`.
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

const UNKNOWN_ORG: &str = "Salesforce does not show which org this is. Your Salesforce administrator must add the scope “Access \
     unique user identifiers (openid)” to the External Client App, or give the connected user View Setup and Configuration. Then \
     an admin must reconnect.";

#[async_trait]
impl Identity for Salesforce {
    async fn identify(&self, call: &Call) -> Result<Account, Error> {
        match call.get("read the user", "/services/oauth2/userinfo").json().await {
            Ok(user) => identify_user(call, &user).await,
            // The grant lacks the scope `openid`, but a query can still read the id of the org.
            Err(error) if matches!(error.kind, Kind::Forbidden | Kind::NotFound) => match organization(call).await {
                Ok(Organization { id, name, .. }) => Ok(Account { external_id: id.to_string(), label: name, user: None }),
                Err(error) if is_hidden(&error) => {
                    Err(Error { connect_failure: Some(ConnectFailure::ScopeRefused), ..error.with_message(UNKNOWN_ORG) })
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

async fn identify_user(call: &Call, user: &UserInfo) -> Result<Account, Error> {
    let external_id = user.organization_id.to_string();
    let name = match organization(call).await {
        Ok(organization) if organization.id == user.organization_id => organization.name,
        Ok(_) => return Err(Error::new(Kind::Unexpected, "read the org: another one than the user's")),
        // Continues without the org's name, because the name is only displayed.
        Err(error) if is_hidden(&error) => external_id.clone(),
        Err(error) => return Err(error),
    };
    Ok(Account { label: label(&name, user), external_id, user: display_name(user) })
}

/// Returns true if the connected user has no access to the org's record.
fn is_hidden(error: &Error) -> bool {
    matches!(error.kind, Kind::Refused | Kind::NotFound) || matches!(error.cause, "object_hidden" | "no_access")
}

fn display_name(user: &UserInfo) -> Option<String> {
    let parts: Vec<&str> = [user.name.as_deref(), email_or_username(user)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Returns the email address. If it is missing or ends with `.invalid`, which sandboxes append, returns the username.
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
