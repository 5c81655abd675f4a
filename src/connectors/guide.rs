//! What people are shown before and while they connect, as data of a connector.

use crate::domain::connection::Environment;

/// How an OAuth app is registered at the provider, with the values of this installation.
pub struct AppGuide {
    /// What the provider calls such an app.
    pub title: &'static str,
    /// Who registers it, and where.
    pub intro: &'static str,
    /// The label of the callback URL.
    pub callback_label: &'static str,
    /// What to enter, by the provider's own labels.
    pub settings: &'static [(&'static str, &'static str)],
    /// What else to know.
    pub note: &'static str,
}

/// An environment that a person can choose.
pub struct EnvironmentChoice {
    /// The environment.
    pub environment: Environment,
    /// What people call it.
    pub label: &'static str,
    /// When it is the right one.
    pub help: &'static str,
}

/// The field for the host of a customer's own environment.
pub struct DomainField {
    /// Its label.
    pub label: &'static str,
    /// An example.
    pub placeholder: &'static str,
    /// What may be entered.
    pub help: &'static str,
}

/// What is shown before consent.
pub struct ConnectGuide {
    /// The question above the environments.
    pub title: &'static str,
    /// The environments, the most common first.
    pub environments: &'static [EnvironmentChoice],
    /// The host of a customer's own environment.
    pub domain: DomainField,
    /// What happens next.
    pub next: &'static str,
    /// The app that the operator registers.
    pub app: AppGuide,
}
