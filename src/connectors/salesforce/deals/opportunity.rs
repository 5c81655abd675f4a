//! Queries for Opportunities, with the fields that the org has.

use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Call, Error, Kind};
use crate::domain::connection::deal::{Deal, Entry};
use crate::domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The fields without which a contract would lack data.
pub(crate) const FIELDS: &str = "Id, Name, StageName, Account.Name";
/// The standard stage field.
pub(crate) const STAGE: &str = "StageName";
/// Time of the last change of the stage. Exists since API version 52.
pub(super) const ENTERED: &str = "LastStageChangeDate";
const ACCOUNT: &str = "Account.Name";
const RECORD_TYPE: &str = "RecordType.DeveloperName";
/// Fields that an org may not have, or the connected user may not see.
const OPTIONAL: [&str; 2] = [RECORD_TYPE, ENTERED];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    pub(super) id: SalesforceId,
    name: Option<String>,
    created_date: Option<Timestamp>,
    last_stage_change_date: Option<Timestamp>,
    pub(super) system_modstamp: Option<Timestamp>,
    account: Option<AccountName>,
    record_type: Option<RecordType>,
    /// The remaining columns, which include the stage.
    #[serde(flatten)]
    columns: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountName {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordType {
    developer_name: Option<String>,
}

/// Rows of Opportunities. `has_entered_at` is false if the org does not report when a deal entered its stage.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) has_entered_at: bool,
}

/// The columns of a query. The stage field is one of them.
#[derive(Clone, Copy)]
pub(super) struct Columns<'c> {
    pub(super) required: &'c str,
    pub(super) stage: &'c str,
    pub(super) has_account: bool,
}

/// Reads Opportunities. `condition` is the text after `WHERE`. If Salesforce rejects an optional field, reads the Opportunities
/// without this field.
pub(super) async fn opportunities(call: &Call, what: &str, columns: Columns<'_>, condition: &str) -> Result<Rows, Error> {
    let Columns { required, stage, has_account } = columns;
    let account = has_account.then_some(ACCOUNT);
    let mut optional: Vec<&str> =
        account.into_iter().chain(OPTIONAL).filter(|field| *field != ENTERED || stage == STAGE).collect();
    loop {
        let fields = [&[required, stage], optional.as_slice()].concat().join(", ");
        let soql = format!("SELECT {fields} FROM Opportunity WHERE {condition}");
        let error = match query(call, what, &soql).await {
            Ok(rows) => return Ok(Rows { rows, has_entered_at: optional.contains(&ENTERED) || stage != STAGE }),
            Err(error) => error,
        };
        let missing = optional.iter().position(|field| is_about(&error, field)).ok_or(error)?;
        optional.remove(missing);
    }
}

/// True for an error that names the field, or the object to which the field belongs.
fn is_about(error: &Error, field: &str) -> bool {
    let name = field.split('.').next().unwrap_or(field);
    let message = error.user_message();
    let mut words = message.split(|c: char| !c.is_alphanumeric() && c != '_');
    matches!(error.cause, "related_object_hidden" | "field_missing") && words.any(|word| word == name)
}

impl Row {
    pub(super) fn stage(&self, field: &str) -> String {
        let value = self.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value);
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Time at which the deal entered the stage. A deal that is still in its first stage has entered it when it was created.
    /// Salesforce records no time for custom fields.
    fn entered_at(&self, stage: &str) -> Option<Timestamp> {
        self.last_stage_change_date.or(self.created_date).filter(|_| stage == STAGE)
    }

    pub(super) fn entry(&self, stage: &str) -> Entry {
        Entry {
            deal: self.id.clone().into(),
            stage: self.stage(stage),
            record_type: self.record_type(),
            pipeline: None,
            entered_at: self.entered_at(stage),
        }
    }

    pub(super) fn record_type(&self) -> Option<String> {
        self.record_type.as_ref().and_then(|record_type| record_type.developer_name.clone())
    }
}

/// Reads a deal. `stage` is the stage field.
pub(crate) async fn deal(call: &Call, id: &SalesforceId, stage: &str) -> Result<(Deal, bool), Error> {
    let condition = format!("Id = '{id}'");
    let columns = Columns { required: "Id, Name, CreatedDate", stage, has_account: true };
    let found = opportunities(call, "read the Opportunity", columns, &condition).await?;
    let Some(row) = found.rows.into_iter().next() else {
        return Err(Error::new(Kind::NotFound, "read the Opportunity: no such row").with_message(
            "The Opportunity was deleted, or the connected Salesforce user does not have access to it. Your Salesforce administrator can share it \
             with the user (Setup → Sharing Settings), or restore it from the Recycle Bin.",
        ));
    };
    if row.id != *id {
        return Err(Error::new(Kind::Unexpected, "read the Opportunity: Salesforce returned another record"));
    }
    let Entry { stage, record_type, entered_at, .. } = row.entry(stage);
    let name = row.name.ok_or_else(|| Error::new(Kind::Unexpected, "read the Opportunity: a row without a name"))?;
    let url = call.page(row.id.as_str());
    let deal = Deal {
        id: row.id.into(),
        name,
        party_name: row.account.and_then(|account| account.name),
        stage,
        record_type,
        pipeline: None,
        entered_at,
        url: Some(url.into()),
    };
    Ok((deal, found.has_entered_at))
}
