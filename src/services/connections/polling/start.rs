//! The start of polling: deals that are in a trigger stage already are not imported unasked.

use super::cursor::Cursor;
use super::{is_current, pace};
use crate::connectors::{self, Deals, Position};
use crate::db::Tx;
use crate::db::connections::{self as table, ConnectionRow, sync_cursors};
use crate::db::deliveries::delivery_events::{self, NewEvent};
use crate::domain::connection::Settings;
use crate::domain::connection::deal::{Entry, TriggerRule};
use crate::domain::ids::ConnectionId;
use crate::domain::problem::Invalid;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result, chain};
use crate::services::Actor;
use crate::services::connections::session::Caller;
use std::time::Duration;

/// Maximum time that a user waits for the start. If it takes longer, the first poll makes the start.
const WAIT: Duration = Duration::from_secs(10);
/// When the first poll is due if the user's request could not make the start.
const FIRST_POLL_AFTER: Duration = Duration::from_secs(20);
/// Difference that two entries' times can have from the order in which they became visible.
const TOLERANCE: Duration = Duration::from_secs(10 * 60);
/// Age above which an unknown entry is old: its deal became visible to the connected user later.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
const DEALS_PER_QUERY: usize = 2_000;
/// Maximum number of deals in the stages. With more, only the time of an entry shows whether it is from before the start.
const MAX_DEALS: usize = 20_000;

/// Requests a start for the trigger stages of a new connection. Does nothing if the provider has no deals.
pub(crate) async fn request_starts(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    let has_deals = connectors::find(row.integration_id.slug()).is_some_and(|connector| connector.deals.is_some());
    if !has_deals {
        return Ok(());
    }
    let mut cursor = Cursor::default();
    cursor.request(&row.metadata.settings.trigger_stages(), now);
    cursor.store(tx, &row.organization_id, &row.id, now + FIRST_POLL_AFTER).await
}

/// Requests new starts after a change of the settings: for each added stage, and for all stages if the stages are read from
/// another field or polling is switched on. The caller must have locked the connection.
pub(crate) async fn request_changed_starts(tx: &mut Tx, row: &ConnectionRow, before: &Settings, now: Timestamp) -> Result<()> {
    let (settings, organization) = (&row.metadata.settings, &row.organization_id);
    let is_switched_on = before.poll_interval().is_none() && settings.poll_interval().is_some();
    let stays = |stage: &String| before.trigger.field == settings.trigger.field && before.trigger_stages().contains(stage);
    let stages: Vec<String> = settings.trigger_stages().into_iter().filter(|stage| is_switched_on || !stays(stage)).collect();
    let mut cursor = Cursor::find_locked(tx, organization, &row.id).await?;
    cursor.starts.retain(|stage, _| settings.trigger_stages().contains(stage));
    cursor.requested.retain(|stage, _| settings.trigger_stages().contains(stage));
    cursor.request(&stages, now);
    cursor.store(tx, organization, &row.id, now + FIRST_POLL_AFTER).await?;
    // A shorter interval applies at once.
    let wait = pace::pace(settings, &cursor).map_or(FIRST_POLL_AFTER, |(interval, _)| interval);
    Ok(sync_cursors::expedite(tx, organization, &row.id, now + wait).await?)
}

impl Hub {
    /// Makes the starts that a user's request has requested at `requested_at`, within the request. A failure only leaves the start
    /// to the next poll.
    pub(crate) async fn try_start_polling(&self, actor: &Actor, id: &ConnectionId, requested_at: Timestamp) {
        // Boxed, because the caller's future would otherwise overflow the stack of a debug build.
        let started = Box::pin(self.start_polling(actor, id, requested_at));
        match tokio::time::timeout(WAIT, started).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = chain(&error), connection = %id, "the first poll makes the start"),
            Err(_) => tracing::warn!(connection = %id, "the start takes long, so the first poll makes it"),
        }
    }

    async fn start_polling(&self, actor: &Actor, id: &ConnectionId, requested_at: Timestamp) -> Result<()> {
        let row = table::find(&mut self.db.acquire().await?, &actor.organization_id, id).await?;
        let Some(row) = row else { return Ok(()) };
        match connectors::find(row.integration_id.slug()).and_then(|connector| connector.deals) {
            Some(deals) => self.make_starts(&row, deals, Some(requested_at)).await,
            None => Ok(()),
        }
    }

    /// Determines the starts that were requested. Marks deals that were in the stages already as known: all deals that are in a
    /// stage now if this request, at `own_request`, has requested the start, otherwise those that entered before the request.
    pub(super) async fn make_starts(
        &self,
        row: &ConnectionRow,
        deals: &'static dyn Deals,
        own_request: Option<Timestamp>,
    ) -> Result<()> {
        let organization = &row.organization_id;
        let Some(cursor) = Cursor::find(&mut self.db.acquire().await?, organization, &row.id).await? else { return Ok(()) };
        let Some(first_request) = cursor.requested.values().min() else { return Ok(()) };
        let rule = TriggerRule { stages: cursor.requested.keys().cloned().collect(), ..row.metadata.settings.trigger_rule() };
        let caller = if own_request.is_some() { Caller::User } else { Caller::Schedule };
        let (mut entries, is_complete) = self.all_in_stages(caller, row, deals, &rule).await?;
        if !is_complete && rule.field.is_some() {
            // Without times, only a complete list tells old deals from new ones.
            return Err(Invalid::BacklogTooLarge.into());
        }
        if !rule.only_if_still_there {
            entries.extend(self.entries_since(caller, row, deals, &rule, *first_request - OLD - TOLERANCE).await?);
        }
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        if !is_current(&mut tx, row).await? {
            return Ok(());
        }
        let mut current = Cursor::find_locked(&mut tx, organization, &row.id).await?;
        for (stage, requested_at) in cursor.requested {
            // Another request can have made the start, or asked for it again.
            if current.requested.get(&stage) != Some(&requested_at) {
                continue;
            }
            let is_known = |entry: &&Entry| {
                own_request == Some(requested_at) || entry.entered_at.is_none_or(|entered_at| entered_at <= requested_at)
            };
            let known: Vec<&Entry> = entries.iter().filter(|entry| entry.stage == stage).filter(is_known).collect();
            let start = if is_complete { start(&known, requested_at) } else { requested_at };
            let events: Vec<NewEvent<'_>> = known
                .into_iter()
                .filter(|entry| entry.entered_at.is_none_or(|at| at >= start))
                .map(|entry| NewEvent { organization, connection: &row.id, key: entry.key(), delivery: String::new() })
                .collect();
            delivery_events::insert_unless_known(&mut tx, events, now).await?;
            current.requested.remove(&stage);
            current.starts.insert(stage, start);
        }
        current.store(&mut tx, organization, &row.id, now).await?;
        if own_request.is_some() {
            let interval = row.metadata.settings.poll_interval().unwrap_or_default();
            sync_cursors::reschedule(&mut tx, organization, &row.id, now + interval).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lists the entries since a time, also of deals that have left the stage. Stops after [`MAX_DEALS`] changes.
    async fn entries_since(
        &self,
        caller: Caller,
        row: &ConnectionRow,
        deals: &'static dyn Deals,
        rule: &TriggerRule,
        since: Timestamp,
    ) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut from = Position { at: since, after: None };
        for _ in 0..MAX_DEALS / DEALS_PER_QUERY {
            let position = &from;
            let call = move |call| async move { deals.changed(&call, rule, position, DEALS_PER_QUERY).await };
            let changes = self.with_session(caller, row, call).await?;
            entries.extend(changes.entries);
            if changes.is_complete {
                break;
            }
            from = changes.position;
        }
        Ok(entries)
    }

    /// Lists the deals in the stages of a rule. The flag is false if there are more than [`MAX_DEALS`].
    pub(super) async fn all_in_stages(
        &self,
        caller: Caller,
        row: &ConnectionRow,
        deals: &'static dyn Deals,
        rule: &TriggerRule,
    ) -> Result<(Vec<Entry>, bool)> {
        let mut entries: Vec<Entry> = Vec::new();
        while entries.len() < MAX_DEALS {
            let after = entries.last().map(|entry| entry.deal.clone());
            let after = after.as_ref();
            let call = move |call| async move { deals.in_stages(&call, rule, after, DEALS_PER_QUERY).await };
            let page = self.with_session(caller, row, call).await?;
            let is_last = page.len() < DEALS_PER_QUERY;
            entries.extend(page);
            if is_last {
                return Ok((entries, true));
            }
        }
        Ok((entries, false))
    }
}

/// The start of a stage is near its newest known entry, by the provider's clock. Later entries are either known, or new.
fn start(known: &[&Entry], requested_at: Timestamp) -> Timestamp {
    let newest = known.iter().filter_map(|entry| entry.entered_at).max();
    newest.unwrap_or(Timestamp::from_millis(0)).max(requested_at - OLD) - TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::RecordId;

    #[test]
    fn start_is_shortly_before_the_newest_entry_or_a_day_before_the_request() {
        let at = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let entry = |entered_at: Option<Timestamp>| Entry {
            deal: RecordId::new("d1"),
            stage: "Legal".to_owned(),
            record_type: None,
            pipeline: None,
            entered_at,
        };
        let (old, recent, timeless) = (entry(Some(at(5))), entry(Some(at(99_995))), entry(None));
        assert_eq!(start(&[&old, &recent, &timeless], at(100_000)), at(99_985));
        assert_eq!(start(&[&old], at(100_000)), at(100_000 - 24 * 60 - 10));
        assert_eq!(start(&[], at(100_000)), at(100_000 - 24 * 60 - 10));
    }
}
