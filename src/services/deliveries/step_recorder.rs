//! Records the steps of one attempt of a delivery. They are stored in the transaction that ends the attempt.

use crate::clock::Clock;
use crate::db::Tx;
use crate::db::deliveries::DeliveryRow;
use crate::db::deliveries::attempts::{self, NewAttempt};
use crate::domain::delivery_steps::{DeliveryStep, StepKind};
use crate::domain::time::Timestamp;
use crate::hub::Result;
use crate::jobs::{JobError, JobOutcome};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const MAX_DETAIL_CHARACTERS: usize = 500;

/// A step lasts from the end of the previous step until it is recorded, so the steps of an attempt have no gaps.
pub(crate) struct StepRecorder {
    clock: Clock,
    state: Mutex<RecordedSteps>,
}

#[derive(Clone, Debug)]
pub(crate) struct RecordedSteps {
    started_at: Timestamp,
    steps: Vec<DeliveryStep>,
    /// Start of the step in progress: by the clock of the server, and by the monotonic clock, which measures its duration.
    at: Timestamp,
    since: Instant,
}

impl RecordedSteps {
    fn start(now: Timestamp) -> Self {
        Self { started_at: now, steps: Vec::new(), at: now, since: Instant::now() }
    }

    fn record(&mut self, step: StepKind, detail: String, now: Timestamp) {
        let (at, ended) = (self.at, Instant::now());
        let duration_ms = i64::try_from(ended.duration_since(self.since).as_millis()).unwrap_or(i64::MAX);
        self.steps.push(DeliveryStep { at, step, duration_ms, detail: detail_text(&detail) });
        (self.at, self.since) = (now, ended);
    }

    fn into_attempt(self, delivery: &DeliveryRow, number: i64, now: Timestamp) -> NewAttempt<'_> {
        NewAttempt {
            organization: &delivery.organization_id,
            delivery: &delivery.id,
            number,
            is_postponed: false,
            started_at: self.started_at,
            ended_at: now,
            steps: self.steps,
        }
    }
}

impl StepRecorder {
    pub(crate) fn start(clock: &Clock) -> Self {
        Self { clock: clock.clone(), state: Mutex::new(RecordedSteps::start(clock.now())) }
    }

    /// Ends the step in progress. The detail must contain neither secrets nor text of documents.
    pub(crate) fn record(&self, step: StepKind, detail: impl Into<String>) {
        let now = self.clock.now();
        self.state.lock().unwrap_or_else(PoisonError::into_inner).record(step, detail.into(), now);
    }

    pub(crate) fn take(self) -> RecordedSteps {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the steps of an attempt that the transaction completes, with the last step. The recorder does not keep the last step,
    /// because the transaction can fail.
    pub(crate) async fn store(
        &self,
        tx: &mut Tx,
        delivery: &DeliveryRow,
        number: i64,
        step: StepKind,
        detail: impl Into<String>,
    ) -> Result<()> {
        let mut steps = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.clock.now();
        steps.record(step, detail.into(), now);
        Ok(attempts::insert(tx, steps.into_attempt(delivery, number, now)).await?)
    }
}

/// Stores the steps of a failed attempt. The last step is the failure, with the duration of the call that failed.
pub(crate) async fn store_failed(
    tx: &mut Tx,
    delivery: &DeliveryRow,
    number: i64,
    outcome: JobOutcome,
    error: &JobError,
    now: Timestamp,
) -> Result<()> {
    let mut steps = match &error.steps {
        Some(steps) => (**steps).clone(),
        // The attempt ended without a result, for example because it took too long.
        None => RecordedSteps::start(now),
    };
    let (step, next) = match outcome {
        JobOutcome::RetryAt(at) => (StepKind::Failed, format!(" Next attempt at {at}.")),
        JobOutcome::Postponed(at) => (StepKind::Postponed, format!(" Next attempt at {at}.")),
        JobOutcome::Parked => (StepKind::Parked, String::new()),
        JobOutcome::Dead => (StepKind::Failed, " There is no further automatic attempt.".to_owned()),
    };
    steps.record(step, error.message.clone() + &next, now);
    let is_postponed = matches!(outcome, JobOutcome::Postponed(_));
    Ok(attempts::insert(tx, NewAttempt { is_postponed, ..steps.into_attempt(delivery, number, now) }).await?)
}

/// A step of a user, which has no duration.
pub(crate) fn redelivered(by: &str, now: Timestamp) -> DeliveryStep {
    let detail = detail_text(&format!("{by} requested the delivery again"));
    DeliveryStep { at: now, step: StepKind::Redelivered, duration_ms: 0, detail }
}

/// Returns the text with a limited length; `None` for an empty text.
fn detail_text(text: &str) -> Option<String> {
    let text = match text.char_indices().nth(MAX_DETAIL_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

/// Returns a number with its noun, such as `2 files`.
pub(crate) fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn steps_follow_each_other_and_have_bounded_details() {
        let clock = Clock::fixed(Timestamp::from_millis(1_000));
        let recorder = StepRecorder::start(&clock);
        clock.advance(Duration::from_secs(1));
        recorder.record(StepKind::DealRead, "é".repeat(2_000));
        clock.advance(Duration::from_secs(2));
        recorder.record(StepKind::FilesListed, "");
        let RecordedSteps { started_at, steps, at, .. } = recorder.take();
        let times: Vec<i64> = [started_at, steps[0].at, steps[1].at, at].map(Timestamp::millis).to_vec();
        assert_eq!(times, [1_000, 1_000, 2_000, 4_000]);
        assert_eq!(steps[0].detail.as_ref().unwrap().chars().count(), MAX_DETAIL_CHARACTERS + 1);
        assert_eq!((steps[1].step, &steps[1].detail), (StepKind::FilesListed, &None));
        assert!(steps.iter().all(|step| (0..1_000).contains(&step.duration_ms)), "the monotonic clock measures: {steps:?}");
    }

    #[test]
    fn numbers_have_their_noun() {
        assert_eq!([0, 1, 2].map(|number| counted(number, "file", "files")), ["0 files", "1 file", "2 files"]);
    }
}
