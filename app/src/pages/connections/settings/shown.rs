use crate::actions::SettingsForm;
use crate::pages::prelude::*;
use crate::text::problem;
use lexicontract::domain::connection::Settings;
use lexicontract::domain::connection::deal_schema::DealSchema;

/// What the settings form shows: the saved settings, or the submitted settings of a form that was rejected.
pub(super) struct ShownSettings<'f> {
    pub(super) settings: &'f Settings,
    /// Empty if it could not be read from the provider.
    pub(super) schema: &'f DealSchema,
    pub(super) terms: &'static Terms,
    pub(super) submitted: Option<&'f SettingsForm>,
    pub(super) invalid: Option<&'f InvalidSetting>,
}

impl ShownSettings<'_> {
    pub(super) fn error(&self, setting: &str) -> Option<String> {
        let invalid = self.invalid.filter(|invalid| invalid.setting.as_deref() == Some(setting));
        invalid.map(|invalid| invalid.message.to_owned())
    }

    /// The stages that the user typed into the rejected form.
    pub(super) fn typed_stages(&self) -> &str {
        self.submitted.and_then(|submitted| submitted.trigger_stages.as_deref()).unwrap_or_default()
    }

    /// The text of the field for the share of the API calls. It can be invalid.
    pub(super) fn api_share(&self) -> String {
        let submitted = self.submitted.and_then(|submitted| submitted.poll_api_share.clone());
        submitted.unwrap_or_else(|| self.settings.poll_api_share().to_string())
    }
}

pub(super) struct InvalidSetting {
    setting: Option<String>,
    message: &'static str,
}

impl InvalidSetting {
    pub(super) fn of(submitted: &SettingsForm, before: &Settings) -> Self {
        let setting = submitted.invalid_setting(before);
        Self { message: problem::setting(setting.as_deref().unwrap_or_default(), &submitted.file_rule), setting }
    }

    pub(super) fn notice(&self) -> AnyView {
        let text = format!("Nothing was saved, because one of the settings is invalid. {}", self.message);
        outcome_notice("Check your input".to_owned(), text)
    }
}

/// A check box for a setting, and the hidden field that tells an unselected check box from an absent one.
pub(super) fn setting_checkbox(
    setting: &'static str,
    label: impl Into<String>,
    is_chosen: bool,
    help: impl IntoView + 'static,
) -> AnyView {
    let shown = hidden(vec![(format!("settings[{setting}][shown]"), true.to_string())]);
    let check_box = checkbox(format!("settings[{setting}][on]"), label, is_chosen, help);
    any_view! { <div>{shown} {check_box}</div> }
}
