//! Texts that users see before they connect a provider. Each connector declares them as static data.

use crate::domain::connection::Environment;

/// Instructions for registering an OAuth app at the provider, including the values of this installation.
pub struct AppGuide {
    /// The provider's term for an OAuth app.
    pub title: &'static str,
    /// Says who registers the app, and where.
    pub intro: &'static str,
    pub callback_label: &'static str,
    /// Settings of the app. Each entry is the label at the provider, and the value to enter.
    pub settings: &'static [(&'static str, &'static str)],
    pub note: &'static str,
}

pub struct EnvironmentChoice {
    pub environment: Environment,
    pub label: &'static str,
    pub help: &'static str,
}

/// Form field for the host of a customer's own login domain.
pub struct DomainField {
    pub label: &'static str,
    pub placeholder: &'static str,
    pub help: &'static str,
}

pub struct ConnectGuide {
    pub title: &'static str,
    /// Environments that users can choose from. The most common one comes first.
    pub environments: &'static [EnvironmentChoice],
    pub domain: DomainField,
    /// Says what happens after the user submits the form.
    pub next: &'static str,
    pub app: AppGuide,
}
