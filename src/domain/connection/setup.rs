//! Setup steps of a CRM connection.

use super::{Check, CheckCode, ConnectionStatus, ConnectionTest};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SetupStep {
    Connected,
    PermissionsChecked,
    StatusFieldWritable,
    /// Replaces the two webhook steps if polling is on.
    DealsPolled,
    WebhookSecretMade,
    FirstCallReceived,
    FirstContract,
    FirstWriteBack,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum StepState {
    Done,
    Open,
    /// The step was done before, but no longer works.
    Broken,
    /// Messages of failed checks.
    Wrong(Vec<String>),
}

/// Data from which the states of the setup steps are derived.
#[derive(Clone, Copy, Debug)]
pub struct SetupFacts<'f> {
    pub status: ConnectionStatus,
    pub test: Option<&'f ConnectionTest>,
    /// The last connection test to which the provider responded.
    pub answered: Option<&'f ConnectionTest>,
    /// True if polling is on.
    pub is_polled: bool,
    /// True if a poll has succeeded.
    pub has_polled: bool,
    /// Message about a failure of polls that a person must fix.
    pub poll_error: Option<&'f str>,
    pub has_secret: bool,
    pub has_call: bool,
    pub has_contract: bool,
    pub has_write: bool,
}

pub fn steps(facts: &SetupFacts<'_>) -> Vec<(SetupStep, StepState)> {
    let mut steps = vec![
        (SetupStep::Connected, connected(facts)),
        (SetupStep::PermissionsChecked, checked(facts, facts.has_contract, CheckCode::is_about_permissions)),
        (SetupStep::StatusFieldWritable, checked(facts, facts.has_write, CheckCode::is_about_status_field)),
    ];
    if facts.is_polled {
        let failed = facts.poll_error.map(|error| StepState::Wrong(vec![error.to_owned()]));
        steps.push((SetupStep::DealsPolled, failed.unwrap_or_else(|| done(facts.has_polled))));
    } else {
        steps.push((SetupStep::WebhookSecretMade, done(facts.has_secret)));
        steps.push((SetupStep::FirstCallReceived, done(facts.has_call)));
    }
    steps.push((SetupStep::FirstContract, done(facts.has_contract)));
    steps.push((SetupStep::FirstWriteBack, done(facts.has_write)));
    steps
}

pub fn is_complete(steps: &[(SetupStep, StepState)]) -> bool {
    steps.iter().all(|(_, state)| *state == StepState::Done)
}

fn done(is_done: bool) -> StepState {
    if is_done { StepState::Done } else { StepState::Open }
}

fn connected(facts: &SetupFacts<'_>) -> StepState {
    match (facts.status, facts.test.and_then(ConnectionTest::connection_failure)) {
        (ConnectionStatus::NeedsReconnect, _) => StepState::Broken,
        (_, Some(failure)) => StepState::Wrong(vec![failure.to_owned()]),
        (_, None) => StepState::Done,
    }
}

/// Returns the state of a step according to its checks in the last answered test. If there is no answered test or the test has no
/// check for the step, the step is done exactly if `has_worked` is true.
fn checked(facts: &SetupFacts<'_>, has_worked: bool, is_about: impl Fn(CheckCode) -> bool) -> StepState {
    let Some(test) = facts.answered else { return done(has_worked) };
    let about: Vec<&Check> = test.checks.iter().filter(|check| is_about(check.code)).collect();
    let wrong: Vec<String> = about.iter().filter(|check| !check.ok).map(|check| check.detail.clone()).collect();
    match (wrong.is_empty(), about.is_empty()) {
        (false, _) => StepState::Wrong(wrong),
        (true, false) => StepState::Done,
        (true, true) => done(has_worked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: SetupFacts<'static> = SetupFacts {
        status: ConnectionStatus::Connected,
        test: None,
        answered: None,
        is_polled: false,
        has_polled: false,
        poll_error: None,
        has_secret: false,
        has_call: false,
        has_contract: false,
        has_write: false,
    };

    fn state_of(facts: &SetupFacts<'_>, step: SetupStep) -> StepState {
        steps(facts).into_iter().find(|(known, _)| *known == step).unwrap().1
    }

    fn test_of(checks: &[(CheckCode, bool)]) -> ConnectionTest {
        let checks = checks.iter().map(|(code, ok)| Check::new(*code, "", *ok, format!("About {code:?}")));
        ConnectionTest { ok: false, latency_ms: 1, account_label: None, checks: checks.collect() }
    }

    #[test]
    fn setup_has_six_open_steps_at_first_and_none_after_a_written_status() {
        let open = |facts: &SetupFacts<'_>| steps(facts).iter().filter(|(_, state)| *state != StepState::Done).count();
        assert_eq!(open(&NOTHING), 6);
        let all = SetupFacts { has_secret: true, has_call: true, has_contract: true, has_write: true, ..NOTHING };
        assert!(is_complete(&steps(&all)));
        let lost = SetupFacts { status: ConnectionStatus::NeedsReconnect, ..all };
        assert_eq!(open(&lost), 1);
        assert_eq!(state_of(&lost, SetupStep::Connected), StepState::Broken);
    }

    #[test]
    fn polled_connection_is_complete_without_a_webhook() {
        let polled = SetupFacts { is_polled: true, ..NOTHING };
        assert_eq!(state_of(&polled, SetupStep::DealsPolled), StepState::Open);
        assert!(steps(&polled).iter().all(|(step, _)| *step != SetupStep::WebhookSecretMade));
        let failing = SetupFacts { has_polled: true, poll_error: Some("No access"), ..polled };
        assert_eq!(state_of(&failing, SetupStep::DealsPolled), StepState::Wrong(vec!["No access".to_owned()]));
        assert!(is_complete(&steps(&SetupFacts { has_polled: true, has_contract: true, has_write: true, ..polled })));
    }

    #[test]
    fn answered_test_completes_its_steps_and_explains_failures() {
        let test = test_of(&[
            (CheckCode::ApiAccess, true),
            (CheckCode::FilesReadable, true),
            (CheckCode::StatusField, true),
            (CheckCode::StatusFieldWritable, false),
        ]);
        let facts = SetupFacts { test: Some(&test), answered: Some(&test), ..NOTHING };
        assert_eq!(state_of(&facts, SetupStep::PermissionsChecked), StepState::Done);
        let wrong = StepState::Wrong(vec!["About StatusFieldWritable".to_owned()]);
        assert_eq!(state_of(&facts, SetupStep::StatusFieldWritable), wrong);
    }

    #[test]
    fn unanswered_test_keeps_the_known_states() {
        let failed = test_of(&[(CheckCode::Connection, false)]);
        let before = test_of(&[(CheckCode::ApiAccess, true), (CheckCode::StatusField, true)]);
        let new = SetupFacts { test: Some(&failed), ..NOTHING };
        let wrong = StepState::Wrong(vec!["About Connection".to_owned()]);
        assert_eq!(state_of(&new, SetupStep::Connected), wrong);
        assert_eq!(state_of(&new, SetupStep::PermissionsChecked), StepState::Open);
        assert_eq!(state_of(&new, SetupStep::StatusFieldWritable), StepState::Open);
        let known = SetupFacts { answered: Some(&before), ..new };
        assert_eq!(state_of(&known, SetupStep::PermissionsChecked), StepState::Done);
        assert_eq!(state_of(&known, SetupStep::StatusFieldWritable), StepState::Done);
    }
}
