//! Stores webhook calls as deliveries. Concurrent calls share one transaction, because the commit is the most expensive step. A
//! separate task runs the transactions, so that a disconnect of the caller cannot interrupt them.

use super::waiting_quota::WaitingQuota;
use super::webhook_authentication::WebhookCaller;
use crate::clock::Clock;
use crate::config::Quotas;
use crate::connectors::webhook::{WebhookEvent, WebhookSpec};
use crate::connectors::{self};
use crate::db::connections::webhook_secrets;
use crate::db::deliveries::delivery_events::{self, NewEvent};
use crate::db::deliveries::ingestion::{self as tables, Reporter};
use crate::db::deliveries::{self, NewDelivery, webhook_messages};
use crate::db::{self, Db, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::compatibility::DeliveryFields;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::{Acceptance, Origin, Receipt};
use crate::domain::ids::{DeliveryId, OrganizationId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::error::{Error, Result, chain};
use crate::jobs::Notifier;
use crate::services::account::quota_rejection::exceeded;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tokio::sync::{mpsc, oneshot};

/// Maximum number of queued calls. Further calls are rejected with [`Problem::Unavailable`].
const QUEUE_LENGTH: usize = 1_024;
const CALLS_PER_COMMIT: usize = 64;
/// Maximum number of attempts if transactions conflict.
const ATTEMPTS: usize = 3;

/// Handle to the task that stores deliveries.
#[derive(Clone)]
pub struct IngestionQueue {
    calls: mpsc::Sender<Call>,
}

struct Call {
    caller: WebhookCaller,
    webhook: &'static WebhookSpec,
    events: Vec<WebhookEvent>,
    /// Message id of a signed call.
    message: Option<String>,
    result: oneshot::Sender<Result<Vec<Receipt>>>,
}

impl Call {
    fn organization(&self) -> &OrganizationId {
        &self.caller.organization_id
    }
}

impl IngestionQueue {
    /// Starts the task. It ends when the last handle is dropped.
    pub(crate) fn start(db: Db, clock: Clock, notifier: Notifier, quotas: &Quotas) -> Self {
        let (calls, mut queue) = mpsc::channel(QUEUE_LENGTH);
        let mut storage = DeliveryStorage { db, clock, quota: WaitingQuota::new(quotas.limit(Quota::WaitingDeliveries)) };
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(CALLS_PER_COMMIT);
            while queue.recv_many(&mut batch, CALLS_PER_COMMIT).await > 0 {
                if let Err(problem) = storage.store(std::mem::take(&mut batch)).await {
                    // Rejects all queued calls. Otherwise, each call would wait for a separate database timeout.
                    reject(std::iter::from_fn(|| queue.try_recv().ok()).take(QUEUE_LENGTH), &problem);
                }
                notifier.notify_jobs();
            }
        });
        Self { calls }
    }

    /// Stores the deliveries of a call atomically. They are durable when the function returns.
    pub(crate) async fn store(
        &self,
        caller: WebhookCaller,
        webhook: &'static WebhookSpec,
        events: Vec<WebhookEvent>,
        message: Option<String>,
    ) -> Result<Vec<Receipt>> {
        let (result, received) = oneshot::channel();
        self.calls.try_send(Call { caller, webhook, events, message, result }).map_err(|_| Problem::Unavailable)?;
        received.await.map_err(|_| Problem::Unavailable)?
    }
}

struct DeliveryStorage {
    db: Db,
    clock: Clock,
    quota: WaitingQuota,
}

impl DeliveryStorage {
    /// Stores the calls and sends the results. The calls of organizations within their quota share a transaction. The remaining
    /// calls are stored one by one, to reject only the calls that exceed the quota. Fails on an error that affects all calls,
    /// such as an unavailable database.
    async fn store(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        let over_quota = match self.find_over_quota(&calls).await {
            Ok(over_quota) => over_quota,
            Err(error) => return self.respond(calls, Err(error)),
        };
        let (separate, batch): (Vec<Call>, Vec<Call>) =
            calls.into_iter().partition(|call| over_quota.contains(call.organization()));
        if let Err(problem) = self.store_batch(batch).await {
            reject(separate, &problem);
            return Err(problem);
        }
        self.store_each(separate).await
    }

    /// Returns the organizations whose calls may exceed their quota.
    async fn find_over_quota(&mut self, calls: &[Call]) -> Result<HashSet<OrganizationId>> {
        let mut wanted: HashMap<&OrganizationId, usize> = HashMap::new();
        for call in calls {
            *wanted.entry(call.organization()).or_default() += call.events.len();
        }
        let mut over_quota = HashSet::new();
        for (organization, number) in wanted {
            if self.quota.remaining(&self.db, organization, number, self.clock.now()).await? < number {
                over_quota.insert(organization.clone());
            }
        }
        Ok(over_quota)
    }

    /// Stores the calls in one transaction. If one of the calls causes an error, stores each call in a separate transaction.
    async fn store_batch(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        if calls.is_empty() {
            return Ok(());
        }
        match store_all(&self.db, self.clock.now(), &calls, usize::MAX).await {
            Err(error) if calls.len() > 1 && is_about_calls(&error) => self.store_each(calls).await,
            stored => self.respond(calls, stored),
        }
    }

    async fn store_each(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        let mut calls = calls.into_iter();
        while let Some(call) = calls.next() {
            let stored = self.store_one(&call).await;
            if let Err(problem) = self.respond(vec![call], stored) {
                reject(calls, &problem);
                return Err(problem);
            }
        }
        Ok(())
    }

    async fn store_one(&mut self, call: &Call) -> Result<Vec<Vec<Receipt>>> {
        let now = self.clock.now();
        let remaining = self.quota.remaining(&self.db, call.organization(), call.events.len(), now).await?;
        if remaining == 0 && self.adds_delivery(call).await? {
            return Err(exceeded(Quota::WaitingDeliveries).into());
        }
        store_all(&self.db, now, std::slice::from_ref(call), remaining).await
    }

    /// Returns `true` if the call is certain to add a delivery. Only reads, because rejecting a call must cost less than storing
    /// it.
    async fn adds_delivery(&self, call: &Call) -> Result<bool> {
        if call.message.is_some() {
            return Ok(false);
        }
        let mut tx = self.db.acquire().await?;
        let (organization, connection) = (call.organization(), &call.caller.connection_id);
        for WebhookEvent { record, key } in &call.events {
            let is_known = match key {
                Some(key) => delivery_events::find(&mut tx, organization, connection, key).await?.is_some(),
                None => false,
            };
            if !is_known && deliveries::find_waiting(&mut tx, connection, record).await?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sends the result of each call to its caller. Fails on an error that affects all calls.
    fn respond(&mut self, calls: Vec<Call>, stored: Result<Vec<Vec<Receipt>>>) -> std::result::Result<(), Problem> {
        match stored {
            Ok(all) => {
                for (call, receipts) in calls.into_iter().zip(all) {
                    let accepted = receipts.iter().filter(|receipt| receipt.status == Acceptance::Accepted).count();
                    self.quota.add(call.organization(), accepted);
                    // Sending fails if the caller has disconnected. The deliveries stay stored.
                    drop(call.result.send(Ok(receipts)));
                }
                Ok(())
            }
            Err(error) => {
                let is_about_calls = is_about_calls(&error);
                // Logs the error once for all calls.
                let problem = error.report();
                reject(calls, &problem);
                if is_about_calls { Ok(()) } else { Err(problem) }
            }
        }
    }
}

fn reject(calls: impl IntoIterator<Item = Call>, problem: &Problem) {
    calls.into_iter().for_each(|call| drop(call.result.send(Err(problem.clone().into()))));
}

/// Returns `true` if these calls cause the error, so that other calls can still be stored.
fn is_about_calls(error: &Error) -> bool {
    match error {
        Error::Problem(_) => true,
        Error::Database(error) => db::is_row_error(error),
        _ => false,
    }
}

/// Retries after conflicts. On PostgreSQL, processing of a waiting delivery can begin between two statements, and transactions
/// of two servers can deadlock.
async fn store_all(db: &Db, now: Timestamp, calls: &[Call], limit: usize) -> Result<Vec<Vec<Receipt>>> {
    for _ in 1..ATTEMPTS {
        match try_store_all(db, now, calls, limit).await {
            Ok(None) => {}
            Err(Error::Database(error)) if db::is_conflict(&error) => {
                tracing::warn!(error = chain(&error), "retrying to store deliveries");
            }
            Ok(Some(receipts)) => return Ok(receipts),
            Err(error) => return Err(error),
        }
    }
    try_store_all(db, now, calls, limit).await?.ok_or_else(|| Problem::Unavailable.into())
}

/// Fails if the calls add more than `limit` deliveries. Stores nothing and returns `None` if processing of a waiting delivery
/// began concurrently.
async fn try_store_all(db: &Db, now: Timestamp, calls: &[Call], limit: usize) -> Result<Option<Vec<Vec<Receipt>>>> {
    let mut tx = db.begin().await?;
    check_callers(&mut tx, calls, now).await?;
    let repeated = find_repeated(&mut tx, calls, now).await?;
    let new_calls = || calls.iter().zip(&repeated).filter(|(_, repeated)| repeated.is_none()).map(|(call, _)| call);
    let (deliveries, reporters): (Vec<NewDelivery>, Vec<Reporter<'_>>) = new_calls().flat_map(of_call).unzip();
    let known = record_keys(&mut tx, new_calls(), &deliveries, now).await?;
    let unknown = deliveries.iter().filter(|delivery| !known.contains(&delivery.id));
    let accepted: HashSet<DeliveryId> = tables::insert_unless_waiting(&mut tx, unknown, now).await?.into_iter().collect();
    if accepted.len() > limit {
        return Err(exceeded(Quota::WaitingDeliveries).into());
    }
    if !accepted.is_empty() {
        let new = deliveries.iter().zip(reporters).filter(|(delivery, _)| accepted.contains(&delivery.id));
        tables::insert_jobs(&mut tx, new, now).await?;
        tx.notify_job().await?;
    }
    let mut deliveries = deliveries.into_iter();
    let mut all = Vec::with_capacity(calls.len());
    for (call, repeated) in calls.iter().zip(repeated) {
        all.push(match repeated {
            Some(receipts) => receipts,
            None => match receipts(&mut tx, call, &mut deliveries, &known, &accepted).await? {
                Some(receipts) => receipts,
                None => return Ok(None),
            },
        });
    }
    reach(Step::IngestionStoring);
    tx.commit().await?;
    reach(Step::IngestionStored);
    Ok(Some(all))
}

/// Locks the connections until the commit. Records the first call of each connection and the use of the secrets. All servers lock
/// connections, secrets and messages in ascending order, to avoid deadlocks.
async fn check_callers(tx: &mut Tx, calls: &[Call], now: Timestamp) -> Result<()> {
    let connections: BTreeMap<&str, &WebhookCaller> =
        calls.iter().map(|call| (call.caller.connection_id.as_str(), &call.caller)).collect();
    for caller in connections.into_values() {
        let (organization, connection) = (&caller.organization_id, &caller.connection_id);
        let locked = tables::lock_connection(tx, organization, connection).await?.ok_or(Problem::NotSignedIn)?;
        if locked.trigger_seen_at.is_none() {
            db::connections::record_trigger(tx, organization, connection, now).await?;
        }
    }
    let used: BTreeSet<&String> = calls.iter().filter_map(|call| call.caller.secret_to_touch.as_ref()).collect();
    for digest in used {
        webhook_secrets::touch(tx, digest, now).await?;
    }
    Ok(())
}

/// Returns one item for each call: the receipts of the first call if this call repeats a signed message, otherwise `None`.
async fn find_repeated(tx: &mut Tx, calls: &[Call], now: Timestamp) -> Result<Vec<Option<Vec<Receipt>>>> {
    let mut all = vec![None; calls.len()];
    let mut messages = BTreeMap::new();
    for (at, Call { caller, message, .. }) in calls.iter().enumerate() {
        let Some(message) = message else { continue };
        // If a batch contains a message twice, this error causes separate transactions, so that the second call finds the
        // receipts of the first call.
        if messages.insert((caller.connection_id.as_str(), message), (at, caller)).is_some() {
            return Err(Problem::Unavailable.into());
        }
    }
    for ((_, message), (at, caller)) in messages {
        let (organization, connection) = (&caller.organization_id, &caller.connection_id);
        if !webhook_messages::insert_if_absent(tx, organization, connection, message, now).await? {
            let receipts = webhook_messages::receipts(tx, organization, connection, message).await?;
            let duplicates = receipts.into_iter().map(|receipt| Receipt { status: Acceptance::Duplicate, ..receipt });
            all[at] = Some(duplicates.collect());
        }
    }
    Ok(all)
}

/// Records the keys of events. Returns the deliveries of the events whose keys are known already. `deliveries` has one delivery for
/// each event of the calls.
async fn record_keys(
    tx: &mut Tx,
    calls: impl Iterator<Item = &Call>,
    deliveries: &[NewDelivery],
    now: Timestamp,
) -> Result<HashSet<DeliveryId>> {
    let events = deliveries.iter().zip(calls.flat_map(|call| &call.events));
    let keyed: Vec<(&NewDelivery, NewEvent<'_>)> = events
        .filter_map(|(delivery, event)| {
            let NewDelivery { id, organization_id: organization, connection_id: connection, .. } = delivery;
            Some((delivery, NewEvent { organization, connection, key: event.key.clone()?, delivery: id.to_string() }))
        })
        .collect();
    let (deliveries, events): (Vec<_>, Vec<_>) = keyed.into_iter().unzip();
    let recorded = delivery_events::insert_unless_known(tx, events, now).await?;
    let recorded: HashSet<&str> = recorded.iter().map(|event| event.delivery_id.as_str()).collect();
    let known = deliveries.into_iter().filter(|delivery| !recorded.contains(delivery.id.as_str()));
    Ok(known.map(|delivery| delivery.id.clone()).collect())
}

/// Returns the receipts of a call; `None` if processing of a waiting delivery began concurrently. The next items of `new` are the
/// deliveries of this call. Those in `known` belong to repeated events, which get no receipt.
async fn receipts(
    tx: &mut Tx,
    call: &Call,
    new: &mut impl Iterator<Item = NewDelivery>,
    known: &HashSet<DeliveryId>,
    accepted: &HashSet<DeliveryId>,
) -> Result<Option<Vec<Receipt>>> {
    let mut receipts = Vec::with_capacity(call.events.len());
    for (new, event) in new.take(call.events.len()).zip(&call.events) {
        if known.contains(&new.id) {
            continue;
        }
        let (delivery_id, status) = if accepted.contains(&new.id) {
            (new.id, Acceptance::Accepted)
        } else {
            let Some(waiting) = join_waiting(tx, &new, event.key.as_deref()).await? else { return Ok(None) };
            (waiting, Acceptance::Duplicate)
        };
        let record = new.record;
        let compatibility = DeliveryFields::of(call.caller.integration_id.slug(), &record);
        receipts.push(Receipt { delivery_id, compatibility, record, status });
    }
    if let Some(message) = &call.message {
        let (organization, connection) = (&call.caller.organization_id, &call.caller.connection_id);
        webhook_messages::set_receipts(tx, organization, connection, message, &receipts).await?;
    }
    Ok(Some(receipts))
}

/// Assigns an event to the waiting delivery of its record, and returns the delivery; `None` if its processing began concurrently.
/// If the event's caller has decided about the record, the trigger rule no longer decides about the delivery.
async fn join_waiting(tx: &mut Tx, new: &NewDelivery, key: Option<&str>) -> Result<Option<DeliveryId>> {
    let NewDelivery { organization_id: organization, connection_id: connection, record, applies_rule, .. } = new;
    let Some(waiting) = tables::find_waiting(tx, connection, record).await? else { return Ok(None) };
    if waiting.applies_rule && !applies_rule && !tables::waive_rule(tx, organization, &waiting.id).await? {
        return Ok(None);
    }
    if let Some(key) = key {
        delivery_events::set_delivery(tx, organization, connection, key, &waiting.id).await?;
    }
    Ok(Some(waiting.id))
}

fn of_call(call: &Call) -> impl Iterator<Item = (NewDelivery, Reporter<'_>)> {
    let caller = &call.caller;
    let name = connectors::find(caller.integration_id.slug()).map_or("", |connector| connector.name);
    call.events.iter().map(move |event| {
        let record = event.record.clone();
        let delivery = NewDelivery::new(&caller.organization_id, &caller.connection_id, record, Origin::Webhook);
        let delivery = if call.webhook.applies_rule { delivery.with_rule() } else { delivery };
        (delivery, Reporter { name, summary: call.webhook.summary, kind: ActivityKind::WebhookReceived })
    })
}
