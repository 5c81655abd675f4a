//! The setup checklist of a CRM connection, and the form that downloads its setup package.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::{
    Check, CheckCode, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE,
    setup::{SetupStep, StepState},
};

pub(super) fn setup(data: &ConnectionData) -> AnyView {
    let health = &data.health;
    let package = (data.role >= Role::Admin).then(|| link_button("Get the setup package", "#package", Look::Secondary));
    let lines = health.setup.iter().map(|(step, state)| line(*step, state, data)).collect();
    let title = if health.is_setup_incomplete() {
        format!("Setup: {} of {} steps done", health.steps_done(), health.setup.len())
    } else {
        "Setup: complete".to_owned()
    };
    card("setup", title, package, steps(lines))
}

/// The form that downloads the setup package. It is outside of the checklist, because the checklist is replaced when the data
/// changes, and the user's choice would be lost.
pub(super) fn package(data: &ConnectionData) -> AnyView {
    let health = &data.health;
    let field = health.connection.metadata.status_field();
    let options = vec![
        ("picklist", "A picklist", "It accepts only the labels of this connection. Suitable for reports and list views."),
        ("text", "A text field", "It accepts any text, so labels can be changed here alone."),
        ("existing", "No field", "The field already exists and is not changed."),
    ];
    let chosen = field_kind(field, health.test.as_ref().map(|test| test.result.checks.as_slice()).unwrap_or_default());
    let form = view! {
        <form method="get" action=format!("/api/v1/integrations/organization/{}/setup-package", health.connection.id)>
            {stack((
                muted(format!("{} deploys it. It is preconfigured for this connection and contains no secret.", data.terms().administrator)),
                radios("status_field", "Status field to create", options, chosen),
                muted(format!("The field is {field}. You can choose another field in the settings.")),
                row(submit("Download setup package", Look::Secondary)),
            ))}
        </form>
    };
    card("package", "Setup package", (), form)
}

/// The option to preselect for the status field, derived from the checks of the last connection test. An existing custom field is
/// not replaced, and our default field keeps its type.
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

fn line(what: SetupStep, state: &StepState, data: &ConnectionData) -> AnyView {
    match state {
        StepState::Done => step(Tone::Ok, "done", title(what, true, data.terms()), ()),
        StepState::Open => step(Tone::Neutral, "to do", title(what, false, data.terms()), help(what, data)),
        StepState::Broken => step(Tone::Danger, "broken", title(what, false, data.terms()), help(what, data)),
        StepState::Wrong(findings) => {
            let findings = findings.iter().map(|finding| view! { <p class="text-danger">{finding.clone()}</p> }).collect_view();
            let again = muted("Then choose Test connection above.");
            step(Tone::Danger, "to be fixed", title(what, false, data.terms()), view! { {findings} {again} })
        }
    }
}

fn title(step: SetupStep, is_done: bool, terms: &Terms) -> String {
    let (done, open) = match step {
        SetupStep::Connected if is_done => return format!("Connected to {}", terms.provider),
        SetupStep::Connected => return format!("Restore the connection to {}", terms.provider),
        SetupStep::PermissionsChecked => ("Permissions checked", "Check the permissions"),
        SetupStep::StatusFieldWritable => ("Status field found and writable", "Make the status field writable"),
        SetupStep::WebhookSecretMade => ("Webhook secret created", "Create a webhook secret"),
        SetupStep::FirstCallReceived => ("First call received", "Receive the first call"),
        SetupStep::FirstContract => ("First contract created", "Create the first contract"),
        SetupStep::FirstWriteBack => ("First status written back", "Write the first status back"),
    };
    if is_done { done } else { open }.to_owned()
}

fn help(step: SetupStep, data: &ConnectionData) -> AnyView {
    let settings = &data.health.connection.metadata;
    let terms = data.terms();
    let Terms { provider, account, administrator, .. } = terms;
    match step {
        SetupStep::Connected => {
            task("An admin of your organization", &format!("chooses Reconnect above and signs in to the same {account}."))
        }
        SetupStep::PermissionsChecked => task("You or a colleague", "choose Test connection above. It only reads."),
        SetupStep::StatusFieldWritable => {
            let does = format!(
                "deploys the setup package, which creates the field {} and the permission to edit it. Then choose Test connection. \
                 To use another field, an admin changes the settings.",
                settings.status_field()
            );
            task(administrator, &does)
        }
        SetupStep::WebhookSecretMade => view! {
            {task("An admin of your organization", "creates it and gives it to the administrator of the provider.")}
            {link("Go to the webhook", "#webhook")}
        }
        .into_any(),
        SetupStep::FirstCallReceived => task(
            administrator,
            &format!(
                "deploys the setup package and enters the webhook secret, as described in its README. Then someone moves {} to {}.",
                terms.a_deal(),
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstContract => task(
            &format!("Anyone in {provider}"),
            &format!(
                "attaches a file to {} and moves it to {}. A dry run shows the result in advance.",
                terms.a_deal(),
                stages(&settings.trigger_stages)
            ),
        ),
        SetupStep::FirstWriteBack => {
            task("You or a colleague", &format!("change the negotiation status of a contract that came from {provider}."))
        }
    }
}

fn task(person: &str, does: &str) -> AnyView {
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
    fn custom_field_is_not_replaced_by_the_package() {
        let there = Check::new(CheckCode::StatusField, "Status field", true, "");
        let text = Check::new(CheckCode::StatusFieldType, "Status field type", true, "").with("type", "string");
        let missing = Check::new(CheckCode::StatusField, "Status field", false, "");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[missing]), "picklist");
        assert_eq!(field_kind("Legal_State__c", &[there.clone(), text.clone()]), "existing");
        assert_eq!(field_kind(DEFAULT_STATUS_FIELD, &[there, text]), "text");
    }

    #[test]
    fn configured_stages_are_named() {
        assert_eq!(stages(&[]), "the stage “Needs Legal Review”");
        assert_eq!(stages(&["A".to_owned(), "B".to_owned()]), "one of the stages “A”, “B”");
    }
}
