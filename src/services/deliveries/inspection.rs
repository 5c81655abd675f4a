//! The steps of a delivery, for users who look into it.

use super::view;
use crate::db::audit::activity;
use crate::db::contracts::contract_links;
use crate::db::deliveries::attempts::{self, AttemptRow, MAX_ATTEMPTS};
use crate::db::deliveries::{self as table, DeliveryRow};
use crate::db::jobs;
use crate::domain::delivery::{DeliveryStatus, Origin};
use crate::domain::delivery_steps::{DeliveryDetail, DeliveryStep, StepKind};
use crate::domain::ids::DeliveryId;
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::jobs::Job;
use crate::services::{Actor, connections};

impl Hub {
    /// Returns a delivery with its steps.
    pub async fn delivery(&self, actor: &Actor, id: &DeliveryId) -> Result<DeliveryDetail> {
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let mut tx = self.db.read().await?;
        let row = table::find(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        let connection = connections::find(&mut tx, actor, &row.connection_id).await?;
        let link = contract_links::find_source(&mut tx, connection.account(), &row.record()).await?;
        let attempts = attempts::list(&mut tx, organization, id).await?;
        let received = activity::first_of_delivery(&mut tx, organization, id).await?;
        let job = Job::Ingest(id.clone());
        let claimed_at = jobs::running_since(&mut tx, organization, job.kind(), job.subject()).await?;
        let mut steps = vec![DeliveryStep {
            at: row.received_at,
            step: StepKind::Received,
            duration_ms: 0,
            detail: Some(received.unwrap_or_else(|| way(row.origin).to_owned())),
        }];
        let ended_at = push_attempts(&mut steps, attempts, row.received_at);
        push_current(&mut steps, &row, ended_at, claimed_at, now);
        Ok(DeliveryDetail {
            connection_id: row.connection_id.clone(),
            record_name: link.as_ref().map(|link| link.name.clone()),
            record_url: link.and_then(|link| link.url),
            delivery: view(connection.integration_id.slug(), row),
            steps,
        })
    }
}

/// How a delivery was received, if its first timeline entry was removed.
fn way(origin: Origin) -> &'static str {
    match origin {
        Origin::Webhook | Origin::Subscription => "The provider called the webhook",
        Origin::Poll => "Polling found the deal",
        Origin::User => "A user requested it",
    }
}

/// Appends the steps of the attempts, and the time that the delivery waited before each of them. Returns the end of the last one.
fn push_attempts(steps: &mut Vec<DeliveryStep>, attempts: Vec<AttemptRow>, received_at: Timestamp) -> Timestamp {
    // If older attempts were removed, the time before the first kept one is unknown.
    let first_kept = attempts.first().filter(|_| attempts.len() as i64 == MAX_ATTEMPTS);
    let mut ended_at = first_kept.map_or(received_at, |attempt| attempt.started_at);
    for attempt in attempts {
        let is_request = attempt.steps.first().is_some_and(|step| step.step == StepKind::Redelivered);
        if !is_request {
            steps.push(waited(ended_at, attempt.started_at, None));
        }
        steps.extend(attempt.steps.0);
        ended_at = attempt.ended_at;
    }
    ended_at
}

/// Appends what the delivery does now.
fn push_current(
    steps: &mut Vec<DeliveryStep>,
    row: &DeliveryRow,
    ended_at: Timestamp,
    claimed_at: Option<Timestamp>,
    now: Timestamp,
) {
    match row.status {
        DeliveryStatus::Accepted => {
            let next = row.next_attempt_at.filter(|at| *at > now).map(|at| format!("The next attempt is at {at}"));
            steps.push(waited(ended_at, now, next));
        }
        DeliveryStatus::Parked => steps.push(waited(ended_at, now, row.error.clone())),
        DeliveryStatus::Processing => {
            let claimed_at = claimed_at.unwrap_or(now).max(ended_at);
            steps.push(waited(ended_at, claimed_at, None));
            steps.push(DeliveryStep { step: StepKind::Processing, ..waited(claimed_at, now, None) });
        }
        DeliveryStatus::Done | DeliveryStatus::Failed => {}
    }
}

fn waited(from: Timestamp, until: Timestamp, detail: Option<String>) -> DeliveryStep {
    let duration_ms = i64::try_from(until.since(from).as_millis()).unwrap_or(i64::MAX);
    DeliveryStep { at: from, step: StepKind::Waiting, duration_ms, detail }
}
