use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::setup::{SetupStep, StepState};
use lexicontract::domain::connection::{Check, CheckCode, ConnectionStatus, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE};

pub(super) fn setup(data: &ConnectionData) -> AnyView {
    let health = &data.health;
    let package = (data.role >= Role::Admin).then(|| link_button("Get the setup package", "#package", Look::Secondary));
    let lines = health.setup.iter().map(|(step, state)| line(*step, state, data)).collect_view();
    let title = if health.is_setup_incomplete() {
        format!("Setup: {} of {} steps done", health.steps_done(), health.setup.len())
    } else {
        "Setup: complete".to_owned()
    };
    card("setup", title, package, steps(lines))
}

/// The form that downloads the setup package. It is not part of the checklist, because polling replaces the checklist, which
/// would reset the user's choice.
pub(super) fn package(data: &ConnectionData) -> AnyView {
    let health = &data.health;
    let field = health.connection.metadata.status_field();
    let options = [
        ("picklist", "A picklist", "It accepts only the labels of this connection. Suitable for reports and list views."),
        ("text", "A text field", "It accepts any text, so labels can be changed in LexiContract alone."),
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

/// The preselected option for the status field, derived from the checks of the last connection test. If a custom field exists,
/// the setup package creates no field. If our default field exists, it keeps its type.
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
    let title = title(what, matches!(state, StepState::Done), data.terms());
    match state {
        StepState::Done => step(Tone::Ok, "done", title, ()),
        StepState::Open => step(Tone::Neutral, "to do", title, help(what, data)),
        StepState::Broken => step(Tone::Danger, "broken", title, help(what, data)),
        StepState::Wrong(findings) => {
            let findings = findings.iter().map(|finding| view! { <p class="text-danger">{finding.clone()}</p> }).collect_view();
            let again = muted("Then choose Test connection above.");
            step(Tone::Danger, "to be fixed", title, view! { {findings} {again} })
        }
    }
}

fn title(step: SetupStep, is_done: bool, terms: &Terms) -> String {
    let (done, open) = match step {
        SetupStep::Connected if is_done => return format!("Connected to {}", terms.provider),
        SetupStep::Connected => return format!("Restore the connection to {}", terms.provider),
        SetupStep::PermissionsChecked => ("Permissions checked", "Check the permissions"),
        SetupStep::StatusFieldWritable => ("Status field found and writable", "Make the status field writable"),
        SetupStep::DealsPolled => ("Deals are found by polling", "Wait for the first poll"),
        SetupStep::WebhookSecretMade => ("Webhook secret created", "Create a webhook secret"),
        SetupStep::FirstCallReceived => ("First call received", "Receive the first call"),
        SetupStep::FirstContract => ("First contract created", "Create the first contract"),
        SetupStep::FirstWriteBack => ("First status written back", "Write the first status back"),
    };
    if is_done { done } else { open }.to_owned()
}

const ADMIN: &str = "An admin of your organization";
const YOU: &str = "You or a colleague";

fn help(step: SetupStep, data: &ConnectionData) -> AnyView {
    let settings = &data.health.connection.metadata;
    let Terms { provider, account, administrator, .. } = data.terms();
    let (field, deal, stages) = (settings.status_field(), data.terms().a_deal(), stages(&settings.trigger_stages));
    let (person, does) = match step {
        SetupStep::Connected => (ADMIN.to_owned(), format!("chooses Reconnect above and signs in to the same {account}.")),
        SetupStep::PermissionsChecked => {
            (YOU.to_owned(), format!("choose Test connection above. The test changes nothing in {provider}."))
        }
        SetupStep::StatusFieldWritable => (
            (*administrator).to_owned(),
            format!(
                "deploys the setup package, which creates the field {field} and the permission to edit it. Then choose Test \
                 connection. To use another field, an admin must change the settings."
            ),
        ),
        SetupStep::DealsPolled => first_poll(data),
        SetupStep::WebhookSecretMade => (ADMIN.to_owned(), "creates it and gives it to the provider’s administrator.".to_owned()),
        SetupStep::FirstCallReceived => (
            (*administrator).to_owned(),
            format!(
                "deploys the setup package and enters the webhook secret, as described in its README. Then someone moves {deal} to {stages}."
            ),
        ),
        SetupStep::FirstContract => (
            format!("Anyone in {provider}"),
            format!("attaches a file to {deal} and moves it to {stages}. A dry run shows the result in advance."),
        ),
        SetupStep::FirstWriteBack if settings.writes_on_create() => {
            ("LexiContract".to_owned(), "writes the status as soon as the first contract exists. No action is needed.".to_owned())
        }
        SetupStep::FirstWriteBack => {
            (YOU.to_owned(), format!("change the negotiation status of a contract that came from {provider}."))
        }
    };
    let next = (step == SetupStep::WebhookSecretMade).then(|| link("Go to the webhook", "#webhook"));
    any_view! {
        <p><span class="font-medium text-ink">{person}</span> {format!(" {does}")}</p>
        {next}
    }
}

/// Who makes the first successful poll possible, and how.
fn first_poll(data: &ConnectionData) -> (String, String) {
    let connection = &data.health.connection;
    let poll = format!("LexiContract polls {}", data.terms().provider);
    let error = data.polling.as_ref().and_then(|polling| polling.last_error.as_deref());
    if !connection.is_enabled {
        (ADMIN.to_owned(), "resumes the connection. While it is paused, it is not polled.".to_owned())
    } else if connection.status == ConnectionStatus::NeedsReconnect {
        (ADMIN.to_owned(), "chooses Reconnect above. Until then, the connection is not polled.".to_owned())
    } else if let Some(error) = error {
        (poll, format!("again at the interval of the settings. The last poll failed: {error}"))
    } else {
        (poll, "at the interval of the settings. No action is needed.".to_owned())
    }
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
