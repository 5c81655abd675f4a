//! Opportunities that entered a stage.

use super::history::{HistoryRow, history, last_change, stage_changes};
use super::opportunity::{Columns, Rows, STAGE, opportunities, stage_field};
use crate::connectors::salesforce::id::{SalesforceId, opportunity_id};
use crate::connectors::salesforce::soql::{id_list, string_literal};
use crate::connectors::{Call, Changes, Error, Position};
use crate::domain::connection::deal::{Entry, TriggerRule};
use crate::domain::record::RecordId;
use std::collections::BTreeMap;

/// Maximum number of rows in one result page.
const ROWS_PER_PAGE: usize = 2_000;
/// Maximum number of ids in a condition. This limit keeps the URL far below Salesforce's limit of 16 KiB.
pub(super) const IDS_PER_QUERY: usize = 200;

fn columns<'c>(required: &'c [&'c str], rule: &'c TriggerRule) -> Columns<'c> {
    Columns { required, rule, has_account: false }
}

pub(super) async fn in_stages(
    call: &Call,
    rule: &TriggerRule,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    let limit = limit.min(ROWS_PER_PAGE);
    let after = after.map(opportunity_id).transpose()?.map(|id| format!(" AND Id > '{id}'")).unwrap_or_default();
    let condition = format!("{}{after} ORDER BY Id LIMIT {limit}", stages(rule));
    let columns = columns(&["Id", "CreatedDate"], rule);
    let found = opportunities(call, "list the Opportunities in the stages", columns, &condition).await?;
    entries(call, rule, found).await
}

/// Lists Opportunities that entered a stage of the rule, from the changes after `from`.
///
/// Reads the stage history if the rule includes Opportunities that have left the stage. `OpportunityHistory` contains only the
/// standard stage field. If the rule names another field, this function therefore finds only Opportunities in the stage.
///
/// `SystemModstamp` is indexed, and has a resolution of one second.
pub(super) async fn changed(call: &Call, rule: &TriggerRule, from: &Position, limit: usize) -> Result<Changes, Error> {
    let limit = limit.min(ROWS_PER_PAGE);
    if !rule.only_if_still_there && stage_field(rule) == STAGE {
        return changed_by_history(call, rule, from, limit).await;
    }
    let condition = format!("{} AND {} ORDER BY SystemModstamp, Id LIMIT {limit}", stages(rule), after("SystemModstamp", from));
    let columns = columns(&["Id", "CreatedDate", "SystemModstamp"], rule);
    let found = opportunities(call, "look for changed Opportunities", columns, &condition).await?;
    // Rows without a time do not change the position.
    let last = found.rows.iter().rev().find_map(|row| Some((row.system_modstamp?, row.id.to_string())));
    let position = last.map_or_else(|| from.clone(), |(at, id)| Position { at, after: Some(id) });
    let is_complete = found.rows.len() < limit || position == *from;
    Ok(Changes { entries: entries(call, rule, found).await?, position, is_complete })
}

/// Like [`changed`], but reads the stage history and also finds Opportunities that have left the stage since.
async fn changed_by_history(call: &Call, rule: &TriggerRule, from: &Position, limit: usize) -> Result<Changes, Error> {
    const CALL: &str = "look for stage changes";
    let condition = format!("{} AND {} ORDER BY CreatedDate, Id LIMIT {limit}", stages(rule), after("CreatedDate", from));
    let rows: Vec<HistoryRow> = history(call, CALL, &condition).await?;
    let (is_complete, position) = (
        rows.len() < limit,
        rows.last().map_or_else(|| from.clone(), |row| Position { at: row.created_date, after: Some(row.id.to_string()) }),
    );
    let mut deals: Vec<SalesforceId> = rows.iter().map(|row| row.opportunity_id.clone()).collect();
    deals.sort_unstable();
    deals.dedup();
    let changes = stage_changes(call, &deals).await?;
    let mut record_types = BTreeMap::new();
    for deals in deals.chunks(IDS_PER_QUERY) {
        let condition = format!("Id IN ({})", id_list(deals));
        let found = opportunities(call, CALL, columns(&["Id", "CreatedDate"], rule), &condition).await?;
        record_types.extend(found.rows.iter().map(|row| (row.id.clone(), row.record_type())));
    }
    // Skips rows for changes of other fields, such as the amount, while the Opportunity was in the stage.
    let entries = rows.into_iter().filter_map(|row| {
        let record_type = record_types.get(&row.opportunity_id)?.clone();
        let stage = row.stage_name.unwrap_or_default();
        let is_change = changes.get(&row.opportunity_id)?.contains(&(stage.clone(), row.created_date));
        let stage = rule.listed_stage(&stage).unwrap_or(&stage).to_owned();
        let entered_at = Some(row.created_date);
        is_change.then(|| Entry { deal: row.opportunity_id.into(), stage, record_type, pipeline: None, entered_at })
    });
    Ok(Changes { entries: entries.collect(), position, is_complete })
}

/// Converts rows to entries. Reads the times from the stage history if the rows have none.
async fn entries(call: &Call, rule: &TriggerRule, found: Rows) -> Result<Vec<Entry>, Error> {
    let mut entries: Vec<Entry> = found.rows.iter().map(|row| row.entry(rule)).collect();
    if !found.has_entered_at {
        let deals: Vec<SalesforceId> = found.rows.into_iter().map(|row| row.id).collect();
        let changes = stage_changes(call, &deals).await?;
        for (entry, deal) in entries.iter_mut().zip(&deals) {
            entry.entered_at = last_change(&changes, deal).or(entry.entered_at);
        }
    }
    Ok(entries)
}

fn stages(rule: &TriggerRule) -> String {
    let values = rule.stages.iter().map(|stage| string_literal(stage)).collect::<Vec<_>>().join(",");
    format!("{} IN ({values})", stage_field(rule))
}

fn after(column: &str, Position { at, after }: &Position) -> String {
    match after {
        None => format!("{column} >= {at}"),
        Some(id) => format!("({column} > {at} OR ({column} = {at} AND Id > {}))", string_literal(id)),
    }
}
