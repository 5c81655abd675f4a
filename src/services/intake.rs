//! Takes in deliveries: calls that arrive together share one commit, because the commit is what takes the time.
//!
//! A task of its own stores them, so a caller that hangs up cannot tear a transaction.

use super::WebhookCaller;
use crate::{
    clock::Clock,
    db::{self, Db, Tx, activity::NewActivity, deliveries, webhook_messages},
    domain::{
        delivery::{Acceptance, Receipt},
        ids::DeliveryId,
        opportunity::SalesforceId,
        problem::Problem,
        time::Timestamp,
        timeline::ActivityKind,
    },
    hub::{Error, Result},
    jobs::{Job, Wake, enqueue},
    random::new_id,
};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The most calls that wait; one more is told to come back.
const QUEUE: usize = 1024;
/// The most calls that share a commit.
const CALLS_PER_COMMIT: usize = 64;
/// How long a signed message is remembered: longer than anyone tries to send the same one.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Where calls are handed in.
#[derive(Clone)]
pub struct Intake {
    calls: mpsc::Sender<Call>,
}

struct Call {
    caller: WebhookCaller,
    opportunities: Vec<SalesforceId>,
    message: Option<String>,
    answer: oneshot::Sender<Result<Vec<Receipt>>>,
}

impl Intake {
    /// Starts the task that stores. It ends when the last handle is gone.
    pub(crate) fn start(db: Db, clock: Clock, wake: Wake) -> Self {
        let (calls, mut queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(CALLS_PER_COMMIT);
            while queue.recv_many(&mut together, CALLS_PER_COMMIT).await > 0 {
                store_together(&db, clock.now(), std::mem::take(&mut together)).await;
                wake.wake();
            }
        });
        Self { calls }
    }

    /// Stores a call's deliveries, all or nothing. They are durable when this returns.
    ///
    /// # Errors
    /// Too many wait, the connection is gone, or the database did not take it.
    pub(super) async fn store(
        &self,
        caller: WebhookCaller,
        opportunities: Vec<SalesforceId>,
        message: Option<String>,
    ) -> Result<Vec<Receipt>> {
        let (answer, answered) = oneshot::channel();
        self.calls.try_send(Call { caller, opportunities, message, answer }).map_err(|_| Problem::Unavailable)?;
        answered.await.map_err(|_| Problem::Unavailable)?
    }
}

/// One commit for all. When that fails, each alone, so that one bad call does not spoil the others.
async fn store_together(db: &Db, now: Timestamp, calls: Vec<Call>) {
    if let [_, _, ..] = calls.as_slice()
        && let Ok(results) = store_all(db, now, &calls).await
    {
        return calls.into_iter().zip(results).for_each(|(call, receipts)| drop(call.answer.send(Ok(receipts))));
    }
    for call in calls {
        let result = store_all(db, now, std::slice::from_ref(&call)).await;
        let receipts = result.map(|mut receipts| receipts.pop().unwrap_or_default());
        // A caller that has hung up is told nothing; its delivery stands.
        let _ = call.answer.send(receipts);
    }
}

async fn store_all(db: &Db, now: Timestamp, calls: &[Call]) -> Result<Vec<Vec<Receipt>>> {
    let mut tx = db.begin().await?;
    let mut all = Vec::with_capacity(calls.len());
    for call in calls {
        all.push(store_call(&mut tx, call, now).await?);
    }
    tx.commit().await?;
    Ok(all)
}

async fn store_call(tx: &mut Tx, call: &Call, now: Timestamp) -> Result<Vec<Receipt>> {
    let place = (&call.caller.organization_id, &call.caller.connection_id);
    let connection = db::connections::find(tx, place.0, place.1).await?.ok_or(Problem::NotSignedIn)?;
    if let Some(message) = &call.message {
        webhook_messages::delete_older(tx, place, now - REMEMBERED).await?;
        if !webhook_messages::insert_if_absent(tx, place, message, now).await? {
            let receipts = webhook_messages::receipts(tx, place, message).await?;
            return Ok(receipts.into_iter().map(|receipt| Receipt { status: Acceptance::Duplicate, ..receipt }).collect());
        }
    }
    if connection.trigger_seen_at.is_none() {
        db::connections::note_trigger(tx, place.0, place.1, now).await?;
    }
    let mut receipts = Vec::with_capacity(call.opportunities.len());
    for opportunity in &call.opportunities {
        receipts.push(store_one(tx, &call.caller, opportunity, now).await?);
    }
    if let Some(message) = &call.message {
        webhook_messages::set_receipts(tx, place, message, &receipts).await?;
    }
    Ok(receipts)
}

async fn store_one(tx: &mut Tx, caller: &WebhookCaller, opportunity: &SalesforceId, now: Timestamp) -> Result<Receipt> {
    let id: DeliveryId = new_id();
    let place = (&caller.organization_id, &caller.connection_id);
    let receipt = |delivery_id, status| Receipt { delivery_id, opportunity_id: opportunity.to_string(), status };
    if !deliveries::insert_unless_waiting(tx, &id, place, opportunity, now).await? {
        let waiting = deliveries::find_waiting(tx, &caller.connection_id, opportunity).await?;
        // On PostgreSQL the one that waited can begin between the two statements; the caller's retry then makes a new one.
        let waiting = waiting.ok_or(Error::Problem(Problem::Unavailable))?;
        return Ok(receipt(waiting, Acceptance::Duplicate));
    }
    enqueue(tx, &Job::Ingest(id.clone()), &caller.organization_id, Some(&caller.connection_id), now).await?;
    let line = NewActivity::new(
        &caller.organization_id,
        ActivityKind::WebhookReceived,
        "Salesforce",
        "Salesforce reported the Opportunity",
        now,
    );
    db::activity::insert(tx, line.delivery(&id).connection(&caller.connection_id)).await?;
    Ok(receipt(id, Acceptance::Accepted))
}
