//! Connect, reconnect, disconnect, and the settings of a connection.

use super::ending::{end, end_typed};
use crate::{
    Fault,
    context::{actor, hub, sender},
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        connection::{Environment, Settings, SignatureRule},
        contract::NegotiationStatus,
        file::rule::FileRule,
        ids::{ConnectionId, IntegrationId},
        problem::{Invalid, Problem},
    },
    hub,
    secret::Secret,
    services::{ConnectRequest, Connecting, ConnectionChange},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Connects with a key, or sends the browser to the provider for consent.
///
/// # Errors
/// The key is refused, this is connected already, or the integration is not available.
#[server(prefix = "/actions", endpoint = "connect")]
pub async fn connect(
    #[server(default)] integration: String,
    #[server(default)] environment: Option<String>,
    #[server(default)] domain: Option<String>,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<(), Fault> {
    let slug = integration.trim_start_matches("int_").to_owned();
    let from_form_page = environment.is_some() || !fields.is_empty();
    let back = if from_form_page { format!("/integrations/connect/{}", escape(&slug)) } else { "/integrations".to_owned() };
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let typed = from_form_page.then(|| BTreeMap::from([("environment", value(&environment)), ("domain", value(&domain))]));
    let outcome = begin(&integration, environment.as_deref(), domain, fields).await;
    end_typed(outcome, |connecting| onward(connecting, &slug), &back, typed)
}

async fn begin(
    integration: &str,
    environment: Option<&str>,
    domain: Option<String>,
    fields: BTreeMap<String, String>,
) -> hub::Result<Connecting> {
    let id: IntegrationId = integration.parse().map_err(|_| Problem::NotFound)?;
    let environment = match environment {
        Some(text) => Some(Environment::parse(text).ok_or(Invalid::Environment)?),
        None => None,
    };
    let domain = domain.filter(|domain| !domain.trim().is_empty());
    let request = ConnectRequest { environment, domain, fields: secrets(fields) };
    hub().connect(&sender()?, &id, request).await
}

/// Connects an existing connection again.
///
/// # Errors
/// The key is refused, belongs to another account, or the connection is gone.
#[server(prefix = "/actions", endpoint = "reconnect")]
pub async fn reconnect(
    #[server(default)] connection: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<(), Fault> {
    let back =
        if fields.is_empty() { "/integrations".to_owned() } else { format!("/integrations/{}/reconnect", escape(&connection)) };
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        let (hub, sender) = (hub(), sender()?);
        let slug = hub.connection(&sender.actor, &id).await?.integration.slug;
        Ok((hub.reconnect(&sender, &id, secrets(fields)).await?, slug))
    };
    end(outcome.await, |(connecting, slug)| onward(connecting, &slug), &back)
}

/// Sends the browser to a provider from the page that asks: what it connects must be confirmed.
///
/// # Errors
/// The integration is not available, or a connection waits for confirmation.
#[server(prefix = "/actions", endpoint = "request_connection")]
pub async fn request_connection(
    #[server(default)] provider: String,
    #[server(default)] environment: String,
    #[server(default)] domain: String,
) -> Result<(), Fault> {
    let outcome = async {
        let environment = Environment::parse(&environment).ok_or(Invalid::Environment)?;
        let domain = Some(domain.as_str()).filter(|domain| !domain.trim().is_empty());
        hub().start_flow_to_confirm(&actor()?, &provider, environment, domain).await
    };
    end(outcome.await, |authorization| authorization.authorization_url, "/integrations")
}

/// Confirms the account of a connection, which is used from now on.
///
/// # Errors
/// The connection is gone.
#[server(prefix = "/actions", endpoint = "confirm_connection")]
pub async fn confirm_connection(#[server(default)] connection: String) -> Result<(), Fault> {
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        hub().confirm_connection(&actor()?, &id).await
    };
    end(outcome.await, |connection| format!("/integrations?connected={}", escape(&connection.integration.slug)), "/integrations")
}

/// Removes a connection, or declines one that waits for confirmation.
///
/// # Errors
/// The connection is gone already.
#[server(prefix = "/actions", endpoint = "disconnect")]
pub async fn disconnect(#[server(default)] connection: String) -> Result<(), Fault> {
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        hub().disconnect(&sender()?, &id).await
    };
    end(outcome.await, |gone| format!("/integrations?done=disconnected&receipt={}", gone.receipt), "/integrations")
}

/// The settings of a connection as the form sends them; empty means default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SettingsForm {
    /// The API name of the field.
    #[serde(default)]
    pub status_field: String,
    /// The labels by status.
    #[serde(default)]
    pub status_labels: BTreeMap<String, String>,
    /// The stages that were ticked, each under a name of its own.
    #[serde(default)]
    pub stage_choices: BTreeMap<String, String>,
    /// Other stages, with semicolons between them.
    #[serde(default)]
    pub trigger_stages: String,
    /// The kind of the file rule; empty leaves the rule as it is.
    #[serde(default)]
    pub file_rule: String,
    /// The endings of the file rule.
    #[serde(default)]
    pub file_types: String,
    /// The pattern of the file rule.
    #[serde(default)]
    pub file_pattern: String,
    /// What is asked of signatures: `off` for nothing. A form without the choice leaves it as it is.
    #[serde(default)]
    pub webhook_signature: Option<String>,
}

impl SettingsForm {
    /// What was typed, as settings to fill the form with: they may be what nobody can use.
    pub(crate) fn settings(&self, before: &Settings) -> Settings {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let types = || self.file_types.split([',', ';', ' ']).filter_map(text).collect();
        Settings {
            status_field: text(&self.status_field),
            status_labels: self
                .status_labels
                .iter()
                .filter_map(|(status, label)| Some((NegotiationStatus::parse(status)?, text(label)?)))
                .collect(),
            trigger_stages: self
                .stage_choices
                .values()
                .map(String::as_str)
                .chain(self.trigger_stages.split(';'))
                .filter_map(text)
                .collect(),
            file_rule: match self.file_rule.as_str() {
                "type" => FileRule::Type { types: types() },
                "name" => FileRule::Name { pattern: self.file_pattern.clone() },
                "newest" => FileRule::Newest,
                _ => before.file_rule.clone(),
            },
            webhook_signature: match self.webhook_signature.as_deref() {
                Some("optional") => Some(SignatureRule::Optional),
                Some("required") => Some(SignatureRule::Required),
                Some(_) => None,
                None => before.webhook_signature,
            },
        }
    }

    /// The first setting that cannot be used, by its name among the settings of a connection.
    pub(crate) fn fault(&self, before: &Settings) -> Option<String> {
        let is_refused = |name: &String, value: &Value| before.merged(&Map::from_iter([(name.clone(), value.clone())])).is_err();
        self.clone().metadata().into_iter().find(|(name, value)| is_refused(name, value)).map(|(name, _)| name)
    }

    fn metadata(self) -> Map<String, Value> {
        let labels: Map<String, Value> = self
            .status_labels
            .into_iter()
            .filter(|(_, label)| !label.trim().is_empty())
            .map(|(status, label)| (status, json!(label.trim())))
            .collect();
        let typed = self.trigger_stages.split(';');
        let stages: Vec<&str> = self.stage_choices.values().map(String::as_str).chain(typed).map(str::trim).collect();
        let stages: Vec<&str> = stages.into_iter().filter(|stage| !stage.is_empty()).collect();
        let field = self.status_field.trim();
        let mut metadata = Map::new();
        metadata.insert("status_field".into(), if field.is_empty() { Value::Null } else { json!(field) });
        metadata.insert("status_labels".into(), if labels.is_empty() { Value::Null } else { Value::Object(labels) });
        metadata.insert("trigger_stages".into(), if stages.is_empty() { Value::Null } else { json!(stages) });
        match self.file_rule.as_str() {
            "type" => {
                let between = |c: char| c == ',' || c == ';' || c.is_whitespace();
                let types: Vec<&str> = self.file_types.split(between).filter(|ending| !ending.is_empty()).collect();
                metadata.insert("file_rule".into(), json!({ "kind": "type", "types": types }));
            }
            "name" => drop(metadata.insert("file_rule".into(), json!({ "kind": "name", "pattern": self.file_pattern.trim() }))),
            "newest" => drop(metadata.insert("file_rule".into(), Value::Null)),
            _ => {}
        }
        if let Some(rule) = self.webhook_signature {
            metadata.insert("webhook_signature".into(), if rule == "off" { Value::Null } else { json!(rule) });
        }
        metadata
    }
}

/// Switches a connection off or on, or changes its settings. A form says which settings its person saw: when somebody else was faster,
/// nothing is overwritten.
///
/// # Errors
/// A setting cannot be accepted, somebody else has changed them meanwhile, or the connection is gone.
#[server(prefix = "/actions", endpoint = "update_connection")]
pub async fn update_connection(
    #[server(default)] connection: String,
    #[server(default)] is_enabled: Option<bool>,
    #[server(default)] settings: Option<SettingsForm>,
    #[server(default)] seen: Option<String>,
) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let back = if settings.is_some() { format!("{page}/settings") } else { page.clone() };
    let typed = settings.clone();
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        let (hub, actor) = (hub(), actor()?);
        let is_about_settings = settings.is_some();
        let seen = seen.as_deref().map(serde_json::from_str).transpose().map_err(|_| Invalid::Body)?;
        let change = ConnectionChange { is_enabled, metadata: settings.map(SettingsForm::metadata), seen };
        let changed = hub.update_connection(&actor, &id, change).await?;
        if is_about_settings {
            // The settings are saved whatever this finds; the connection's page shows the findings.
            drop(hub.test_connection(&actor, &id).await);
        }
        Ok(changed)
    };
    let done = match is_enabled {
        Some(true) => "switched_on",
        Some(false) => "switched_off",
        None => "connection_changed",
    };
    end_typed(outcome.await, |_| format!("{page}?done={done}"), &back, typed)
}

/// Asks the provider now whether everything is as it must be; the connection's page shows what was found.
///
/// # Errors
/// The connection is gone, or the person is only a viewer.
#[server(prefix = "/actions", endpoint = "test_connection")]
pub async fn test_connection(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        hub().test_connection(&actor()?, &id).await
    };
    end(outcome.await, |_| format!("{page}?done=tested#test-result"), &page)
}

fn onward(connecting: Connecting, slug: &str) -> String {
    match connecting {
        Connecting::Done(_) => format!("/integrations?connected={}", escape(slug)),
        Connecting::Authorize(authorization) => authorization.authorization_url,
    }
}

fn secrets(fields: BTreeMap<String, String>) -> BTreeMap<String, Secret<String>> {
    fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_settings_remove_and_filled_ones_are_trimmed() {
        let form = SettingsForm {
            status_field: "  ".into(),
            status_labels: [("draft".to_owned(), String::new()), ("signed".to_owned(), " Done ".to_owned())].into(),
            stage_choices: [("3".to_owned(), "Closing".to_owned())].into(),
            trigger_stages: "Needs Legal Review; ;".into(),
            file_rule: "type".into(),
            file_types: "pdf, docx;txt".into(),
            file_pattern: String::new(),
            webhook_signature: None,
        };
        let metadata = Value::Object(form.clone().metadata());
        assert_eq!(
            metadata,
            json!({
                "status_field": null, "status_labels": {"signed": "Done"}, "trigger_stages": ["Closing", "Needs Legal Review"],
                "file_rule": {"kind": "type", "types": ["pdf", "docx", "txt"]}
            })
        );
        let before = Settings::default();
        assert_eq!(form.fault(&before), None);
        assert_eq!(form.settings(&before), before.merged(&form.clone().metadata()).unwrap());
        assert_eq!(SettingsForm::default().metadata().get("file_rule"), None);
        let newest = SettingsForm { file_rule: "newest".into(), ..SettingsForm::default() };
        assert_eq!(newest.metadata().get("file_rule"), Some(&Value::Null));
        let signature = |rule: Option<&str>| {
            let form = SettingsForm { webhook_signature: rule.map(str::to_owned), ..SettingsForm::default() };
            form.metadata().get("webhook_signature").cloned()
        };
        assert_eq!(
            [signature(None), signature(Some("off")), signature(Some("required"))],
            [None, Some(Value::Null), Some(json!("required"))]
        );
    }

    #[test]
    fn the_setting_that_cannot_be_used_is_named_and_the_rest_is_shown_as_it_was_typed() {
        let form = SettingsForm {
            status_field: "not a name".into(),
            file_rule: "name".into(),
            file_pattern: "*signed*".into(),
            webhook_signature: Some("required".into()),
            ..SettingsForm::default()
        };
        let before = Settings::default();
        assert_eq!(form.fault(&before).as_deref(), Some("status_field"));
        let shown = form.settings(&before);
        assert_eq!(shown.status_field.as_deref(), Some("not a name"));
        assert_eq!(shown.file_rule, FileRule::Name { pattern: "*signed*".into() });
        assert_eq!(shown.webhook_signature, Some(SignatureRule::Required));
        let types = SettingsForm { file_rule: "type".into(), ..SettingsForm::default() };
        assert_eq!(types.fault(&before).as_deref(), Some("file_rule"));
    }
}
