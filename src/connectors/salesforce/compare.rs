//! What a comparison with the org needs: which Opportunities are in the stages that call, and what the field of others holds.

use super::{
    id::{SalesforceId, of_deal},
    soql::{id_list, query, text},
};
use crate::{
    connectors::{Call, Error},
    domain::connection::{deal::TriggerRule, record::RecordId},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Salesforce answers at most this many rows at once.
const ROWS_PER_PAGE: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdRow {
    id: SalesforceId,
}

/// Ids in their order, so that a later call can go on after the last one whatever happened meanwhile.
pub(super) async fn entered(
    call: &Call,
    rule: &TriggerRule,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<RecordId>, Error> {
    let after = after.map(of_deal).transpose()?;
    let stages = rule.stages.iter().map(|stage| text(stage)).collect::<Vec<_>>().join(",");
    let after = after.map(|id| format!(" AND Id > '{id}'")).unwrap_or_default();
    let limit = limit.min(ROWS_PER_PAGE);
    let soql = format!("SELECT Id FROM Opportunity WHERE StageName IN ({stages}){after} ORDER BY Id LIMIT {limit}");
    let rows: Vec<IdRow> = query(call, "look for missed Opportunities", &soql).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

pub(super) async fn values(call: &Call, ids: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(of_deal).collect::<Result<Vec<_>, _>>()?;
    let soql = format!("SELECT Id, {field} FROM Opportunity WHERE Id IN ({})", id_list(&ids));
    let rows: Vec<Map<String, Value>> = query(call, "compare the status field", &soql).await?;
    Ok(rows.iter().filter_map(|row| value_of(row, field)).collect())
}

/// Salesforce answers with the field's own spelling.
fn value_of(row: &Map<String, Value>, field: &str) -> Option<(RecordId, Option<String>)> {
    let id: SalesforceId = row.get("Id")?.as_str()?.parse().ok()?;
    let value = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).and_then(|(_, value)| value.as_str());
    Some((id.into(), value.map(str::to_owned)))
}
