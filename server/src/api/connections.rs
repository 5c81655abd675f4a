//! An organization's connections.

use super::{integrations::text_fields, problem::Result};
use crate::extract::{Admin, Caller, Json, Member, OptionalJson, PageOf, PageQuery, PathId};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{
        compatibility::DryRunBody,
        connection::{
            Authorization, Connection, ConnectionTest, NewWebhookSecret, Settings, dry_run::DryRun, health::ConnectionDetail,
        },
        delivery::Delivery,
        ids::Connection as ConnectionKind,
        page::Page,
        problem::Invalid,
    },
    hub::Hub,
    services::{Connecting, ConnectionChange},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The organization's connections, oldest first. Never a credential.
#[utoipa::path(get, path = "/api/v1/integrations/organization", tag = "connections",
    responses((status = 200, body = Vec<ConnectionDetail>)))]
pub async fn list(State(hub): State<Hub>, Caller(actor): Caller) -> Result<axum::Json<Vec<ConnectionDetail>>> {
    Ok(axum::Json(hub.connection_details(&actor).await?))
}

/// One connection.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}", tag = "connections",
    responses((status = 200, body = ConnectionDetail)))]
pub async fn get(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    PathId(id): PathId<ConnectionKind>,
) -> Result<axum::Json<ConnectionDetail>> {
    Ok(axum::Json(hub.connection_detail(&actor, &id).await?))
}

/// What to change of a connection; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct ChangeBody {
    is_enabled: Option<bool>,
    /// Settings, merged by top-level key; `null` removes one. `status_field`: the API name of the field. `status_labels`: texts by
    /// negotiation status. `trigger_stages`: names of stages. `file_rule`: `{"kind": "newest"}`, `{"kind": "type", "types": ["pdf"]}` or
    /// `{"kind": "name", "pattern": "*contract*"}`.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// The `metadata` that was seen when this was decided. When it is another one by now, nothing is changed: 409 `changed_meanwhile`.
    #[schema(value_type = Option<Object>)]
    seen_metadata: Option<Settings>,
}

/// Changes the switch and the settings. For admins.
#[utoipa::path(patch, path = "/api/v1/integrations/organization/{id}", tag = "connections", request_body = ChangeBody,
    responses((status = 200, body = Connection)))]
pub async fn update(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
    Json(body): Json<ChangeBody>,
) -> Result<axum::Json<Connection>> {
    let change = ConnectionChange { is_enabled: body.is_enabled, metadata: body.metadata, seen: body.seen_metadata };
    Ok(axum::Json(hub.update_connection(&actor, &id, change).await?))
}

/// Disconnects: credentials are wiped at once, the grant is revoked at the provider, contracts stay. For admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/{id}", tag = "connections", responses((status = 204)))]
pub async fn disconnect(State(hub): State<Hub>, Admin(actor): Admin, PathId(id): PathId<ConnectionKind>) -> Result<StatusCode> {
    hub.disconnect(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms a connection with the status `needs_confirmation`, which is used from now on. One that is confirmed already stays as it is.
/// Declining it is `DELETE`. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/confirm", tag = "connections",
    responses((status = 200, body = Connection)))]
pub async fn confirm(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
) -> Result<axum::Json<Connection>> {
    Ok(axum::Json(hub.confirm_connection(&actor, &id).await?))
}

/// The key and the provider's further fields; nothing for OAuth 2.0.
#[derive(Default, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ReconnectBody {
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Map<String, Value>,
}

/// Where the person must go (OAuth 2.0), or the connection (key).
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Reconnected {
    /// For OAuth 2.0.
    Authorize(Authorization),
    /// For a key.
    Done(Box<Connection>),
}

/// Connects again; id and history stay. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/reconnect", tag = "connections",
    request_body = Option<ReconnectBody>,
    responses(
        (status = 200, description = "Where the person must go (OAuth 2.0), or the connection (key)", body = Reconnected)))]
pub async fn reconnect(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
    OptionalJson(body): OptionalJson<ReconnectBody>,
) -> Result<axum::Json<Reconnected>> {
    let fields = text_fields(body.fields)?;
    Ok(axum::Json(match hub.reconnect(&actor, &id, fields).await? {
        Connecting::Authorize(authorization) => Reconnected::Authorize(authorization),
        Connecting::Done(connection) => Reconnected::Done(Box::new(connection)),
    }))
}

/// Asks the provider now whether everything is as it must be. For members.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/test", tag = "connections",
    responses((status = 200, body = ConnectionTest)))]
pub async fn test(
    State(hub): State<Hub>,
    Member(actor): Member,
    PathId(id): PathId<ConnectionKind>,
) -> Result<axum::Json<ConnectionTest>> {
    Ok(axum::Json(hub.test_connection(&actor, &id).await?))
}

/// Makes a webhook secret, which is shown this once. The one before it works for 24 hours more, or until it is ended.
/// For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/webhook-secret", tag = "connections",
    responses((status = 201, body = NewWebhookSecret)))]
pub async fn make_webhook_secret(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
) -> Result<(StatusCode, axum::Json<NewWebhookSecret>)> {
    Ok((StatusCode::CREATED, axum::Json(hub.make_webhook_secret(&actor, &id).await?)))
}

/// Ends the previous webhook secret at once: calls with it are refused from then on, and so are calls signed with its key. Without one,
/// nothing changes. For admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/{id}/webhook-secret/previous", tag = "connections",
    responses((status = 204)))]
pub async fn end_previous_webhook_secrets(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
) -> Result<StatusCode> {
    hub.end_previous_webhook_secrets(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The connection's deliveries, newest first.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/deliveries", tag = "connections", params(PageQuery),
    responses((status = 200, body = Page<Delivery>)))]
pub async fn deliveries(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    PathId(id): PathId<ConnectionKind>,
    PageOf(page): PageOf,
) -> Result<axum::Json<Page<Delivery>>> {
    Ok(axum::Json(hub.deliveries(&actor, &id, &page).await?))
}

/// What a delivery of a deal would do. Writes nothing. For members.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/dry-run", tag = "connections", request_body = DryRunBody,
    responses((status = 200, body = DryRun)))]
pub async fn dry_run(
    State(hub): State<Hub>,
    Member(actor): Member,
    PathId(id): PathId<ConnectionKind>,
    Json(body): Json<DryRunBody>,
) -> Result<axum::Json<DryRun>> {
    Ok(axum::Json(hub.dry_run(&actor, &id, body.record_id().ok_or(Invalid::RecordId)?).await?))
}
