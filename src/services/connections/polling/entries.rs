//! Entries of deals into a stage: the keys of their events, and their deliveries.

use crate::db::Tx;
use crate::db::connections::ConnectionRow;
use crate::db::deliveries::delivery_events::{self, NewEvent};
use crate::db::deliveries::ingestion::{self, Reporter};
use crate::db::deliveries::{DeliveryRow, NewDelivery};
use crate::domain::connection::deal::{Deal, Entry};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::Origin;
use crate::domain::record::{RecordId, RecordRef};
use crate::domain::time::Timestamp;
use crate::hub::Result;
use std::collections::HashSet;

pub(super) const FOUND: Reporter<'static> =
    Reporter { name: "LexiContract", summary: "Found the deal in a stage that starts a review", kind: ActivityKind::DealFound };

/// What entries led to.
pub(crate) struct Inserted {
    /// Deals that have a new delivery.
    pub(crate) accepted: Vec<RecordId>,
    /// Keys of events that were unknown.
    pub(crate) new: HashSet<String>,
    /// Keys of events that the provider or a user has reported already.
    pub(crate) reported: HashSet<String>,
}

/// Inserts the events that are unknown, and deliveries for those that match the rule of the connection. Events that do not match
/// become known too: a later change of the rule does not import them.
pub(crate) async fn insert_entries(
    tx: &mut Tx,
    row: &ConnectionRow,
    entries: &[&Entry],
    reporter: Reporter<'_>,
    now: Timestamp,
) -> Result<Inserted> {
    let (organization, connection, rule) = (&row.organization_id, &row.id, row.metadata.settings.trigger_rule());
    let candidates: Vec<(NewEvent<'_>, Option<NewDelivery>)> = entries
        .iter()
        .map(|entry| {
            let delivery = rule.rejection_of_entry(entry).is_none().then(|| {
                NewDelivery::new(organization, connection, RecordRef::deal(entry.deal.clone()), Origin::Poll).with_rule()
            });
            let id = delivery.as_ref().map(|delivery| delivery.id.to_string()).unwrap_or_default();
            (NewEvent { organization, connection, key: entry.key(), delivery: id }, delivery)
        })
        .collect();
    let events: Vec<NewEvent<'_>> = candidates.iter().map(|(event, _)| event.clone()).collect();
    let recorded = delivery_events::insert_unless_known(tx, events.clone(), now).await?;
    let new: HashSet<String> = recorded.into_iter().map(|event| event.event_key).collect();
    let mut reported = HashSet::new();
    if new.len() < events.len() {
        reported.extend(delivery_events::reported_first(tx, organization, connection, &events).await?);
    }
    let wanted: Vec<(String, NewDelivery)> = candidates
        .into_iter()
        .filter_map(|(event, delivery)| delivery.filter(|_| new.contains(&event.key)).map(|delivery| (event.key, delivery)))
        .collect();
    let accepted: HashSet<_> =
        ingestion::insert_unless_waiting(tx, wanted.iter().map(|(_, delivery)| delivery), now).await?.into_iter().collect();
    for (key, delivery) in wanted.iter().filter(|(_, delivery)| !accepted.contains(&delivery.id)) {
        let waiting = ingestion::find_waiting(tx, connection, &delivery.record).await?;
        if waiting.is_some_and(|waiting| waiting.origin != Origin::Poll) {
            reported.insert(key.clone());
        }
    }
    let added: Vec<&NewDelivery> =
        wanted.iter().map(|(_, delivery)| delivery).filter(|delivery| accepted.contains(&delivery.id)).collect();
    if !added.is_empty() {
        ingestion::insert_jobs(tx, added.iter().map(|delivery| (*delivery, reporter)), now).await?;
        tx.notify_job().await?;
    }
    Ok(Inserted { accepted: added.into_iter().map(|delivery| delivery.record.id.clone()).collect(), new, reported })
}

/// Marks the entry of a deal as known, when a delivery has read the deal.
pub(crate) async fn record_entry(tx: &mut Tx, delivery: &DeliveryRow, deal: &Deal, now: Timestamp) -> Result<()> {
    let (organization, connection) = (&delivery.organization_id, &delivery.connection_id);
    let event = NewEvent { organization, connection, key: deal.entry_key(), delivery: delivery.id.to_string() };
    delivery_events::insert_unless_known(tx, vec![event], now).await?;
    Ok(())
}
