pub(super) mod api_limit;
mod deployed_rule;
pub(super) mod privilege;
mod status_field;

use super::deals::describe::{ObjectDescription, opportunity_description, version_description};
use super::deals::opportunity::FIELDS;
use super::id::SalesforceId;
use super::oauth::identity::{Organization, organization};
use super::soql::query_ids;
use crate::connectors::{Call, CheckedConnection, Error, Kind};
use crate::domain::connection::{Check, CheckCode};

struct CheckSpec(CheckCode, &'static str);

impl CheckSpec {
    fn passed(&self, detail: impl Into<String>) -> Check {
        Check::new(self.0, self.1, true, detail)
    }

    fn failed(&self, detail: impl Into<String>) -> Check {
        Check::new(self.0, self.1, false, detail)
    }
}

pub(super) async fn checks(call: &Call, connection: CheckedConnection<'_>) -> Result<Vec<Check>, Error> {
    let description = fixable(opportunity_description(call).await)?;
    let mut checks = vec![api_access(&description), access_scopes(call.scopes())];
    checks.push(same_org(fixable(organization(call).await)?, connection.account_id));
    let opportunity = fixable(any_opportunity(call).await)?;
    checks.push(opportunities(&opportunity));
    checks.push(files(fixable(any_file(call, opportunity.ok().flatten()).await)?));
    if !connection.settings.file_back.is_off() {
        checks.push(files_creatable(&fixable(version_description(call).await)?));
    }
    if let Ok(description) = &description {
        checks.extend(status_field::checks(description, connection.settings.status_field(), &connection.labels()));
    }
    checks.extend(fixable(deployed_rule::check(call, connection.settings).await)?.ok().flatten());
    checks.push(fixable(api_limit::check(call).await)?.unwrap_or_else(|_| api_limit::unknown()));
    checks.push(privilege::check(fixable(privilege::permissions(call).await)?.ok().flatten().as_ref()));
    Ok(checks)
}

/// Returns `Ok(Err(_))` for an error that a setting in Salesforce can fix, so that the caller can report a failed check.
fn fixable<T>(result: Result<T, Error>) -> Result<Result<T, Error>, Error> {
    match result {
        Err(error) if !matches!(error.kind, Kind::Forbidden | Kind::NotFound | Kind::Refused) => Err(error),
        other => Ok(other),
    }
}

const API_PATH: &str =
    "Setup → Permission Sets → LexiContract Integration → System Permissions → API Enabled, and Setup → API Access Control";
const ORGANIZATION_PATH: &str =
    "Setup → Permission Sets → System Permissions → View Setup and Configuration, for the connected user";

/// Returns the user message of the error. Appends `path` unless the message already names a place in Setup.
fn with_path(error: &Error, path: &str) -> String {
    let message = error.user_message();
    if message.contains("Setup →") { message } else { format!("{message} Your Salesforce administrator should check {path}.") }
}

fn api_access(description: &Result<ObjectDescription, Error>) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::ApiAccess, "API access");
    match description {
        Ok(_) => CHECK.passed("Salesforce responds to our calls."),
        Err(error) => CHECK.failed(with_path(error, API_PATH)),
    }
}

/// Required scopes. Each entry lists a scope, followed by other scopes that grant the same access.
const REQUIRED_SCOPES: [&[&str]; 2] = [&["api", "full"], &["refresh_token", "offline_access"]];

fn access_scopes(granted: &[String]) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::Scopes, "Access scopes");
    if granted.is_empty() {
        return CHECK.passed("Salesforce did not report which scopes it granted.");
    }
    let is_granted = |names: &[&str]| granted.iter().any(|scope| names.contains(&scope.as_str()));
    let missing: Vec<&str> = REQUIRED_SCOPES.iter().filter(|names| !is_granted(names)).map(|names| names[0]).collect();
    if missing.is_empty() {
        return CHECK.passed(format!("Granted: {}.", granted.join(", ")));
    }
    CHECK.failed(format!(
        "This connection lacks {}. Your Salesforce administrator must add what is missing: Setup → External Client App Manager → \
         the app → Settings → OAuth Settings → OAuth Scopes. Then an admin must reconnect.",
        missing.join(" and ")
    ))
}

fn same_org(organization: Result<Organization, Error>, account_id: &str) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::SameAccount, "Same org");
    match organization {
        Err(error) => CHECK.failed(with_path(&error, ORGANIZATION_PATH)),
        Ok(organization) if organization.id.as_str() == account_id => {
            let kind = if organization.is_sandbox { "a sandbox" } else { "not a sandbox" };
            CHECK.passed(format!("{}, {kind}.", organization.name))
        }
        Ok(_) => CHECK.failed(
            "This is not the org that was connected, for example after a sandbox refresh. An admin must disconnect and connect again.",
        ),
    }
}

async fn any_opportunity(call: &Call) -> Result<Option<SalesforceId>, Error> {
    let ids = query_ids(call, "read an Opportunity", &format!("SELECT {FIELDS} FROM Opportunity LIMIT 1")).await?;
    Ok(ids.into_iter().next())
}

fn opportunities(found: &Result<Option<SalesforceId>, Error>) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::DealsReadable, "Opportunities readable");
    match found {
        Ok(Some(_)) => CHECK.passed("The connected user can read Opportunities with their name, stage and account."),
        Ok(None) => CHECK.passed(
            "The connected user can read Opportunities but does not see any. If your org has some, your Salesforce administrator \
             must share them with this user: Setup → Sharing Settings.",
        ),
        Err(_) => CHECK.failed(
            "The connected user is not allowed to read Opportunities or their accounts. Your Salesforce administrator must allow \
             it: Setup → Permission Sets → Object Settings → Opportunities and Accounts → Read.",
        ),
    }
}

/// Returns true if the Opportunity has a file. If there is no Opportunity, returns true if there is any file.
async fn any_file(call: &Call, opportunity: Option<SalesforceId>) -> Result<bool, Error> {
    let soql = match opportunity {
        Some(id) => format!("SELECT Id, ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{id}' LIMIT 1"),
        None => "SELECT Id FROM ContentVersion WHERE IsLatest = true LIMIT 1".to_owned(),
    };
    Ok(!query_ids(call, "look for a file", &soql).await?.is_empty())
}

fn files(found: Result<bool, Error>) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::FilesReadable, "Files readable");
    match found {
        Ok(true) => CHECK.passed("The connected user can read files."),
        Ok(false) => CHECK.passed("The connected user can read files; the Opportunity that was checked has none."),
        Err(_) => CHECK.failed(
            "The connected user is not allowed to read files. Your Salesforce administrator must allow it: Setup → Files → \
             General Settings, and for all files Setup → Permission Sets → System Permissions → Query All Files.",
        ),
    }
}

fn files_creatable(description: &Result<ObjectDescription, Error>) -> Check {
    const CHECK: CheckSpec = CheckSpec(CheckCode::FilesCreatable, "Files creatable");
    match description {
        Ok(description) if description.createable => CHECK.passed(
            "The connected user can add files. For a new version of another user's file, the user also needs edit access to that file.",
        ),
        Ok(_) | Err(_) => CHECK.failed(
            "The connected user is not allowed to add files, so approved and signed versions cannot be filed. Your Salesforce administrator must \
             allow it: Setup → Permission Sets → Object Settings → Opportunities → Edit, and Setup → Files → General Settings.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_scopes_are_named_with_the_place_to_add_them() {
        let check = |scopes: &[&str]| access_scopes(&scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
        assert!(check(&["api", "refresh_token", "openid"]).ok && check(&["full", "offline_access"]).ok && check(&[]).ok);
        let missing = check(&["full"]);
        assert!(
            !missing.ok && missing.detail.contains("lacks refresh_token") && missing.detail.contains("Setup →"),
            "{}",
            missing.detail
        );
        assert!(check(&["id"]).detail.contains("lacks api and refresh_token"));
    }
}
