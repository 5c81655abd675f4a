//! Switches: apps, OAuth, webhook, status field, limits. What a call leaves out stays as it is.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::chosen::{Chosen, Control};
use crate::oauth::settings::TokenError;
use crate::options::ConnectedApp;
use crate::state::schema::StatusField;

/// Changes of the OAuth side. `null` clears what may be empty.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct OAuthChange {
    rotation: Option<bool>,
    reuse_detection: Option<bool>,
    require_pkce: Option<bool>,
    #[serde(deserialize_with = "given")]
    deny_with: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    token_error: Option<Option<TokenError>>,
    omit_refresh_token: Option<bool>,
    #[serde(deserialize_with = "given")]
    instance_url: Option<Option<String>>,
    session_seconds: Option<i64>,
}

/// Changes of the trigger.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookChange {
    url: Option<String>,
    secret: Option<String>,
    stage: Option<String>,
}

/// Changes of Opportunity's fields.
#[derive(Debug, Deserialize)]
pub struct FieldChange {
    status_field: StatusField,
}

/// Changes of limits.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitChange {
    used: Option<u64>,
    max: Option<u64>,
    page_size: Option<usize>,
}

/// `POST /control/oauth`.
pub async fn oauth(Chosen(organization): Chosen, Json(change): Json<OAuthChange>) -> Json<Value> {
    let mut state = organization.state();
    let settings = &mut state.settings;
    replace(&mut settings.rotation, change.rotation);
    replace(&mut settings.reuse_detection, change.reuse_detection);
    replace(&mut settings.require_pkce, change.require_pkce);
    replace(&mut settings.deny_with, change.deny_with);
    replace(&mut settings.token_error, change.token_error);
    replace(&mut settings.omit_refresh_token, change.omit_refresh_token);
    replace(&mut settings.instance_url, change.instance_url);
    replace(&mut settings.session_seconds, change.session_seconds);
    Json(json!(settings))
}

/// `POST /control/webhook`.
pub async fn webhook(Chosen(organization): Chosen, Json(change): Json<WebhookChange>) -> Json<Value> {
    let mut state = organization.state();
    replace(&mut state.webhook.url, change.url);
    replace(&mut state.webhook.secret, change.secret);
    replace(&mut state.trigger_stage, change.stage);
    Json(json!({ "url": state.webhook.url, "secret": state.webhook.secret, "stage": state.trigger_stage }))
}

/// `POST /control/fields`.
pub async fn fields(Chosen(organization): Chosen, Json(change): Json<FieldChange>) -> Json<Value> {
    organization.state().status_field = change.status_field;
    Json(json!({ "status_field": change.status_field }))
}

/// `POST /control/limits`.
pub async fn limits(Chosen(organization): Chosen, Json(change): Json<LimitChange>) -> Json<Value> {
    let mut state = organization.state();
    replace(&mut state.api_usage.0, change.used);
    replace(&mut state.api_usage.1, change.max);
    replace(&mut state.page_size, change.page_size.map(|size| size.max(1)));
    Json(json!({ "used": state.api_usage.0, "max": state.api_usage.1, "page_size": state.page_size }))
}

/// `POST /control/apps`: adds an app to both organizations, or replaces the one with its id.
pub async fn apps(State(control): State<Control>, Json(app): Json<ConnectedApp>) -> Json<Value> {
    for organization in [&control.world.production, &control.world.sandbox] {
        let mut state = organization.state();
        state.apps.retain(|known| known.client_id != app.client_id);
        state.apps.push(app.clone());
    }
    Json(json!(app))
}

fn replace<T>(place: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *place = new;
    }
}

/// Tells `null` from a field that is left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
