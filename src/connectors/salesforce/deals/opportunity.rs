//! Queries for Opportunities, with the fields that the org has.

use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::messages::NO_RECORD_TYPE;
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Call, Error, Kind};
use crate::domain::connection::deal::{Deal, Entry, TriggerRule};
use crate::domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Fields that the data of a contract requires.
pub(crate) const FIELDS: &str = "Id, Name, StageName, Account.Name";
/// The standard stage field.
pub(crate) const STAGE: &str = "StageName";
/// Time of the last change of the stage. Exists since API version 52.
pub(super) const ENTERED: &str = "LastStageChangeDate";
const NAME: &str = "Name";
const ACCOUNT: &str = "Account.Name";
const RECORD_TYPE: &str = "RecordType.DeveloperName";
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

/// Rows of Opportunities. `has_entered_at` is false if the org does not report when a deal entered its standard stage.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) has_entered_at: bool,
}

/// The columns of a query, in addition to the columns that `rule` needs.
#[derive(Clone, Copy)]
pub(super) struct Columns<'c> {
    pub(super) required: &'c [&'c str],
    pub(super) rule: &'c TriggerRule,
    pub(super) has_account: bool,
}

/// The field that contains the stage.
pub(in crate::connectors::salesforce) fn stage_field(rule: &TriggerRule) -> &str {
    rule.field.as_deref().filter(|field| !field.eq_ignore_ascii_case(STAGE)).unwrap_or(STAGE)
}

/// Reads Opportunities. `condition` is the text after `WHERE`. An org may not have the record type, the account and the time of the
/// stage, or the connected user may not see them. If Salesforce rejects one of these columns, omits the column. The record
/// type is required if the rule lists record types: without it, no Opportunity matches.
pub(super) async fn opportunities(call: &Call, what: &str, columns: Columns<'_>, condition: &str) -> Result<Rows, Error> {
    let Columns { required, rule, has_account } = columns;
    let (stage, needs_record_type) = (stage_field(rule), !rule.record_types.is_empty());
    let is_standard = stage == STAGE;
    // Salesforce rejects a query that names a column twice.
    let stage_column = Some(stage).filter(|stage| !required.iter().any(|column| column.eq_ignore_ascii_case(stage)));
    let record_type = needs_record_type.then_some(RECORD_TYPE);
    let required: Vec<&str> = required.iter().copied().chain(stage_column).chain(record_type).collect();
    let optional = [(ACCOUNT, has_account), (RECORD_TYPE, !needs_record_type), (ENTERED, is_standard)];
    let mut optional: Vec<&str> = optional.into_iter().filter_map(|(column, is_read)| is_read.then_some(column)).collect();
    loop {
        let fields = [required.as_slice(), optional.as_slice()].concat().join(", ");
        let soql = format!("SELECT {fields} FROM Opportunity WHERE {condition}");
        let error = match query(call, what, &soql).await {
            Ok(rows) => return Ok(Rows { rows, has_entered_at: optional.contains(&ENTERED) || !is_standard }),
            Err(error) => error,
        };
        match optional.iter().position(|field| is_about(&error, field)) {
            Some(missing) => {
                optional.remove(missing);
            }
            None if needs_record_type && is_about(&error, RECORD_TYPE) => return Err(error.with_message(NO_RECORD_TYPE)),
            None => return Err(error),
        }
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
    /// The stage, in the spelling of the rule if the rule lists the stage.
    fn stage(&self, rule: &TriggerRule) -> String {
        let field = stage_field(rule);
        let column = self.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value);
        let name = self.name.as_deref().filter(|_| field.eq_ignore_ascii_case(NAME));
        let stage = column.and_then(Value::as_str).or(name).unwrap_or_default();
        rule.listed_stage(stage).unwrap_or(stage).to_owned()
    }

    /// Time at which the deal entered the stage. A deal that is still in its first stage has entered it when it was created.
    /// `None` if the rule names another field than the standard stage field, because Salesforce records no time for other fields.
    fn entered_at(&self, rule: &TriggerRule) -> Option<Timestamp> {
        self.last_stage_change_date.or(self.created_date).filter(|_| stage_field(rule) == STAGE)
    }

    pub(super) fn entry(&self, rule: &TriggerRule) -> Entry {
        Entry {
            deal: self.id.clone().into(),
            stage: self.stage(rule),
            record_type: self.record_type(),
            pipeline: None,
            entered_at: self.entered_at(rule),
        }
    }

    pub(super) fn record_type(&self) -> Option<String> {
        self.record_type.as_ref().and_then(|record_type| record_type.developer_name.clone())
    }
}

/// Reads a deal, and returns the deal with [`Rows::has_entered_at`].
pub(crate) async fn deal(call: &Call, rule: &TriggerRule, id: &SalesforceId) -> Result<(Deal, bool), Error> {
    let condition = format!("Id = '{id}'");
    let columns = Columns { required: &["Id", NAME, "CreatedDate"], rule, has_account: true };
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
    let Entry { stage, record_type, entered_at, .. } = row.entry(rule);
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
        left_stage: None,
        url: Some(url.into()),
    };
    Ok((deal, found.has_entered_at))
}
