//! `OpportunityHistory`: one row for the creation of an Opportunity, and one for each change of a tracked field.

use super::organization::State;
use super::records::{Record, record, text};
use super::schema;
use serde_json::Value;

const TRACKED: [&str; 4] = ["StageName", "Amount", "Probability", "CloseDate"];

/// Returns the values of the tracked fields of an Opportunity. A change of one of these values adds a row.
pub fn tracked_values(opportunity: &Record) -> [Value; 4] {
    TRACKED.map(|name| opportunity.get(name).cloned().unwrap_or_default())
}

/// Adds a row with the present values of an Opportunity.
pub fn append(state: &mut State, opportunity_id: &str, at: &str) {
    let Some(opportunity) = state.records.live("Opportunity", opportunity_id) else { return };
    let mut row = record([
        ("OpportunityId", opportunity_id.into()),
        ("ForecastCategory", opportunity.get("ForecastCategory").cloned().unwrap_or_default()),
        ("CreatedById", state.user_id.clone().into()),
        ("CreatedDate", at.into()),
        ("SystemModstamp", at.into()),
    ]);
    row.extend(TRACKED.iter().map(|&name| name.to_owned()).zip(tracked_values(opportunity)));
    state.records.insert(schema::find("OpportunityHistory").expect("the schema has this type"), row);
}

/// Marks the rows of an Opportunity as deleted.
pub fn delete(state: &mut State, opportunity_id: &str) {
    let rows = state.records.with_ids("OpportunityHistory", "OpportunityId", &[opportunity_id]).unwrap_or_default();
    let ids: Vec<String> = rows.into_iter().map(|row| text(row, "Id").to_owned()).collect();
    for id in ids {
        if let Some(row) = state.records.live_mut("OpportunityHistory", &id) {
            row.insert("IsDeleted".to_owned(), true.into());
        }
    }
}
