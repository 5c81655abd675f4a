use super::organization::State;
use super::records::{Record, record, text};
use super::schema;
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

/// Creates an Opportunity and returns its id. Never fires the trigger.
pub fn create(state: &mut State, name: &str, account_name: Option<&str>, stage: &str, now: &str) -> String {
    let account_id = account_name.map_or(Value::Null, |name| account(state, name, now).into());
    let user = Value::from(state.user_id.clone());
    let mut fields = record([
        ("Name", name.into()),
        ("AccountId", account_id),
        ("Description", Value::Null),
        ("Amount", json!(48_000.0)),
        ("Type", "New Customer".into()),
        ("NextStep", Value::Null),
        ("CloseDate", now.get(..10).unwrap_or_default().into()),
        (schema::STATUS_FIELD, Value::Null),
        ("OwnerId", user.clone()),
        ("CreatedById", user.clone()),
        ("LastModifiedById", user),
        ("CreatedDate", now.into()),
        ("LastModifiedDate", now.into()),
        ("SystemModstamp", now.into()),
    ]);
    apply_stage(&mut fields, stage);
    let object = schema::find("Opportunity").expect("the schema has Opportunities");
    state.records.insert(object, fields)
}

/// Changes fields of an Opportunity. Returns true if the change moved the Opportunity to the trigger stage, and `None` if the
/// Opportunity does not exist.
pub fn change(state: &mut State, id: &str, fields: &Map<String, Value>, now: &str) -> Option<bool> {
    let trigger_stage = state.trigger_stage.clone();
    let record = state.records.live_mut("Opportunity", id)?;
    let before = text(record, "StageName").to_owned();
    for (name, value) in fields {
        record.insert(name.clone(), value.clone());
    }
    record.insert("LastModifiedDate".to_owned(), now.into());
    record.insert("SystemModstamp".to_owned(), now.into());
    let after = text(record, "StageName").to_owned();
    if after != before {
        apply_stage(record, &after);
    }
    Some(after != before && after == trigger_stage)
}

/// Marks an Opportunity as deleted. Returns false if it does not exist.
pub fn delete(state: &mut State, id: &str) -> bool {
    let Some(record) = state.records.live_mut("Opportunity", id) else { return false };
    record.insert("IsDeleted".to_owned(), true.into());
    true
}

/// Returns the fields, the account's name and the files of an Opportunity.
pub fn summary(state: &State, opportunity: &Record) -> Value {
    let mut fields: Map<String, Value> = opportunity.clone().into_iter().collect();
    let account = state.records.live("Account", text(opportunity, "AccountId"));
    fields.insert("AccountName".to_owned(), account.map_or(Value::Null, |account| text(account, "Name").into()));
    fields.insert("files".to_owned(), super::files::of_record(state, text(opportunity, "Id")).into());
    Value::Object(fields)
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
