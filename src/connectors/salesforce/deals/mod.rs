//! Opportunities as deals: reads Opportunities and their files, and writes the status.

pub(super) mod describe;
mod entries;
pub(super) mod files;
mod filing;
mod history;
pub(super) mod opportunity;
mod schema;

use super::Salesforce;
use super::checks::checks;
use super::id::{SalesforceId, opportunity_id};
use super::rest::data_path;
use super::soql::{id_list, query};
use crate::connectors::error_rules::FieldValue;
use crate::connectors::{Call, Changes, CheckedConnection, Deals, Error, FileStream, Kind, Position, RemoteFile};
use crate::domain::connection::Check;
use crate::domain::connection::deal::{Deal, Entry, TriggerRule};
use crate::domain::connection::deal_schema::DealSchema;
use crate::domain::record::RecordId;
use async_trait::async_trait;
use reqwest::StatusCode;
use serde_json::{Map, Value};

#[async_trait]
impl Deals for Salesforce {
    fn parse_id(&self, pasted: &str) -> Option<RecordId> {
        SalesforceId::find_in(pasted, SalesforceId::OPPORTUNITY).map(RecordId::from)
    }

    async fn deal(&self, call: &Call, rule: &TriggerRule, id: &RecordId) -> Result<Deal, Error> {
        let id = opportunity_id(id)?;
        let (mut deal, has_entered_at) = opportunity::deal(call, rule, &id).await?;
        if !has_entered_at {
            deal.entered_at = history::entered_at(call, &id).await?.or(deal.entered_at);
        }
        let is_there = rule.listed_stage(&deal.stage).is_some();
        if !rule.only_if_still_there && !is_there && opportunity::stage_field(rule) == opportunity::STAGE {
            deal.left_stage = history::left_stage(call, rule, &id).await?;
        }
        Ok(deal)
    }

    fn hidden_files(&self) -> &'static str {
        files::HIDDEN_FILES
    }

    fn file_tiers(&self) -> u8 {
        2
    }

    async fn files(&self, call: &Call, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error> {
        let id = opportunity_id(deal)?;
        match tier {
            files::ATTACHMENTS => files::attachments(call, &id).await,
            _ => files::files(call, &id).await,
        }
    }

    async fn open(&self, call: &Call, file: &RemoteFile) -> Result<FileStream, Error> {
        files::download(call, file).await
    }

    async fn changed(&self, call: &Call, rule: &TriggerRule, from: &Position, limit: usize) -> Result<Changes, Error> {
        entries::changed(call, rule, from, limit).await
    }

    async fn in_stages(
        &self,
        call: &Call,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error> {
        entries::in_stages(call, rule, after, limit).await
    }

    async fn values(&self, call: &Call, deals: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error> {
        if deals.is_empty() {
            return Ok(Vec::new());
        }
        let ids = deals.iter().map(opportunity_id).collect::<Result<Vec<_>, _>>()?;
        let soql = format!("SELECT Id, {field} FROM Opportunity WHERE Id IN ({})", id_list(&ids));
        let rows: Vec<Map<String, Value>> = query(call, "compare the status field", &soql).await?;
        Ok(rows.iter().filter_map(|row| value_of(row, field)).collect())
    }

    async fn write(&self, call: &Call, deal: &RecordId, field: &str, value: &str) -> Result<(), Error> {
        let path = data_path(call, &format!("sobjects/Opportunity/{}", opportunity_id(deal)?));
        let response = call.patch("write the status", &path, FieldValue { field, value }).send().await?;
        match response.status {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(Error::new(Kind::Unexpected, format!("{} instead of 204", response.context()))),
        }
    }

    async fn checks(&self, call: &Call, connection: CheckedConnection<'_>) -> Result<Vec<Check>, Error> {
        checks(call, connection).await
    }

    async fn schema(&self, call: &Call) -> Result<DealSchema, Error> {
        Ok(schema::deal_schema(describe::opportunity_description(call).await?))
    }
}

/// Finds the field without regard to case, because Salesforce returns the field name in the org's spelling.
fn value_of(row: &Map<String, Value>, field: &str) -> Option<(RecordId, Option<String>)> {
    let id: SalesforceId = row.get("Id")?.as_str()?.parse().ok()?;
    let value = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).and_then(|(_, value)| value.as_str());
    Some((id.into(), value.map(str::to_owned)))
}
