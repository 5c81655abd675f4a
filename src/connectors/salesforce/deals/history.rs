//! Stage history of Opportunities.

use super::entries::IDS_PER_QUERY;
use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::soql::{has_too_many_rows, id_list, query};
use crate::connectors::{Call, Error};
use crate::domain::connection::deal::TriggerRule;
use crate::domain::time::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Number of rows to read of an Opportunity that has more rows than a query returns. Even the smallest pages of Salesforce, with
/// 200 rows, suffice for this number of rows.
const NEWEST_ROWS: usize = 2_000;

/// A row of `OpportunityHistory`. Salesforce adds a row when the stage, the amount, the probability or the close date changes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HistoryRow {
    pub(super) id: SalesforceId,
    pub(super) opportunity_id: SalesforceId,
    pub(super) stage_name: Option<String>,
    pub(super) created_date: Timestamp,
}

/// Stages and times of the stage changes of each Opportunity, oldest first.
pub(super) type StageChanges = BTreeMap<SalesforceId, Vec<(String, Timestamp)>>;

/// Reads rows of the stage history. `condition` is the text after `WHERE`.
pub(super) async fn history(call: &Call, what: &str, condition: &str) -> Result<Vec<HistoryRow>, Error> {
    let soql = format!("SELECT Id, OpportunityId, StageName, CreatedDate FROM OpportunityHistory WHERE {condition}");
    query(call, what, &soql).await
}

/// Reads the stage changes of Opportunities. Halves the list of Opportunities while their history is too long for a query. If the
/// history of one Opportunity is too long for a query, returns only the changes in its newest rows.
pub(super) async fn stage_changes(call: &Call, deals: &[SalesforceId]) -> Result<StageChanges, Error> {
    let mut changes = StageChanges::new();
    let mut waiting: Vec<&[SalesforceId]> = deals.chunks(IDS_PER_QUERY).rev().collect();
    while let Some(deals) = waiting.pop() {
        let condition = format!("OpportunityId IN ({}) ORDER BY OpportunityId, CreatedDate, Id", id_list(deals));
        match history(call, "read the stage history", &condition).await {
            Ok(rows) => add(&mut changes, rows),
            Err(error) if !has_too_many_rows(&error) => return Err(error),
            Err(_) => {
                if let [deal] = deals {
                    changes.insert(deal.clone(), newest_changes(call, deal).await?);
                } else {
                    let (first, second) = deals.split_at(deals.len() / 2);
                    waiting.extend([second, first]);
                }
            }
        }
    }
    Ok(changes)
}

fn add(changes: &mut StageChanges, rows: Vec<HistoryRow>) {
    for row in rows {
        let of_deal = changes.entry(row.opportunity_id).or_default();
        let stage = row.stage_name.unwrap_or_default();
        if of_deal.last().is_none_or(|(before, _)| *before != stage) {
            of_deal.push((stage, row.created_date));
        }
    }
}

async fn newest_changes(call: &Call, deal: &SalesforceId) -> Result<Vec<(String, Timestamp)>, Error> {
    let condition = format!("OpportunityId = '{deal}' ORDER BY CreatedDate DESC, Id DESC LIMIT {NEWEST_ROWS}");
    let mut rows = history(call, "read the newest stage history", &condition).await?;
    rows.reverse();
    let mut changes = StageChanges::new();
    add(&mut changes, rows);
    // Skips the first change, which may not be a change of the stage, because the previous stage is unknown.
    Ok(changes.remove(deal).unwrap_or_default().into_iter().skip(1).collect())
}

/// Time at which an Opportunity entered its current stage; `None` if it has no history.
pub(super) async fn entered_at(call: &Call, deal: &SalesforceId) -> Result<Option<Timestamp>, Error> {
    Ok(last_change(&stage_changes(call, std::slice::from_ref(deal)).await?, deal))
}

/// The last stage of the rule that an Opportunity was in before its current stage.
pub(super) async fn left_stage(call: &Call, rule: &TriggerRule, deal: &SalesforceId) -> Result<Option<String>, Error> {
    let changes = stage_changes(call, std::slice::from_ref(deal)).await?;
    let stages = changes.get(deal).into_iter().flatten().rev();
    Ok(stages.filter_map(|(stage, _)| rule.listed_stage(stage)).next().map(str::to_owned))
}

pub(super) fn last_change(changes: &StageChanges, deal: &SalesforceId) -> Option<Timestamp> {
    changes.get(deal).and_then(|changes| changes.last()).map(|(_, at)| *at)
}
