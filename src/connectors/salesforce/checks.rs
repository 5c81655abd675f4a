//! Looks at everything the product needs of an org, one finding each.

use super::{
    api_limit::{self, budget},
    deal::FIELDS,
    describe::{ObjectDescription, opportunity_description},
    field_checks::field_checks,
    id::SalesforceId,
    identity::{Organization, organization},
    privilege,
    soql::query,
};
use crate::{
    connectors::{Call, Error, Kind},
    domain::connection::{Check, CheckCode},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: SalesforceId,
}

pub(super) async fn checks(call: &Call, account_id: &str, field: &str, labels: &[String]) -> Result<Vec<Check>, Error> {
    let description = or_setting(opportunity_description(call).await)?;
    let mut checks = vec![api_access(&description), access_scopes(call.scopes())];
    checks.push(same_org(or_setting(organization(call).await)?, account_id));
    let opportunity = or_setting(any_opportunity(call).await)?;
    checks.push(opportunities(&opportunity));
    checks.push(files(or_setting(any_file(call, opportunity.ok().flatten()).await)?));
    if let Ok(description) = &description {
        checks.extend(field_checks(description, field, labels));
    }
    checks.push(or_setting(budget(call).await)?.unwrap_or_else(|_| api_limit::unknown()));
    checks.push(privilege::finding(or_setting(privilege::permissions(call).await)?.ok().flatten()));
    Ok(checks)
}

/// Separates what a setting in Salesforce explains, which is a finding, from a session that does not work, which ends the checks.
fn or_setting<T>(result: Result<T, Error>) -> Result<Result<T, Error>, Error> {
    match result {
        Err(error) if !matches!(error.kind, Kind::Forbidden | Kind::NotFound | Kind::Refused) => Err(error),
        other => Ok(other),
    }
}

const API_PATH: &str =
    "Setup → Permission Sets → LexiContract Integration → System Permissions → API Enabled, and Setup → API Access Control";
const ORGANIZATION_PATH: &str =
    "Setup → Permission Sets → System Permissions → View Setup and Configuration, for the connected user";

/// What the error says; where that names no place in Salesforce, the place where an administrator looks first.
fn with_path(error: &Error, path: &str) -> String {
    let sentence = error.sentence();
    match sentence.contains("Setup →") {
        true => sentence,
        false => format!("{sentence} Your Salesforce administrator looks at {path}."),
    }
}

fn api_access(description: &Result<ObjectDescription, Error>) -> Check {
    match description {
        Ok(_) => Check::new(CheckCode::ApiAccess, "API access", true, "Salesforce answers our calls."),
        Err(error) => Check::new(CheckCode::ApiAccess, "API access", false, with_path(error, API_PATH)),
    }
}

/// What we ask for at consent, each with the other names that mean the same or more.
const NEEDED_SCOPES: [&[&str]; 2] = [&["api", "full"], &["refresh_token", "offline_access"]];

fn access_scopes(granted: &[String]) -> Check {
    const CODE: CheckCode = CheckCode::Scopes;
    const NAME: &str = "Access scopes";
    let is_granted = |names: &&&[&str]| names.iter().any(|name| granted.iter().any(|scope| scope == name));
    let lacking: Vec<&str> = NEEDED_SCOPES.iter().filter(|names| !is_granted(names)).map(|names| names[0]).collect();
    if granted.is_empty() {
        return Check::new(CODE, NAME, true, "Salesforce did not say which scopes it granted.");
    }
    match lacking.is_empty() {
        true => Check::new(CODE, NAME, true, format!("Granted: {}.", granted.join(", "))),
        false => Check::new(
            CODE,
            NAME,
            false,
            format!(
                "The access lacks {}. Your Salesforce administrator must add it: Setup → External Client App Manager → the app → Settings → \
                 OAuth Settings → OAuth Scopes. Then an admin reconnects.",
                lacking.join(" and ")
            ),
        ),
    }
}

fn same_org(organization: Result<Organization, Error>, account_id: &str) -> Check {
    const CODE: CheckCode = CheckCode::SameAccount;
    const NAME: &str = "Same org";
    match organization {
        Err(error) => Check::new(CODE, NAME, false, with_path(&error, ORGANIZATION_PATH)),
        Ok(organization) if organization.id.as_str() == account_id => {
            let kind = if organization.is_sandbox { "a sandbox" } else { "not a sandbox" };
            Check::new(CODE, NAME, true, format!("{}, {kind}.", organization.name))
        }
        Ok(_) => Check::new(
            CODE,
            NAME,
            false,
            "This is another org than the one connected, as after a sandbox was refreshed. An admin must disconnect and connect again.",
        ),
    }
}

async fn any_opportunity(call: &Call) -> Result<Option<SalesforceId>, Error> {
    let soql = format!("SELECT {FIELDS} FROM Opportunity LIMIT 1");
    let rows: Vec<Row> = query(call, "read an Opportunity", &soql).await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}

fn opportunities(found: &Result<Option<SalesforceId>, Error>) -> Check {
    const CODE: CheckCode = CheckCode::DealsReadable;
    const NAME: &str = "Opportunities readable";
    match found {
        Ok(Some(_)) => Check::new(CODE, NAME, true, "The connected user sees Opportunities with their name, stage and account."),
        Ok(None) => Check::new(
            CODE,
            NAME,
            true,
            "The connected user may read Opportunities but sees none yet. If there are some, your Salesforce administrator must share \
             them: Setup → Sharing Settings.",
        ),
        Err(_) => Check::new(
            CODE,
            NAME,
            false,
            "The connected user may not read Opportunities or their accounts. Your Salesforce administrator must allow it: Setup → Permission \
             Sets → Object Settings → Opportunities and Accounts → Read.",
        ),
    }
}

/// Asks for files as the product does; without an Opportunity only whether files can be asked for at all.
async fn any_file(call: &Call, opportunity: Option<SalesforceId>) -> Result<bool, Error> {
    let soql = match opportunity {
        Some(id) => format!("SELECT Id, ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{id}' LIMIT 1"),
        None => "SELECT Id FROM ContentVersion WHERE IsLatest = true LIMIT 1".to_owned(),
    };
    let rows: Vec<Row> = query(call, "look for a file", &soql).await?;
    Ok(!rows.is_empty())
}

fn files(found: Result<bool, Error>) -> Check {
    const CODE: CheckCode = CheckCode::FilesReadable;
    const NAME: &str = "Files readable";
    match found {
        Ok(true) => Check::new(CODE, NAME, true, "The connected user sees files."),
        Ok(false) => Check::new(CODE, NAME, true, "The connected user may ask for files; the Opportunity looked at has none."),
        Err(_) => Check::new(
            CODE,
            NAME,
            false,
            "The connected user may not read files. Your Salesforce administrator must allow it: Setup → Files → General Settings, and for \
             all files Setup → Permission Sets → System Permissions → Query All Files.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_are_missing_are_named_with_the_way_to_add_them() {
        let of = |scopes: &[&str]| access_scopes(&scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
        assert!(of(&["api", "refresh_token", "openid"]).ok && of(&["full", "offline_access"]).ok && of(&[]).ok);
        let lacking = of(&["full"]);
        assert!(
            !lacking.ok && lacking.detail.contains("lacks refresh_token") && lacking.detail.contains("Setup →"),
            "{}",
            lacking.detail
        );
        assert!(of(&["id"]).detail.contains("lacks api and refresh_token"));
    }
}
