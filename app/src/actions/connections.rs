use super::outcome::{respond, respond_keeping};
use super::settings_form::SettingsForm;
use crate::Fault;
use crate::context::{actor, form_actor, hub, parse_id};
use crate::text::url::escape;
use leptos::prelude::*;
use lexicontract::domain::connection::{Connection, Settings};
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::Invalid;
use lexicontract::secret::Secret;
use lexicontract::services::{ConnectRequest, Connecting, ConnectionChange};
use std::collections::BTreeMap;

/// Connects an integration with an API key, or redirects the browser to the provider for OAuth consent.
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
    let values = from_form_page.then(|| BTreeMap::from([("environment", value(&environment)), ("domain", value(&domain))]));
    let outcome = async {
        let id = parse_id(&integration)?;
        let environment = environment.map(|text| text.parse().map_err(|_| Invalid::Environment)).transpose()?;
        let domain = domain.filter(|domain| !domain.trim().is_empty());
        let request = ConnectRequest { environment, domain, fields: secrets(fields) };
        hub().connect(&form_actor()?, &id, request).await
    };
    respond_keeping(outcome.await, |connecting| next_address(connecting, &slug), &back, values)
}

/// Replaces the API key of a connection, or redirects the browser to the provider for a new OAuth consent.
#[server(prefix = "/actions", endpoint = "reconnect")]
pub async fn reconnect(
    #[server(default)] connection: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<(), Fault> {
    let form_page = format!("/integrations/{}/reconnect", escape(&connection));
    let back = if fields.is_empty() { "/integrations" } else { &form_page };
    let outcome = async {
        let id: ConnectionId = parse_id(&connection)?;
        let (hub, actor) = (hub(), form_actor()?);
        let slug = hub.connection(&actor, &id).await?.integration.slug;
        Ok((hub.reconnect(&actor, &id, secrets(fields)).await?, slug))
    };
    respond(outcome.await, |(connecting, slug)| next_address(connecting, &slug), back)
}

/// Redirects the browser from the consent page to the provider. The new connection is pending until an admin confirms it.
#[server(prefix = "/actions", endpoint = "request_connection")]
pub async fn request_connection(
    #[server(default)] provider: String,
    #[server(default)] environment: String,
    #[server(default)] domain: String,
) -> Result<(), Fault> {
    let outcome = async {
        let environment = environment.parse().map_err(|_| Invalid::Environment)?;
        let domain = Some(domain.as_str()).filter(|domain| !domain.trim().is_empty());
        hub().start_flow_to_confirm(&actor()?, &provider, environment, domain).await
    };
    respond(outcome.await, |authorization| authorization.authorization_url, "/integrations")
}

#[server(prefix = "/actions", endpoint = "confirm_connection")]
pub async fn confirm_connection(#[server(default)] connection: String) -> Result<(), Fault> {
    let outcome = async { hub().confirm_connection(&actor()?, &parse_id(&connection)?).await };
    let done = |connected: Connection| format!("/integrations?connected={}", escape(&connected.integration.slug));
    respond(outcome.await, done, "/integrations")
}

/// Removes a connection, or declines a pending connection.
#[server(prefix = "/actions", endpoint = "disconnect")]
pub async fn disconnect(#[server(default)] connection: String) -> Result<(), Fault> {
    let outcome = async { hub().disconnect(&form_actor()?, &parse_id(&connection)?).await };
    respond(outcome.await, |gone| format!("/integrations?done=disconnected&receipt={}", gone.receipt), "/integrations")
}

/// Pauses or resumes a connection, or changes its settings. `seen` contains the settings that the form showed. If another user
/// has changed the settings since the form was rendered, the action fails and changes nothing.
#[server(prefix = "/actions", endpoint = "update_connection")]
pub async fn update_connection(
    #[server(default)] connection: String,
    #[server(default)] is_enabled: Option<bool>,
    #[server(default)] settings: Option<SettingsForm>,
    #[server(default)] seen: Option<String>,
) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let back = if settings.is_some() { format!("{page}/settings") } else { page.clone() };
    let values = settings.clone();
    let outcome = async {
        let id: ConnectionId = parse_id(&connection)?;
        let (hub, actor) = (hub(), actor()?);
        let is_about_settings = settings.is_some();
        let seen: Option<Settings> = seen.as_deref().map(serde_json::from_str).transpose().map_err(|_| Invalid::Body)?;
        let change = match (settings, seen) {
            (None, seen) => ConnectionChange { is_enabled, metadata: None, seen },
            (Some(form), seen) => {
                let seen = match seen {
                    Some(seen) => seen,
                    None => hub.connection(&actor, &id).await?.metadata,
                };
                ConnectionChange { is_enabled, metadata: Some(form.metadata(&seen)), seen: Some(seen) }
            }
        };
        let changed = hub.update_connection(&actor, &id, change).await?;
        if is_about_settings {
            // The result is dropped, because the settings are already saved and the connection page shows the test result.
            drop(hub.test_connection(&actor, &id).await);
        }
        Ok(changed)
    };
    let done = match is_enabled {
        Some(true) => "switched_on",
        Some(false) => "switched_off",
        None => "connection_changed",
    };
    respond_keeping(outcome.await, |_| format!("{page}?done={done}"), &back, values)
}

#[server(prefix = "/actions", endpoint = "test_connection")]
pub async fn test_connection(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async { hub().test_connection(&actor()?, &parse_id(&connection)?).await };
    respond(outcome.await, |_| format!("{page}?done=tested#test-result"), &page)
}

fn next_address(connecting: Connecting, slug: &str) -> String {
    match connecting {
        Connecting::Done(_) => format!("/integrations?connected={}", escape(slug)),
        Connecting::Authorize(authorization) => authorization.authorization_url,
    }
}

fn secrets(fields: BTreeMap<String, String>) -> BTreeMap<String, Secret<String>> {
    fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()
}
