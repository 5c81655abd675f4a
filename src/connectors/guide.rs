//! Texts that users see before they connect a provider.

use crate::domain::connection::Environment;

pub struct AppGuide {
    pub title: &'static str,
    pub intro: &'static str,
    pub callback_label: &'static str,
    /// Pairs of the label at the provider and the value to enter.
    pub settings: &'static [(&'static str, &'static str)],
    pub note: &'static str,
}

pub struct EnvironmentChoice {
    pub environment: Environment,
    pub label: &'static str,
    pub help: &'static str,
}

pub struct DomainField {
    pub label: &'static str,
    pub placeholder: &'static str,
    pub help: &'static str,
}

pub struct ConnectGuide {
    pub title: &'static str,
    /// Environments that the form offers. The first environment is preselected.
    pub environments: &'static [EnvironmentChoice],
    pub domain: DomainField,
    /// Description of what happens after the user submits the form.
    pub next: &'static str,
    /// Description of how the user revokes the access at the provider.
    pub revoke: &'static str,
    pub app: AppGuide,
}
