use super::organization::State;
use super::records::{Record, record, text};
use super::{history, record_types, schema};
use crate::clock::parse_time;
use chrono::Days;
use serde_json::{Map, Value, json};

pub fn account(state: &mut State, name: &str, now: &str) -> String {
    if let Some(found) = state.records.all("Account").find(|account| text(account, "Name") == name) {
        return text(found, "Id").to_owned();
    }
    let fields = record([
        ("Name", name.into()),
        ("Industry", Value::Null),
        ("OwnerId", state.user_id.clone().into()),
        ("CreatedDate", now.into()),
        ("LastModifiedDate", now.into()),
        ("SystemModstamp", now.into()),
    ]);
    let object = schema::find("Account").expect("the schema has accounts");
    state.records.insert(object, fields)
}

/// The amount of an Opportunity for which no amount is given.
pub const AMOUNT: f64 = 48_000.0;

/// Values of a new Opportunity.
#[derive(Clone, Debug)]
pub struct NewOpportunity<'a> {
    pub name: &'a str,
    pub account_name: Option<&'a str>,
    pub stage: &'a str,
    /// Id of the record type. `None` means the default record type.
    pub record_type_id: Option<&'a str>,
    pub amount: f64,
    /// Time of creation, in the format of record times.
    pub at: &'a str,
}

/// Creates an Opportunity of the default record type and returns its id. Never fires the trigger.
pub fn create(state: &mut State, name: &str, account_name: Option<&str>, stage: &str, now: &str) -> String {
    insert(state, &NewOpportunity { name, account_name, stage, record_type_id: None, amount: AMOUNT, at: now })
}

/// Creates an Opportunity and returns its id. Never fires the trigger.
pub fn insert(state: &mut State, new: &NewOpportunity<'_>) -> String {
    let account_id = new.account_name.map_or(Value::Null, |name| account(state, name, new.at).into());
    let record_type_id = new.record_type_id.map(str::to_owned).or_else(|| record_types::id(state, record_types::DEFAULT));
    let user = Value::from(state.user_id.clone());
    let mut fields = record([
        ("Name", new.name.into()),
        ("RecordTypeId", record_type_id.into()),
        ("AccountId", account_id),
        ("Description", Value::Null),
        ("Amount", new.amount.into()),
        ("Type", "New Customer".into()),
        ("NextStep", Value::Null),
        ("CloseDate", close_date(new.at).into()),
        (schema::STATUS_FIELD, Value::Null),
        ("OwnerId", user.clone()),
        ("CreatedById", user.clone()),
        ("LastModifiedById", user),
        ("CreatedDate", new.at.into()),
        ("LastModifiedDate", new.at.into()),
        ("SystemModstamp", new.at.into()),
        ("LastStageChangeDate", new.at.into()),
    ]);
    apply_stage(&mut fields, new.stage);
    let object = schema::find("Opportunity").expect("the schema has Opportunities");
    let id = state.records.insert(object, fields);
    history::append(state, &id, new.at);
    id
}

/// Effect of a change of an Opportunity.
#[derive(Clone, Debug)]
pub struct Change {
    /// The stage to which the change moved the Opportunity. `None` if the stage is unchanged.
    pub entered_stage: Option<String>,
}

/// Changes fields of an Opportunity. Also sets the fields and adds the history that Salesforce derives from the change. `fields`
/// can overwrite derived fields. Returns `None` if the Opportunity does not exist.
pub fn update(state: &mut State, id: &str, fields: &Map<String, Value>, now: &str) -> Option<Change> {
    let record = state.records.live_mut("Opportunity", id)?;
    let before = history::tracked_values(record);
    let stage = fields.get("StageName").and_then(Value::as_str);
    let entered_stage = stage.filter(|stage| *stage != text(record, "StageName")).map(str::to_owned);
    record.insert("LastModifiedDate".to_owned(), now.into());
    record.insert("SystemModstamp".to_owned(), now.into());
    if let Some(stage) = &entered_stage {
        apply_stage(record, stage);
        record.insert("LastStageChangeDate".to_owned(), now.into());
    }
    record.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
    if history::tracked_values(record) != before {
        history::append(state, id, now);
    }
    Some(Change { entered_stage })
}

/// Changes fields of an Opportunity. Returns true if the change moved the Opportunity to the trigger stage, and `None` if the
/// Opportunity does not exist.
pub fn change(state: &mut State, id: &str, fields: &Map<String, Value>, now: &str) -> Option<bool> {
    let change = update(state, id, fields, now)?;
    Some(change.entered_stage.as_ref() == Some(&state.trigger_stage))
}

/// Marks an Opportunity as deleted. Returns false if it does not exist.
pub fn delete(state: &mut State, id: &str) -> bool {
    let Some(record) = state.records.live_mut("Opportunity", id) else { return false };
    record.insert("IsDeleted".to_owned(), true.into());
    history::delete(state, id);
    super::files::unlink(state, id);
    true
}

/// Returns the fields of an Opportunity, the names of its account and its record type, and its files.
pub fn summary(state: &State, opportunity: &Record) -> Value {
    let mut fields: Map<String, Value> = opportunity.clone().into_iter().collect();
    let account = state.records.live("Account", text(opportunity, "AccountId"));
    fields.insert("AccountName".to_owned(), account.map_or(Value::Null, |account| text(account, "Name").into()));
    fields.insert("RecordType".to_owned(), record_types::developer_name(state, opportunity));
    fields.insert("files".to_owned(), super::files::of_record(state, text(opportunity, "Id")).into());
    Value::Object(fields)
}

/// Returns the close date of an Opportunity that was created at this time: 40 days later.
fn close_date(at: &str) -> String {
    let date = parse_time(at).and_then(|time| time.checked_add_days(Days::new(40)));
    date.map(|date| date.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn apply_stage(fields: &mut Record, stage: &str) {
    let (probability, forecast) = match stage {
        "Prospecting" => (10.0, "Pipeline"),
        "Qualification" => (10.0, "Pipeline"),
        "Needs Analysis" => (20.0, "Pipeline"),
        "Value Proposition" => (50.0, "Pipeline"),
        "Id. Decision Makers" => (60.0, "Pipeline"),
        "Perception Analysis" => (70.0, "Pipeline"),
        "Proposal/Price Quote" => (75.0, "BestCase"),
        "Closed Won" => (100.0, "Closed"),
        "Closed Lost" => (0.0, "Omitted"),
        _ => (90.0, "BestCase"),
    };
    let derived = [
        ("StageName", stage.into()),
        ("Probability", json!(probability)),
        ("ForecastCategory", forecast.into()),
        ("IsClosed", stage.starts_with("Closed").into()),
        ("IsWon", (stage == "Closed Won").into()),
    ];
    fields.extend(record(derived));
}
