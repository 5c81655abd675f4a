//! The backlog: deals that are in a trigger stage and have no contract, for example because they entered the stage before the
//! connection was made. An admin sees them, and imports them.

use crate::db::audit::activity::NewActivity;
use crate::db::connections::ConnectionRow;
use crate::db::contracts::contract_links;
use crate::db::deliveries::ingestion::{self, Reporter};
use crate::db::deliveries::{self, NewDelivery};
use crate::db::{self, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::account::users::Role;
use crate::domain::connection::deal::{Entry, TriggerRule};
use crate::domain::connection::polling::{Backlog, RecordTypeCount, StageCount};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::Origin;
use crate::domain::ids::ConnectionId;
use crate::domain::problem::{Invalid, Problem};
use crate::domain::record::{RecordId, RecordRef};
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::random::hex;
use crate::services::auth::idempotency::first_or_return;
use crate::services::connections::session::Caller;
use crate::services::{Actor, connections};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

const RECORDS_PER_QUERY: usize = 500;

/// Selects deals of the backlog.
#[derive(Clone, Debug, Default)]
pub struct BacklogFilter {
    /// Empty for the trigger stages of the connection.
    pub stages: Vec<String>,
    /// Empty for the record types of the trigger rule.
    pub record_types: Vec<String>,
    /// Only deals that entered the stage at or after this time.
    pub since: Option<Timestamp>,
}

impl Hub {
    /// Counts the deals that are in the stages, and have neither a contract nor an open delivery.
    pub async fn backlog(&self, actor: &Actor, id: &ConnectionId, filter: BacklogFilter) -> Result<Backlog> {
        actor.require(Role::Admin)?;
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let rule = filter.rule(&row)?;
        Ok(count(&rule, &self.find_backlog(&row, &rule, filter.since).await?))
    }

    /// Queues a delivery for each deal that [`Self::backlog`] counts, and returns their number. Fails with
    /// [`Problem::ChangedMeanwhile`] if `fingerprint` is not that of these deals. Idempotent.
    pub async fn import_backlog(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        filter: BacklogFilter,
        fingerprint: Option<&str>,
    ) -> Result<u64> {
        actor.require(Role::Admin)?;
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let rule = filter.rule(&row)?;
        let entries = self.find_backlog(&row, &rule, filter.since).await?;
        if fingerprint.is_some_and(|expected| expected != fingerprint_of(&entries)) {
            return self.replay(actor, Role::Admin).await?.ok_or_else(|| Problem::ChangedMeanwhile.into());
        }
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        if ingestion::lock_connection(&mut tx, &row.organization_id, &row.id).await?.is_none() {
            return Err(Problem::NotFound.into());
        }
        let count = self.queue_backlog(&mut tx, actor, &row, entries).await?;
        self.commit_idempotent(tx, actor, &count).await?;
        self.notifier.notify();
        Ok(count)
    }

    /// Returns the number of new deliveries.
    async fn queue_backlog(&self, tx: &mut Tx, actor: &Actor, row: &ConnectionRow, entries: Vec<Entry>) -> Result<u64> {
        let now = self.clock().now();
        let new: Vec<NewDelivery> = entries
            .into_iter()
            .map(|entry| NewDelivery::new(&row.organization_id, &row.id, RecordRef::deal(entry.deal), Origin::User))
            .collect();
        let accepted: HashSet<_> = ingestion::insert_unless_waiting(tx, &new, now).await?.into_iter().collect();
        let count = accepted.len();
        if count == 0 {
            return Ok(0);
        }
        let summary = format!("{} imported the deal, which was in its stage already", actor.name);
        let reporter = Reporter { name: &actor.name, summary: &summary, kind: ActivityKind::DealFound };
        let jobs = new.iter().filter(|delivery| accepted.contains(&delivery.id)).map(|delivery| (delivery, reporter));
        ingestion::insert_jobs(tx, jobs, now).await?;
        self.check_quotas(tx, &row.organization_id, &[Quota::WaitingDeliveries]).await?;
        let summary =
            format!("{} imported {count} deals that were in their stage already from {}", actor.name, row.account_label);
        let line: NewActivity<'_> = self.activity(actor, ActivityKind::BacklogImported, summary).connection(&row.id);
        db::audit::activity::insert(tx, line).await?;
        tx.notify_job().await?;
        Ok(count as u64)
    }

    async fn find_backlog(&self, row: &ConnectionRow, rule: &TriggerRule, since: Option<Timestamp>) -> Result<Vec<Entry>> {
        let deals = connections::deals(row)?;
        let listed = self.all_in_stages(Caller::User, row, deals, rule).await.map_err(|error| match error {
            Error::Connector(error) => Problem::ProviderUnavailable(connections::terms(row), error.user_message()).into(),
            error => error,
        });
        let (mut entries, is_complete) = listed?;
        if !is_complete {
            return Err(Invalid::BacklogTooLarge.into());
        }
        entries.retain(|entry| {
            rule.rejection_of_entry(entry).is_none() && since.is_none_or(|since| entry.entered_at.is_none_or(|at| at >= since))
        });
        let mut imported: HashSet<RecordId> = HashSet::new();
        let mut tx = self.db.read().await?;
        for page in entries.chunks(RECORDS_PER_QUERY) {
            let records: Vec<RecordRef> = page.iter().map(|entry| RecordRef::deal(entry.deal.clone())).collect();
            imported.extend(contract_links::linked(&mut tx, row.account(), &records).await?);
            imported.extend(deliveries::open(&mut tx, &row.organization_id, &row.id, &records).await?);
        }
        entries.retain(|entry| !imported.contains(&entry.deal));
        Ok(entries)
    }
}

impl BacklogFilter {
    fn rule(&self, row: &ConnectionRow) -> Result<TriggerRule> {
        let rule = row.metadata.settings.trigger_rule();
        let or = |given: &Vec<String>, default: Vec<String>| if given.is_empty() { default } else { given.clone() };
        let (stages, record_types) = (or(&self.stages, rule.stages), or(&self.record_types, rule.record_types));
        let is_allowed =
            |values: &[String]| values.len() <= MAX_VALUES && values.iter().all(|value| value.chars().count() <= MAX_CHARACTERS);
        if !is_allowed(&stages) || !is_allowed(&record_types) {
            return Err(Invalid::BacklogFilter.into());
        }
        Ok(TriggerRule { stages, record_types, ..rule })
    }
}

/// Maximum number of stages, and of record types, of a filter.
const MAX_VALUES: usize = 50;
/// Maximum length of each value.
const MAX_CHARACTERS: usize = 255;

/// Digest of the ids, whatever their order.
fn fingerprint_of(entries: &[Entry]) -> String {
    let mut ids: Vec<&str> = entries.iter().map(|entry| entry.deal.as_str()).collect();
    ids.sort_unstable();
    hex(&Sha256::digest(ids.join("\n")))
}

fn count(rule: &TriggerRule, entries: &[Entry]) -> Backlog {
    let mut record_types: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for entry in entries {
        *record_types.entry(entry.record_type.as_deref()).or_default() += 1;
    }
    let of_stage = |stage: &String| {
        let found: Vec<&Entry> = entries.iter().filter(|entry| entry.stage == *stage).collect();
        StageCount {
            stage: stage.clone(),
            count: found.len() as u64,
            oldest: found.iter().filter_map(|entry| entry.entered_at).min(),
        }
    };
    let by_record_type =
        |(record_type, count): (Option<&str>, u64)| RecordTypeCount { record_type: record_type.map(str::to_owned), count };
    Backlog {
        total: entries.len() as u64,
        fingerprint: fingerprint_of(entries),
        by_stage: rule.stages.iter().map(of_stage).collect(),
        by_record_type: record_types.into_iter().map(by_record_type).collect(),
    }
}
