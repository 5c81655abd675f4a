//! Queries that compare our data with the org: Opportunities in trigger stages, and values of the status field.

use crate::{
    connectors::{
        Call, Error,
        salesforce::{
            id::{SalesforceId, opportunity_id},
            soql::{id_list, query, string_literal},
        },
    },
    domain::connection::{deal::TriggerRule, record::RecordId},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Maximum number of rows that one page of query results can have.
const ROWS_PER_PAGE: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdRow {
    id: SalesforceId,
}

/// Finds Opportunities that match the rule. They are sorted by id, so that the next call can continue after the last id even if
/// Opportunities change in between.
pub(crate) async fn entered(
    call: &Call,
    rule: &TriggerRule,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<RecordId>, Error> {
    let after = after.map(opportunity_id).transpose()?;
    let stages = rule.stages.iter().map(|stage| string_literal(stage)).collect::<Vec<_>>().join(",");
    let after = after.map(|id| format!(" AND Id > '{id}'")).unwrap_or_default();
    let limit = limit.min(ROWS_PER_PAGE);
    let soql = format!("SELECT Id FROM Opportunity WHERE StageName IN ({stages}){after} ORDER BY Id LIMIT {limit}");
    let rows: Vec<IdRow> = query(call, "look for missed Opportunities", &soql).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

pub(crate) async fn values(call: &Call, ids: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(opportunity_id).collect::<Result<Vec<_>, _>>()?;
    let soql = format!("SELECT Id, {field} FROM Opportunity WHERE Id IN ({})", id_list(&ids));
    let rows: Vec<Map<String, Value>> = query(call, "compare the status field", &soql).await?;
    Ok(rows.iter().filter_map(|row| value_of(row, field)).collect())
}

/// Finds the field without regard to case, because Salesforce returns the field name in the org's spelling.
fn value_of(row: &Map<String, Value>, field: &str) -> Option<(RecordId, Option<String>)> {
    let id: SalesforceId = row.get("Id")?.as_str()?.parse().ok()?;
    let value = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).and_then(|(_, value)| value.as_str());
    Some((id.into(), value.map(str::to_owned)))
}
