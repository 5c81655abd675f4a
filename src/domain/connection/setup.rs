//! The way from a connection to the first status that is written back: what is done, what is left.

use super::{Check, CheckCode, ConnectionStatus, ConnectionTest};
use serde::Serialize;

/// One step of the set-up of a CRM connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SetupStep {
    Connected,
    PermissionsChecked,
    StatusFieldWritable,
    WebhookSecretMade,
    FirstCallReceived,
    FirstContract,
    FirstWriteBack,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum StepState {
    /// Nothing left to do.
    Done,
    /// Not yet.
    Open,
    /// Done before, and to be repaired.
    Broken,
    /// Tried, and found wrong: what, and who can do what about it.
    Wrong(Vec<String>),
}

/// What is known of a connection's set-up.
#[derive(Clone, Copy, Debug)]
pub struct SetupFacts<'f> {
    /// Whether the connection works.
    pub status: ConnectionStatus,
    /// The last live check.
    pub test: Option<&'f ConnectionTest>,
    /// The last live check that the provider answered.
    pub answered: Option<&'f ConnectionTest>,
    /// Whether a webhook secret works.
    pub has_secret: bool,
    /// Whether the provider has called.
    pub has_call: bool,
    /// Whether a contract came of it.
    pub has_contract: bool,
    /// Whether a status was written.
    pub has_write: bool,
}

/// The steps in their order, each with how far it is.
pub fn steps(facts: &SetupFacts<'_>) -> Vec<(SetupStep, StepState)> {
    vec![
        (SetupStep::Connected, connected(facts)),
        (SetupStep::PermissionsChecked, checked(facts, facts.has_contract, CheckCode::is_about_permissions)),
        (SetupStep::StatusFieldWritable, checked(facts, facts.has_write, CheckCode::is_about_status_field)),
        (SetupStep::WebhookSecretMade, done(facts.has_secret)),
        (SetupStep::FirstCallReceived, done(facts.has_call)),
        (SetupStep::FirstContract, done(facts.has_contract)),
        (SetupStep::FirstWriteBack, done(facts.has_write)),
    ]
}

/// Whether nothing is left to do.
pub fn is_complete(steps: &[(SetupStep, StepState)]) -> bool {
    steps.iter().all(|(_, state)| *state == StepState::Done)
}

fn done(is_done: bool) -> StepState {
    if is_done { StepState::Done } else { StepState::Open }
}

/// A connection that broke was made once: that is something to repair, not a step that was never done.
fn connected(facts: &SetupFacts<'_>) -> StepState {
    match (facts.status, facts.test.and_then(ConnectionTest::connection_failure)) {
        (ConnectionStatus::NeedsReconnect, _) => StepState::Broken,
        (_, Some(failure)) => StepState::Wrong(vec![failure.to_owned()]),
        (_, None) => StepState::Done,
    }
}

/// What the last answered test found; without one, successful use proves the same.
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
    fn a_new_connection_has_six_steps_left_and_a_written_status_ends_them() {
        let open = |facts: &SetupFacts<'_>| steps(facts).iter().filter(|(_, state)| *state != StepState::Done).count();
        assert_eq!(open(&NOTHING), 6);
        let all = SetupFacts { has_secret: true, has_call: true, has_contract: true, has_write: true, ..NOTHING };
        assert!(is_complete(&steps(&all)));
        let lost = SetupFacts { status: ConnectionStatus::NeedsReconnect, ..all };
        assert_eq!(open(&lost), 1);
        assert_eq!(state_of(&lost, SetupStep::Connected), StepState::Broken);
    }

    #[test]
    fn a_test_ticks_what_it_looked_at_and_says_what_is_wrong() {
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
    fn a_test_that_could_not_ask_changes_nothing_that_is_known() {
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
