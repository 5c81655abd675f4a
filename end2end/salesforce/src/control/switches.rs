//! Settings that the control API changes. If a request omits a setting, the setting keeps its value.

use super::chosen::{Chosen, Control, Rejection};
use crate::oauth::settings::TokenError;
use crate::options::ConnectedApp;
use crate::state::schema::StatusField;
use crate::state::schema::visibility::Hidden;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// Body of `POST /control/oauth`. The value `null` clears an optional setting.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookChange {
    #[serde(deserialize_with = "given")]
    url: Option<Option<String>>,
    secret: Option<String>,
    stage: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldChange {
    status_field: Option<StatusField>,
    /// Names of record types (`OpportunityHistory`) and fields (`Opportunity.RecordTypeId`). The list replaces the previous list.
    hidden: Option<Vec<String>>,
    create_files: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitChange {
    used: Option<u64>,
    max: Option<u64>,
    page_size: Option<usize>,
}

/// `POST /control/oauth`: changes the OAuth settings.
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

/// `POST /control/webhook`: changes the webhook's URL, its secret, and the trigger stage. Without a URL the trigger calls nothing.
pub async fn webhook(Chosen(organization): Chosen, Json(change): Json<WebhookChange>) -> Json<Value> {
    let mut state = organization.state();
    replace(&mut state.webhook.url, change.url.map(Option::unwrap_or_default));
    replace(&mut state.webhook.secret, change.secret);
    replace(&mut state.trigger_stage, change.stage);
    Json(json!({ "url": state.webhook.url, "secret": state.webhook.secret, "stage": state.trigger_stage }))
}

/// `POST /control/fields`: changes the configuration of the status field, hides record types and fields, and allows or forbids the
/// creation of files.
pub async fn fields(Chosen(organization): Chosen, Json(change): Json<FieldChange>) -> Result<Json<Value>, Rejection> {
    let hidden = change.hidden.as_deref().map(Hidden::parse).transpose();
    let hidden = hidden.map_err(|name| Rejection::bad(format!("`{name}` is not in the schema")))?;
    let mut state = organization.state();
    replace(&mut state.status_field, change.status_field);
    replace(&mut state.hidden, hidden);
    replace(&mut state.can_create_files, change.create_files);
    let (status_field, hidden, create_files) = (state.status_field, &state.hidden, state.can_create_files);
    Ok(Json(json!({ "status_field": status_field, "hidden": hidden, "create_files": create_files })))
}

/// `POST /control/limits`: changes the API usage, and the page size of queries.
pub async fn limits(Chosen(organization): Chosen, Json(change): Json<LimitChange>) -> Json<Value> {
    let mut state = organization.state();
    replace(&mut state.api_usage.0, change.used);
    replace(&mut state.api_usage.1, change.max);
    replace(&mut state.page_size, change.page_size.map(|size| size.max(1)));
    Json(json!({ "used": state.api_usage.0, "max": state.api_usage.1, "page_size": state.page_size }))
}

/// `POST /control/apps`: adds an app to both organizations. Replaces an app with the same client id.
pub async fn apps(State(control): State<Control>, Json(app): Json<ConnectedApp>) -> Json<Value> {
    for organization in [&control.organizations.production, &control.organizations.sandbox] {
        let mut state = organization.state();
        state.apps.retain(|known| known.client_id != app.client_id);
        state.apps.push(app.clone());
    }
    Json(json!(app))
}

/// Replaces a setting if the request contains it.
pub fn replace<T>(value: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *value = new;
    }
}

/// Deserializes `null` as `Some(None)`, so that `null` differs from a missing key, which results in `None`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
