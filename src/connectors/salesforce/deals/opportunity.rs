use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Call, Error, Kind};
use crate::domain::connection::deal::Deal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: SalesforceId,
    name: String,
    stage_name: String,
    account: Option<AccountName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountName {
    name: Option<String>,
}

pub(crate) const FIELDS: &str = "Id, Name, StageName, Account.Name";
/// Fields for users without access to accounts.
const FIELDS_WITHOUT_ACCOUNT: &str = "Id, Name, StageName";

async fn rows(call: &Call, fields: &str, id: &SalesforceId) -> Result<Vec<Row>, Error> {
    let soql = format!("SELECT {fields} FROM Opportunity WHERE Id = '{id}'");
    query(call, "read the Opportunity", &soql).await
}

pub(crate) async fn deal(call: &Call, id: &SalesforceId) -> Result<Deal, Error> {
    let rows = match rows(call, FIELDS, id).await {
        Err(error) if error.cause == "related_object_hidden" => rows(call, FIELDS_WITHOUT_ACCOUNT, id).await?,
        result => result?,
    };
    let Some(row) = rows.into_iter().next() else {
        return Err(Error::new(Kind::NotFound, "read the Opportunity: no such row").with_message(
            "The Opportunity was deleted, or the connected Salesforce user does not have access to it. Your Salesforce administrator can share it \
             with the user (Setup → Sharing Settings), or restore it from the Recycle Bin.",
        ));
    };
    if row.id != *id {
        return Err(Error::new(Kind::Unexpected, "read the Opportunity: Salesforce returned another record"));
    }
    let url = call.page(row.id.as_str());
    Ok(Deal {
        id: row.id.into(),
        name: row.name,
        party_name: row.account.and_then(|account| account.name),
        stage: row.stage_name,
        url: Some(url.into()),
    })
}
