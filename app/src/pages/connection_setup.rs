//! The set-up of a Salesforce connection: what is done, what is left, what to do about it, and who can.

use super::connection::Shown;
use crate::parts::{
    button::{Look, link as button_link},
    card::card,
    list::{step, steps},
    prose::{link, muted},
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::DEFAULT_TRIGGER_STAGE,
    people::Role,
    setup::{SetupStep, StepState},
};

/// The checklist from the connection to the first status that was written back.
pub(super) fn setup(shown: &Shown) -> AnyView {
    let standing = &shown.standing;
    let address = format!("/api/v1/integrations/organization/{}/setup-package", standing.connection.id);
    let package = (shown.role >= Role::Admin).then(|| button_link("Download set-up package", address, Look::Secondary));
    let lines = standing.setup.iter().map(|(step, state)| line(*step, state, shown)).collect();
    let title = match standing.is_setup_incomplete() {
        true => format!("Set-up: {} of {} steps done", standing.steps_done(), standing.setup.len()),
        false => "Set-up: complete".to_owned(),
    };
    card("setup", title, package.into_any(), steps(lines))
}

fn line(what: SetupStep, state: &StepState, shown: &Shown) -> AnyView {
    match state {
        StepState::Done => step(Tone::Ok, "done", title(what, true).to_owned(), ().into_any()),
        StepState::Open => step(Tone::Neutral, "to do", title(what, false).to_owned(), help(what, shown)),
        StepState::Wrong(findings) => {
            let findings = findings.iter().map(|finding| view! { <p class="text-danger">{finding.clone()}</p> }).collect_view();
            let again = muted("When that is done, press Test connection above.");
            step(Tone::Danger, "to be fixed", title(what, false).to_owned(), view! { {findings} {again} }.into_any())
        }
    }
}

fn title(step: SetupStep, is_done: bool) -> &'static str {
    match (step, is_done) {
        (SetupStep::Connected, true) => "Connected to Salesforce",
        (SetupStep::Connected, false) => "Connect to Salesforce",
        (SetupStep::PermissionsChecked, true) => "Permissions checked",
        (SetupStep::PermissionsChecked, false) => "Check the permissions",
        (SetupStep::StatusFieldWritable, true) => "Status field found and writable",
        (SetupStep::StatusFieldWritable, false) => "Make the status field writable",
        (SetupStep::WebhookSecretMade, true) => "Webhook secret made",
        (SetupStep::WebhookSecretMade, false) => "Make a webhook secret",
        (SetupStep::FirstCallReceived, true) => "First call received",
        (SetupStep::FirstCallReceived, false) => "Receive the first call",
        (SetupStep::FirstContract, true) => "First contract made",
        (SetupStep::FirstContract, false) => "Get the first contract",
        (SetupStep::FirstWriteBack, true) => "First status written back",
        (SetupStep::FirstWriteBack, false) => "Write the first status back",
    }
}

/// What to do, and who can do it.
fn help(step: SetupStep, shown: &Shown) -> AnyView {
    let settings = &shown.standing.connection.metadata;
    match step {
        SetupStep::Connected => who("An admin of your organization", "presses Reconnect above and signs in to the same org."),
        SetupStep::PermissionsChecked => who(
            "You or a colleague",
            "press Test connection above. It reads what the connected Salesforce user may see, and changes nothing.",
        ),
        SetupStep::StatusFieldWritable => {
            let words = format!(
                "deploys the set-up package, which makes the field {} and the permission to edit it. Then press Test connection. \
                 To use another field, an admin changes the settings.",
                settings.status_field()
            );
            who("Your Salesforce administrator", &words)
        }
        SetupStep::WebhookSecretMade => view! {
            {who("An admin of your organization", "makes it, and hands it to the Salesforce administrator.")}
            {link("Go to the webhook", "#webhook")}
        }
        .into_any(),
        SetupStep::FirstCallReceived => who(
            "Your Salesforce administrator",
            &format!(
                "deploys the set-up package and enters the webhook secret, as its README says. Then someone moves an Opportunity to {}.",
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstContract => who(
            "Anyone in Salesforce",
            &format!(
                "attaches a file to an Opportunity and moves it to {}. A dry run says beforehand what would happen.",
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstWriteBack => {
            who("You or a colleague", "change the negotiation status of a contract that came from Salesforce.")
        }
    }
}

fn who(person: &str, does: &str) -> AnyView {
    view! { <p><span class="font-medium text-ink">{person.to_owned()}</span> {format!(" {does}")}</p> }.into_any()
}

fn stages(stages: &[String]) -> String {
    match stages {
        [] => format!("the stage “{DEFAULT_TRIGGER_STAGE}”"),
        [one] => format!("the stage “{one}”"),
        many => format!("one of the stages “{}”", many.join("”, “")),
    }
}

#[cfg(test)]
mod tests {
    use super::stages;

    #[test]
    fn the_stages_are_named_as_they_are_set() {
        assert_eq!(stages(&[]), "the stage “Needs Legal Review”");
        assert_eq!(stages(&["A".to_owned(), "B".to_owned()]), "one of the stages “A”, “B”");
    }
}
