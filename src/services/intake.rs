//! Takes in deliveries: calls that arrive together share one commit, because the commit is what takes the time.
//!
//! A task of its own stores them, so a caller that hangs up cannot tear a transaction.

use super::WebhookCaller;
use crate::{
    clock::Clock,
    db::{
        self, Db, Tx,
        deliveries::{self, NewDelivery},
        intake as tables, webhook_messages, webhook_secrets,
    },
    domain::{
        delivery::{Acceptance, Receipt},
        ids::DeliveryId,
        opportunity::SalesforceId,
        problem::Problem,
        time::Timestamp,
    },
    fail_points::{Step, reach},
    hub::{Error, Result},
    jobs::Wake,
};
use std::collections::{BTreeSet, HashSet};
use tokio::sync::{mpsc, oneshot};

/// The most calls that wait; one more is told to come back.
const QUEUE: usize = 1_024;
/// The most calls that share a commit.
const CALLS_PER_COMMIT: usize = 64;

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
                if let Err(problem) = store_together(&db, clock.now(), std::mem::take(&mut together)).await {
                    turn_away(&mut queue, &problem);
                }
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

/// One commit for all. When a call of them cannot be stored, each alone, so that it does not spoil the others; when the database does
/// not answer, all are told to come back: each alone would wait as long again.
async fn store_together(db: &Db, now: Timestamp, calls: Vec<Call>) -> std::result::Result<(), Problem> {
    match store_all(db, now, &calls).await {
        // A caller that has hung up is told nothing; its deliveries stand.
        Ok(results) => calls.into_iter().zip(results).for_each(|(call, receipts)| drop(call.answer.send(Ok(receipts)))),
        Err(Error::Problem(_)) if calls.len() > 1 => {
            for call in calls {
                let result = store_all(db, now, std::slice::from_ref(&call)).await;
                drop(call.answer.send(result.map(|mut receipts| receipts.pop().unwrap_or_default())));
            }
        }
        Err(error) => {
            // Logged once, and not once for each who waits.
            let problem = Problem::from(error);
            calls.into_iter().for_each(|call| drop(call.answer.send(Err(problem.clone().into()))));
            return Err(problem);
        }
    }
    Ok(())
}

/// Those who wait while the database does not answer are told so too, instead of each waiting as long again.
fn turn_away(queue: &mut mpsc::Receiver<Call>, problem: &Problem) {
    for _ in 0..QUEUE {
        let Ok(call) = queue.try_recv() else { return };
        drop(call.answer.send(Err(problem.clone().into())));
    }
}

async fn store_all(db: &Db, now: Timestamp, calls: &[Call]) -> Result<Vec<Vec<Receipt>>> {
    let mut tx = db.begin().await?;
    check_callers(&mut tx, calls, now).await?;
    let taken = taken_before(&mut tx, calls, now).await?;
    let new_calls = || calls.iter().zip(&taken).filter(|(_, taken)| taken.is_none()).map(|(call, _)| call);
    let deliveries: Vec<NewDelivery> = new_calls().flat_map(of_call).collect();
    let accepted: HashSet<DeliveryId> = tables::insert_unless_waiting(&mut tx, &deliveries, now).await?.into_iter().collect();
    if !accepted.is_empty() {
        let new = || deliveries.iter().filter(|delivery| accepted.contains(&delivery.id));
        tables::insert_jobs(&mut tx, new(), now).await?;
        tables::insert_activity(&mut tx, new(), now).await?;
        tx.announce_job().await?;
    }
    let mut deliveries = deliveries.into_iter();
    let mut all = Vec::with_capacity(calls.len());
    for (call, taken) in calls.iter().zip(taken) {
        all.push(match taken {
            Some(receipts) => receipts,
            None => receipts(&mut tx, call, &mut deliveries, &accepted).await?,
        });
    }
    reach(Step::IntakeStoring);
    tx.commit().await?;
    reach(Step::IntakeStored);
    Ok(all)
}

/// Every connection must still be there. That its trigger has called and its secret was used is noted in the same commit.
async fn check_callers(tx: &mut Tx, calls: &[Call], now: Timestamp) -> Result<()> {
    let mut checked = HashSet::new();
    for Call { caller, .. } in calls {
        if !checked.insert(&caller.connection_id) {
            continue;
        }
        let place = (&caller.organization_id, &caller.connection_id);
        let connection = db::connections::find(tx, place.0, place.1).await?.ok_or(Problem::NotSignedIn)?;
        if connection.trigger_seen_at.is_none() {
            db::connections::note_trigger(tx, place.0, place.1, now).await?;
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
    let mut together = HashSet::new();
    let mut all = Vec::with_capacity(calls.len());
    for Call { caller, message, .. } in calls {
        let place = (&caller.organization_id, &caller.connection_id);
        let Some(message) = message else {
            all.push(None);
            continue;
        };
        // Twice in one commit: the calls are stored one by one then, and the second finds the answer to the first.
        if !together.insert((place.1, message)) {
            return Err(Problem::Unavailable.into());
        }
        all.push(match webhook_messages::insert_if_absent(tx, place, message, now).await? {
            true => None,
            false => {
                let receipts = webhook_messages::receipts(tx, place, message).await?;
                Some(receipts.into_iter().map(|receipt| Receipt { status: Acceptance::Duplicate, ..receipt }).collect())
            }
        });
    }
    Ok(all)
}

/// The receipts of a call whose deliveries are the next ones.
async fn receipts(
    tx: &mut Tx,
    call: &Call,
    deliveries: &mut impl Iterator<Item = NewDelivery>,
    accepted: &HashSet<DeliveryId>,
) -> Result<Vec<Receipt>> {
    let mut receipts = Vec::with_capacity(call.opportunities.len());
    for (opportunity, delivery) in call.opportunities.iter().zip(deliveries) {
        receipts.push(receipt(tx, delivery, opportunity, accepted).await?);
    }
    if let Some(message) = &call.message {
        let place = (&call.caller.organization_id, &call.caller.connection_id);
        webhook_messages::set_receipts(tx, place, message, &receipts).await?;
    }
    Ok(receipts)
}

fn of_call(call: &Call) -> impl Iterator<Item = NewDelivery> {
    call.opportunities.iter().map(|opportunity| {
        let caller = &call.caller;
        NewDelivery::new((&caller.organization_id, &caller.connection_id), opportunity)
    })
}

async fn receipt(
    tx: &mut Tx,
    delivery: NewDelivery,
    opportunity: &SalesforceId,
    accepted: &HashSet<DeliveryId>,
) -> Result<Receipt> {
    let receipt = |delivery_id, status| Receipt { delivery_id, opportunity_id: opportunity.to_string(), status };
    if accepted.contains(&delivery.id) {
        return Ok(receipt(delivery.id, Acceptance::Accepted));
    }
    let waiting = deliveries::find_waiting(tx, &delivery.connection_id, opportunity).await?;
    // On PostgreSQL the one that waited can begin between the two statements; the caller's retry then makes a new one.
    let waiting = waiting.ok_or(Error::Problem(Problem::Unavailable))?;
    Ok(receipt(waiting, Acceptance::Duplicate))
}
