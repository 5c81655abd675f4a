//! The way from a connection to the first status that is written back: what is done, what is left.

use super::connection::{Check, ConnectionStatus, ConnectionTest};
use serde::Serialize;

/// One step of the set-up of a CRM connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
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
    /// Whether a webhook secret works.
    pub has_secret: bool,
    /// Whether the provider has called.
    pub has_call: bool,
    /// Whether a contract came of it.
    pub has_contract: bool,
    /// Whether a status was written.
    pub has_write: bool,
}

/// The checks about what the connected user may read.
const PERMISSIONS: [&str; 6] =
    ["Connection works", "API access", "Access scopes", "Same org", "Opportunities readable", "Files readable"];
/// How the names of the checks about the field that carries the status begin.
const FIELD: &str = "Status";

/// The steps in their order, each with how far it is.
pub fn steps(facts: &SetupFacts<'_>) -> Vec<(SetupStep, StepState)> {
    vec![
        (SetupStep::Connected, done(facts.status != ConnectionStatus::NeedsReconnect)),
        (SetupStep::PermissionsChecked, checked(facts, facts.has_contract, |name| PERMISSIONS.contains(&name))),
        (SetupStep::StatusFieldWritable, checked(facts, facts.has_write, |name| name.starts_with(FIELD))),
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

/// What the last test found; without a test, that it has worked is as good.
fn checked(facts: &SetupFacts<'_>, has_worked: bool, is_about: impl Fn(&str) -> bool) -> StepState {
    let Some(test) = facts.test else { return done(has_worked) };
    let about: Vec<&Check> = test.checks.iter().filter(|check| is_about(&check.name)).collect();
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
        has_secret: false,
        has_call: false,
        has_contract: false,
        has_write: false,
    };

    fn state_of(facts: &SetupFacts<'_>, step: SetupStep) -> StepState {
        steps(facts).into_iter().find(|(known, _)| *known == step).unwrap().1
    }

    fn test_of(checks: &[(&str, bool)]) -> ConnectionTest {
        let checks = checks.iter().map(|(name, ok)| Check { name: (*name).to_owned(), ok: *ok, detail: format!("About {name}") });
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
    }

    #[test]
    fn a_test_ticks_what_it_looked_at_and_says_what_is_wrong() {
        let test =
            test_of(&[("API access", true), ("Files readable", true), ("Status field", true), ("Status field writable", false)]);
        let facts = SetupFacts { test: Some(&test), ..NOTHING };
        assert_eq!(state_of(&facts, SetupStep::PermissionsChecked), StepState::Done);
        let wrong = StepState::Wrong(vec!["About Status field writable".to_owned()]);
        assert_eq!(state_of(&facts, SetupStep::StatusFieldWritable), wrong);
    }

    #[test]
    fn a_test_that_could_not_ask_says_nothing_about_the_field() {
        let test = test_of(&[("Connection works", false)]);
        let facts = SetupFacts { test: Some(&test), ..NOTHING };
        assert!(matches!(state_of(&facts, SetupStep::PermissionsChecked), StepState::Wrong(_)));
        assert_eq!(state_of(&facts, SetupStep::StatusFieldWritable), StepState::Open);
    }
}
