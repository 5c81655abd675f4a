//! The set-up of a Salesforce connection: what is done, what is left, what to do about it, and who can.

use super::connection::Shown;
use crate::parts::{
    button::{Look, link as button_link, submit},
    card::card,
    layout::{row, stack},
    list::{step, steps},
    options::radios,
    prose::{link, muted},
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{Check, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE},
    people::Role,
    setup::{SetupStep, StepState},
};

/// The checklist from the connection to the first status that was written back.
pub(super) fn setup(shown: &Shown) -> AnyView {
    let standing = &shown.standing;
    let package = (shown.role >= Role::Admin).then(|| button_link("Get the set-up package", "#package", Look::Secondary));
    let lines = standing.setup.iter().map(|(step, state)| line(*step, state, shown)).collect();
    let title = match standing.is_setup_incomplete() {
        true => format!("Set-up: {} of {} steps done", standing.steps_done(), standing.setup.len()),
        false => "Set-up: complete".to_owned(),
    };
    card("setup", title, package.into_any(), steps(lines))
}

/// What an administrator deploys in Salesforce. Its form stands outside of the checklist, which is replaced while it is looked at.
pub(super) fn package(shown: &Shown) -> AnyView {
    let standing = &shown.standing;
    let field = standing.connection.metadata.status_field();
    let options = vec![
        ("picklist", "A picklist", "It takes the labels of this connection and no others. Right for reports and list views."),
        ("text", "A text field", "It takes any words, so that labels can change here alone."),
        ("existing", "No field", "The field is in your org already, and stays as it is."),
    ];
    let chosen = field_kind(field, standing.test.as_ref().map(|test| test.result.checks.as_slice()).unwrap_or_default());
    let form = view! {
        <form method="get" action=format!("/api/v1/integrations/organization/{}/setup-package", standing.connection.id)>
            {stack((
                muted("A Salesforce DX project for your Salesforce administrator, filled in for this connection. There is no secret in it."),
                radios("status_field", "What it makes for the status", options, chosen),
                muted(format!("The field is {field}. Another one can be named in the settings.")),
                row(submit("Download set-up package", Look::Secondary)),
            ))}
        </form>
    };
    card("package", "Set-up package", ().into_any(), form.into_any())
}

/// What the package should make, as far as the last test of the connection tells: nothing in place of a field that is not ours, and
/// our own one as it is.
fn field_kind(field: &str, checks: &[Check]) -> &'static str {
    let finding = |name: &str| checks.iter().find(|check| check.name == name);
    let is_there = finding("Status field").is_some_and(|check| check.ok);
    let is_text = finding("Status field type")
        .is_some_and(|check| ["of type string", "of type textarea"].iter().any(|words| check.detail.contains(words)));
    match (is_there, field.eq_ignore_ascii_case(DEFAULT_STATUS_FIELD)) {
        (true, false) => "existing",
        (true, true) if is_text => "text",
        _ => "picklist",
    }
}

fn line(what: SetupStep, state: &StepState, shown: &Shown) -> AnyView {
    match state {
        StepState::Done => step(Tone::Ok, "done", title(what, true).to_owned(), ().into_any()),
        StepState::Open => step(Tone::Neutral, "to do", title(what, false).to_owned(), help(what, shown)),
        StepState::Broken => step(Tone::Danger, "to be repaired", title(what, false).to_owned(), help(what, shown)),
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
        (SetupStep::Connected, false) => "Restore the connection to Salesforce",
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
    use super::{field_kind, stages};
    use lexicontract::domain::connection::{Check, DEFAULT_STATUS_FIELD};

    #[test]
    fn the_package_leaves_a_field_alone_that_is_not_ours() {
        let check = |name: &str, ok, detail: &str| Check { name: name.to_owned(), ok, detail: detail.to_owned() };
        let there = check("Status field", true, "");
        let text = check("Status field type", true, "It is of type string.");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[check("Status field", false, "")]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[there.clone(), text.clone()]), "existing");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[there, text]), "text");
    }

    #[test]
    fn the_stages_are_named_as_they_are_set() {
        assert_eq!(stages(&[]), "the stage “Needs Legal Review”");
        assert_eq!(stages(&["A".to_owned(), "B".to_owned()]), "one of the stages “A”, “B”");
    }
}
