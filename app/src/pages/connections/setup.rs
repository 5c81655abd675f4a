//! The setup of a CRM connection: what is done, what is left, what to do about it, and who can.

use super::connection::Shown;
use crate::parts::{
    form::{
        button::{Look, link as button_link, submit},
        options::radios,
    },
    layout::{
        card::card,
        list::{step, steps},
        prose::{link, muted},
        row, stack,
    },
    status::tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::Role,
    connection::{
        Check, CheckCode, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE,
        setup::{SetupStep, StepState},
        terms::Terms,
    },
};

/// The checklist from the connection to the first status that was written back.
pub(crate) fn setup(shown: &Shown) -> AnyView {
    let health = &shown.health;
    let package = (shown.role >= Role::Admin).then(|| button_link("Get the set-up package", "#package", Look::Secondary));
    let lines = health.setup.iter().map(|(step, state)| line(*step, state, shown)).collect();
    let title = match health.is_setup_incomplete() {
        true => format!("Set-up: {} of {} steps done", health.steps_done(), health.setup.len()),
        false => "Set-up: complete".to_owned(),
    };
    card("setup", title, package.into_any(), steps(lines))
}

/// What an administrator deploys at the provider. Its form stands outside of the checklist, which is replaced while it is looked at.
pub(crate) fn package(shown: &Shown) -> AnyView {
    let health = &shown.health;
    let field = health.connection.metadata.status_field();
    let options = vec![
        ("picklist", "A picklist", "It takes the labels of this connection and no others. Right for reports and list views."),
        ("text", "A text field", "It takes any words, so that labels can change here alone."),
        ("existing", "No field", "The field exists already, and stays as it is."),
    ];
    let chosen = field_kind(field, health.test.as_ref().map(|test| test.result.checks.as_slice()).unwrap_or_default());
    let form = view! {
        <form method="get" action=format!("/api/v1/integrations/organization/{}/setup-package", health.connection.id)>
            {stack((
                muted(format!("{} deploys it. It is filled in for this connection, and there is no secret in it.", shown.terms().administrator)),
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
    let finding = |code: CheckCode| checks.iter().find(|check| check.code == code);
    let is_there = finding(CheckCode::StatusField).is_some_and(|check| check.ok);
    let kind = finding(CheckCode::StatusFieldType).and_then(|check| check.data.get("type"));
    let is_text = kind.is_some_and(|kind| matches!(kind.as_str(), "string" | "textarea"));
    match (is_there, field.eq_ignore_ascii_case(DEFAULT_STATUS_FIELD)) {
        (true, false) => "existing",
        (true, true) if is_text => "text",
        _ => "picklist",
    }
}

fn line(what: SetupStep, state: &StepState, shown: &Shown) -> AnyView {
    match state {
        StepState::Done => step(Tone::Ok, "done", title(what, true, shown.terms()), ().into_any()),
        StepState::Open => step(Tone::Neutral, "to do", title(what, false, shown.terms()), help(what, shown)),
        StepState::Broken => step(Tone::Danger, "to be repaired", title(what, false, shown.terms()), help(what, shown)),
        StepState::Wrong(findings) => {
            let findings = findings.iter().map(|finding| view! { <p class="text-danger">{finding.clone()}</p> }).collect_view();
            let again = muted("When that is done, press Test connection above.");
            step(Tone::Danger, "to be fixed", title(what, false, shown.terms()), view! { {findings} {again} }.into_any())
        }
    }
}

fn title(step: SetupStep, is_done: bool, terms: &Terms) -> String {
    let title = match (step, is_done) {
        (SetupStep::Connected, true) => return format!("Connected to {}", terms.provider),
        (SetupStep::Connected, false) => return format!("Restore the connection to {}", terms.provider),
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
    };
    title.to_owned()
}

/// What to do, and who can do it.
fn help(step: SetupStep, shown: &Shown) -> AnyView {
    let settings = &shown.health.connection.metadata;
    let terms = shown.terms();
    let Terms { provider, account, administrator, .. } = terms;
    match step {
        SetupStep::Connected => {
            who("An admin of your organization", &format!("presses Reconnect above and signs in to the same {account}."))
        }
        SetupStep::PermissionsChecked => who(
            "You or a colleague",
            "press Test connection above. It reads what the connected user may see, and changes nothing.",
        ),
        SetupStep::StatusFieldWritable => {
            let words = format!(
                "deploys the set-up package, which makes the field {} and the permission to edit it. Then press Test connection. \
                 To use another field, an admin changes the settings.",
                settings.status_field()
            );
            who(administrator, &words)
        }
        SetupStep::WebhookSecretMade => view! {
            {who("An admin of your organization", "makes it, and hands it to the administrator of the provider.")}
            {link("Go to the webhook", "#webhook")}
        }
        .into_any(),
        SetupStep::FirstCallReceived => who(
            administrator,
            &format!(
                "deploys the set-up package and enters the webhook secret, as its README says. Then someone moves {} to {}.",
                terms.a_deal(),
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstContract => who(
            &format!("Anyone in {provider}"),
            &format!(
                "attaches a file to {} and moves it to {}. A dry run says beforehand what would happen.",
                terms.a_deal(),
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstWriteBack => {
            who("You or a colleague", &format!("change the negotiation status of a contract that came from {provider}."))
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
    use lexicontract::domain::connection::{Check, CheckCode, DEFAULT_STATUS_FIELD};

    #[test]
    fn the_package_leaves_a_field_alone_that_is_not_ours() {
        let there = Check::new(CheckCode::StatusField, "Status field", true, "");
        let text = Check::new(CheckCode::StatusFieldType, "Status field type", true, "").with("type", "string");
        let missing = Check::new(CheckCode::StatusField, "Status field", false, "");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[missing]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[there.clone(), text.clone()]), "existing");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[there, text]), "text");
    }

    #[test]
    fn the_stages_are_named_as_they_are_set() {
        assert_eq!(stages(&[]), "the stage “Needs Legal Review”");
        assert_eq!(stages(&["A".to_owned(), "B".to_owned()]), "one of the stages “A”, “B”");
    }
}
