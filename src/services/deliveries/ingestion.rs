//! Takes in deliveries: calls that arrive together share one commit, because the commit is what takes the time.
//!
//! A task of its own stores them, so a caller that hangs up cannot tear a transaction.

use super::waiting_quota::WaitingQuota;
use crate::{
    clock::Clock,
    config::Quotas,
    connectors::{self, webhook::WebhookSpec},
    db::{
        self, Db, Tx,
        connections::webhook_secrets,
        deliveries::{
            self, NewDelivery,
            ingestion::{self as tables, Reporter},
            webhook_messages,
        },
    },
    domain::{
        account::quota::Quota,
        compatibility::DeliveryFields,
        connection::record::RecordRef,
        delivery::{Acceptance, Origin, Receipt},
        ids::{DeliveryId, OrganizationId},
        problem::Problem,
        time::Timestamp,
    },
    fail_points::{Step, reach},
    hub::{Error, Result, chain},
    jobs::Notifier,
    services::{WebhookCaller, account::quotas::exceeded},
};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tokio::sync::{mpsc, oneshot};

/// The most calls that wait; one more is told to come back.
const QUEUE: usize = 1_024;
/// The most calls that share a commit.
const CALLS_PER_COMMIT: usize = 64;
/// How often the same calls are stored before they are told to come back.
const ATTEMPTS: usize = 3;

/// Where calls are handed in.
#[derive(Clone)]
pub struct IngestionQueue {
    calls: mpsc::Sender<Call>,
}

pub(crate) struct Call {
    caller: WebhookCaller,
    webhook: &'static WebhookSpec,
    pub(crate) records: Vec<RecordRef>,
    message: Option<String>,
    answer: oneshot::Sender<Result<Vec<Receipt>>>,
}

impl Call {
    pub(crate) fn organization(&self) -> &OrganizationId {
        &self.caller.organization_id
    }
}

impl IngestionQueue {
    /// Starts the task that stores. It ends when the last handle is gone.
    pub(crate) fn start(db: Db, clock: Clock, notifier: Notifier, quotas: &Quotas) -> Self {
        let (calls, mut queue) = mpsc::channel(QUEUE);
        let mut storing = Storing { db, clock, quota: WaitingQuota::new(quotas.limit(Quota::WaitingDeliveries)) };
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(CALLS_PER_COMMIT);
            while queue.recv_many(&mut together, CALLS_PER_COMMIT).await > 0 {
                if let Err(problem) = storing.store(std::mem::take(&mut together)).await {
                    turn_away(&mut queue, &problem);
                }
                notifier.notify_jobs();
            }
        });
        Self { calls }
    }

    /// Stores a call's deliveries, all or nothing. They are durable when this returns.
    ///
    /// # Errors
    /// Too many wait, the connection is gone, or the database did not take it.
    pub(crate) async fn store(
        &self,
        caller: WebhookCaller,
        webhook: &'static WebhookSpec,
        records: Vec<RecordRef>,
        message: Option<String>,
    ) -> Result<Vec<Receipt>> {
        let (answer, answered) = oneshot::channel();
        self.calls.try_send(Call { caller, webhook, records, message, answer }).map_err(|_| Problem::Unavailable)?;
        answered.await.map_err(|_| Problem::Unavailable)?
    }
}

/// What the task that stores works with.
struct Storing {
    db: Db,
    clock: Clock,
    quota: WaitingQuota,
}

impl Storing {
    /// Calls that certainly fit into the quotas share a commit; of the others each is stored alone, so that it is known which one is
    /// beyond its quota. Gives the problem when the database takes nothing from any caller just now.
    async fn store(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        let fitting = match self.quota.fitting(&self.db, &calls, self.clock.now()).await {
            Ok(fitting) => fitting,
            Err(error) => return self.answer(calls, Err(error)),
        };
        let mut fitting = fitting.into_iter();
        let (fitting, tight): (Vec<Call>, Vec<Call>) = calls.into_iter().partition(|_| fitting.next().unwrap_or(false));
        if let Err(problem) = self.store_together(fitting).await {
            refuse(tight, &problem);
            return Err(problem);
        }
        self.store_each(tight).await
    }

    /// One commit for all. When that fails because of a call among them, each alone, so that it does not spoil the others.
    async fn store_together(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        if calls.is_empty() {
            return Ok(());
        }
        match store_all(&self.db, self.clock.now(), &calls, usize::MAX).await {
            Err(error) if calls.len() > 1 && is_about_the_calls(&error) => self.store_each(calls).await,
            stored => self.answer(calls, stored),
        }
    }

    async fn store_each(&mut self, calls: Vec<Call>) -> std::result::Result<(), Problem> {
        let mut calls = calls.into_iter();
        while let Some(call) = calls.next() {
            let stored = self.store_one(&call).await;
            if let Err(problem) = self.answer(vec![call], stored) {
                // Each of the others would wait as long again.
                refuse(calls, &problem);
                return Err(problem);
            }
        }
        Ok(())
    }

    async fn store_one(&mut self, call: &Call) -> Result<Vec<Vec<Receipt>>> {
        let now = self.clock.now();
        let room = self.quota.room(&self.db, call.organization(), call.records.len(), now).await?;
        if room == 0 && self.is_certainly_new(call).await? {
            return Err(exceeded(Quota::WaitingDeliveries).into());
        }
        store_all(&self.db, now, std::slice::from_ref(call), room).await
    }

    /// Whether a delivery of the call would be added, as far as reading tells: refusing must cost less than storing.
    async fn is_certainly_new(&self, call: &Call) -> Result<bool> {
        if call.message.is_some() {
            return Ok(false);
        }
        let mut tx = self.db.acquire().await?;
        for record in &call.records {
            if deliveries::find_waiting(&mut tx, &call.caller.connection_id, record).await?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells those who call. Gives the problem when the database takes nothing from any caller just now.
    fn answer(&mut self, calls: Vec<Call>, stored: Result<Vec<Vec<Receipt>>>) -> std::result::Result<(), Problem> {
        match stored {
            Ok(all) => {
                for (call, receipts) in calls.into_iter().zip(all) {
                    let accepted = receipts.iter().filter(|receipt| receipt.status == Acceptance::Accepted).count();
                    self.quota.accepted(call.organization(), accepted);
                    // A caller that has hung up is told nothing; its deliveries stand.
                    drop(call.answer.send(Ok(receipts)));
                }
                Ok(())
            }
            Err(error) => {
                let is_theirs = is_about_the_calls(&error);
                // Logged once, and not once for each who waits.
                let problem = error.report();
                refuse(calls, &problem);
                if is_theirs { Ok(()) } else { Err(problem) }
            }
        }
    }
}

fn refuse(calls: impl IntoIterator<Item = Call>, problem: &Problem) {
    calls.into_iter().for_each(|call| drop(call.answer.send(Err(problem.clone().into()))));
}

/// Those who wait while the database does not answer are told so too, instead of each waiting as long again.
fn turn_away(queue: &mut mpsc::Receiver<Call>, problem: &Problem) {
    refuse(std::iter::from_fn(|| queue.try_recv().ok()).take(QUEUE), problem);
}

/// Whether other calls can be stored although these could not: their connection is gone, or the database answered about their rows.
fn is_about_the_calls(error: &Error) -> bool {
    match error {
        Error::Problem(_) => true,
        Error::Database(error) => db::is_about_rows(error),
        _ => false,
    }
}

/// On PostgreSQL a delivery that waited can begin between two statements, and two servers can wait for each other; then the whole is done
/// again.
async fn store_all(db: &Db, now: Timestamp, calls: &[Call], room: usize) -> Result<Vec<Vec<Receipt>>> {
    for _ in 1..ATTEMPTS {
        match try_store_all(db, now, calls, room).await {
            Ok(None) => {}
            Err(Error::Database(error)) if db::is_conflict(&error) => {
                tracing::warn!(error = chain(&error), "deliveries are stored again");
            }
            Ok(Some(receipts)) => return Ok(receipts),
            Err(error) => return Err(error),
        }
    }
    try_store_all(db, now, calls, room).await?.ok_or_else(|| Problem::Unavailable.into())
}

/// Adds at most `room` deliveries. `None` when a delivery that waited no longer does: nothing was stored.
async fn try_store_all(db: &Db, now: Timestamp, calls: &[Call], room: usize) -> Result<Option<Vec<Vec<Receipt>>>> {
    let mut tx = db.begin().await?;
    check_callers(&mut tx, calls, now).await?;
    let taken = taken_before(&mut tx, calls, now).await?;
    let new_calls = || calls.iter().zip(&taken).filter(|(_, taken)| taken.is_none()).map(|(call, _)| call);
    let (deliveries, reporters): (Vec<NewDelivery>, Vec<Reporter<'_>>) = new_calls().flat_map(of_call).unzip();
    let accepted: HashSet<DeliveryId> = tables::insert_unless_waiting(&mut tx, &deliveries, now).await?.into_iter().collect();
    if accepted.len() > room {
        return Err(exceeded(Quota::WaitingDeliveries).into());
    }
    if !accepted.is_empty() {
        let new = || deliveries.iter().zip(&reporters).filter(|(delivery, _)| accepted.contains(&delivery.id));
        tables::insert_jobs(&mut tx, new().map(|(delivery, _)| delivery), now).await?;
        tables::insert_activity(&mut tx, new().map(|(delivery, reporter)| (delivery, *reporter)), now).await?;
        tx.announce_job().await?;
    }
    let mut deliveries = deliveries.into_iter();
    let mut all = Vec::with_capacity(calls.len());
    for (call, taken) in calls.iter().zip(taken) {
        all.push(match taken {
            Some(receipts) => receipts,
            None => match receipts(&mut tx, call, &mut deliveries, &accepted).await? {
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

/// Every connection must still be there, and stays until the commit. That its trigger has called and its secret was used is noted in the
/// same commit. Several servers do this at once, so here and below what is locked is locked in one order.
async fn check_callers(tx: &mut Tx, calls: &[Call], now: Timestamp) -> Result<()> {
    let connections: BTreeMap<&str, &WebhookCaller> =
        calls.iter().map(|call| (call.caller.connection_id.as_str(), &call.caller)).collect();
    for caller in connections.into_values() {
        let place = (&caller.organization_id, &caller.connection_id);
        let held = tables::hold_connection(tx, place).await?.ok_or(Problem::NotSignedIn)?;
        if held.trigger_seen_at.is_none() {
            db::connections::record_trigger(tx, place.0, place.1, now).await?;
        }
    }
    let used: BTreeSet<&String> = calls.iter().filter_map(|call| call.caller.secret_to_note.as_ref()).collect();
    for digest in used {
        webhook_secrets::touch(tx, digest, now).await?;
    }
    Ok(())
}

/// For each call, what was answered to the signed message that it repeats.
async fn taken_before(tx: &mut Tx, calls: &[Call], now: Timestamp) -> Result<Vec<Option<Vec<Receipt>>>> {
    let mut all = vec![None; calls.len()];
    let mut messages = BTreeMap::new();
    for (at, Call { caller, message, .. }) in calls.iter().enumerate() {
        let Some(message) = message else { continue };
        // Twice in one commit: the calls are stored one by one then, and the second finds the answer to the first.
        if messages.insert((caller.connection_id.as_str(), message), (at, caller)).is_some() {
            return Err(Problem::Unavailable.into());
        }
    }
    for ((_, message), (at, caller)) in messages {
        let place = (&caller.organization_id, &caller.connection_id);
        if !webhook_messages::insert_if_absent(tx, place, message, now).await? {
            let receipts = webhook_messages::receipts(tx, place, message).await?;
            let again = receipts.into_iter().map(|receipt| Receipt { status: Acceptance::Duplicate, ..receipt });
            all[at] = Some(again.collect());
        }
    }
    Ok(all)
}

/// The receipts of a call whose deliveries are the next ones; `None` when one of another call waited, and has begun.
async fn receipts(
    tx: &mut Tx,
    call: &Call,
    deliveries: &mut impl Iterator<Item = NewDelivery>,
    accepted: &HashSet<DeliveryId>,
) -> Result<Option<Vec<Receipt>>> {
    let mut receipts = Vec::with_capacity(call.records.len());
    for delivery in deliveries.take(call.records.len()) {
        let Some(receipt) = receipt(tx, call, delivery, accepted).await? else { return Ok(None) };
        receipts.push(receipt);
    }
    if let Some(message) = &call.message {
        let place = (&call.caller.organization_id, &call.caller.connection_id);
        webhook_messages::set_receipts(tx, place, message, &receipts).await?;
    }
    Ok(Some(receipts))
}

fn of_call(call: &Call) -> impl Iterator<Item = (NewDelivery, Reporter<'_>)> {
    let caller = &call.caller;
    let name = connectors::find(caller.integration_id.slug()).map_or("", |connector| connector.name);
    call.records.iter().map(move |record| {
        let delivery = NewDelivery::new((&caller.organization_id, &caller.connection_id), record.clone(), Origin::Webhook);
        (delivery, Reporter { name, summary: call.webhook.summary })
    })
}

async fn receipt(tx: &mut Tx, call: &Call, delivery: NewDelivery, accepted: &HashSet<DeliveryId>) -> Result<Option<Receipt>> {
    let found = match accepted.contains(&delivery.id) {
        true => Some((delivery.id, Acceptance::Accepted)),
        false => {
            let waiting = deliveries::find_waiting(tx, &delivery.connection_id, &delivery.record).await?;
            waiting.map(|waiting| (waiting, Acceptance::Duplicate))
        }
    };
    Ok(found.map(|(delivery_id, status)| Receipt {
        delivery_id,
        compatibility: DeliveryFields::of(call.caller.integration_id.slug(), &delivery.record),
        record: delivery.record,
        status,
    }))
}
