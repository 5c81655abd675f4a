//! An organization's connections.

use super::integrations::text_fields;
use super::problem::Result;
use crate::extract::{Admin, Caller, Json, Member, OptionalJson, Param};
use http::StatusCode;
use lexicontract::domain::compatibility::DryRunBody;
use lexicontract::domain::connection::dry_run::DryRun;
use lexicontract::domain::connection::health::ConnectionDetail;
use lexicontract::domain::connection::{
    Authorization, Connection, ConnectionTest, NewOutboundSecret, NewWebhookSecret, Settings,
};
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::Invalid;
use lexicontract::services::{Connecting, ConnectionChange};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Lists the organization's connections, oldest first. The response contains no credentials.
#[utoipa::path(get, path = "/api/v1/integrations/organization", tag = "connections",
    responses((status = 200, body = Vec<ConnectionDetail>)))]
pub async fn list(Caller(hub, actor): Caller) -> Result<Json<Vec<ConnectionDetail>>> {
    Ok(Json(hub.connection_details(&actor).await?))
}

/// Returns one connection.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}", tag = "connections",
    responses((status = 200, body = ConnectionDetail)))]
pub async fn get(Caller(hub, actor): Caller, Param(id): Param<ConnectionId>) -> Result<Json<ConnectionDetail>> {
    Ok(Json(hub.connection_detail(&actor, &id).await?))
}

/// Changes to a connection. Missing fields are not changed.
#[derive(Deserialize, ToSchema)]
pub struct ChangeBody {
    is_enabled: Option<bool>,
    /// Settings, merged by top-level key: a value is replaced as a whole, and `null` removes a key, so that its default applies.
    ///
    /// - `status_field`: the API name of the field for the status.
    /// - `status_labels`: texts by negotiation status, and `needs_file`, which is written instead of the status while the deal has
    ///   no usable file.
    /// - `write_on_create`: whether the status is written as soon as the contract exists (default `true`).
    /// - `trigger_stages`: ids of the stages that lead to a contract. For Salesforce, these are API values of `StageName`.
    /// - `trigger`: `{"record_types": [], "pipeline": "…", "field": "…", "only_if_still_there": true}`. Further conditions: API
    ///   names of record types (empty: all), the id of a pipeline, the API name of the field that contains the stage, and whether
    ///   a deal that has left the stage before it is read is skipped.
    /// - `poll_seconds`: seconds between two polls, 30 to 3600 (default 60); 0 switches polling off.
    /// - `poll_api_share`: how much of the account's daily API calls polling uses at most, in percent, 1 to 50 (default 10).
    /// - `file_rule`: `{"kind": "documents"}` (default), `{"kind": "newest"}`, `{"kind": "type", "types": ["pdf"]}` or
    ///   `{"kind": "name", "pattern": "*contract*"}`.
    /// - `reopen_on_new_version`: whether a new version from the provider sets an approved contract back to `in_review` (default
    ///   `true`).
    /// - `file_back`: `{"on": ["approved", "signed"]}`, the statuses in which a version that did not come from the provider is filed
    ///   there, as a new version of the same file. Nothing is filed by default. Contracts that have the status already are not filed.
    /// - `webhook_signature`: `optional` or `required`; calls need no signature if it is absent.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// The `metadata` that the change is based on. If the stored `metadata` has changed since, the response is 409
    /// `changed_meanwhile`.
    #[schema(value_type = Option<Object>)]
    seen_metadata: Option<Settings>,
}

/// Enables or disables a connection, and changes its settings. For admins.
#[utoipa::path(patch, path = "/api/v1/integrations/organization/{id}", tag = "connections", request_body = ChangeBody,
    responses((status = 200, body = Connection)))]
pub async fn update(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<Connection>> {
    let change = ConnectionChange { is_enabled: body.is_enabled, metadata: body.metadata, seen: body.seen_metadata };
    Ok(Json(hub.update_connection(&actor, &id, change).await?))
}

/// Disconnects from the provider: deletes the credentials, revokes the grant at the provider, and keeps the contracts. For
/// admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/{id}", tag = "connections", responses((status = 204)))]
pub async fn disconnect(Admin(hub, actor): Admin, Param(id): Param<ConnectionId>) -> Result<StatusCode> {
    hub.disconnect(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms a connection that has the status `needs_confirmation`. If the connection is already confirmed, nothing changes. To
/// decline the connection, delete it. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/confirm", tag = "connections",
    responses((status = 200, body = Connection)))]
pub async fn confirm(Admin(hub, actor): Admin, Param(id): Param<ConnectionId>) -> Result<Json<Connection>> {
    Ok(Json(hub.confirm_connection(&actor, &id).await?))
}

/// For a connection with an API key: the key and the provider's additional fields. For OAuth 2.0: empty.
#[derive(Default, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ReconnectBody {
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Map<String, Value>,
}

/// The address of the consent page (OAuth 2.0), or the reconnected connection (API key).
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Reconnected {
    Authorize(Authorization),
    Done(Box<Connection>),
}

/// Reconnects a connection. The connection keeps its id and its history. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/reconnect", tag = "connections",
    request_body = Option<ReconnectBody>,
    responses(
        (status = 200, description = "The consent page (OAuth 2.0), or the connection (API key)", body = Reconnected)))]
pub async fn reconnect(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
    OptionalJson(body): OptionalJson<ReconnectBody>,
) -> Result<Json<Reconnected>> {
    let fields = text_fields(body.fields)?;
    Ok(Json(match hub.reconnect(&actor, &id, fields).await? {
        Connecting::Authorize(authorization) => Reconnected::Authorize(authorization),
        Connecting::Done(connection) => Reconnected::Done(Box::new(connection)),
    }))
}

/// Tests the connection at the provider. For members.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/test", tag = "connections",
    responses((status = 200, body = ConnectionTest)))]
pub async fn test(Member(hub, actor): Member, Param(id): Param<ConnectionId>) -> Result<Json<ConnectionTest>> {
    Ok(Json(hub.test_connection(&actor, &id).await?))
}

/// Creates a webhook secret. The secret is shown only in this response. The previous secret stays valid for 24 hours, unless it
/// is revoked earlier. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/webhook-secret", tag = "connections",
    responses((status = 201, body = NewWebhookSecret)))]
pub async fn make_webhook_secret(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
) -> Result<(StatusCode, Json<NewWebhookSecret>)> {
    Ok((StatusCode::CREATED, Json(hub.make_webhook_secret(&actor, &id).await?)))
}

/// Revokes the previous webhook secret and its signing key immediately. If there is no previous secret, nothing changes. For
/// admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/{id}/webhook-secret/previous", tag = "connections",
    responses((status = 204)))]
pub async fn end_previous_webhook_secrets(Admin(hub, actor): Admin, Param(id): Param<ConnectionId>) -> Result<StatusCode> {
    hub.end_previous_webhook_secrets(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates the URL to which Salesforce sends Outbound Messages. The URL contains a secret and is shown only in this response. The
/// previous URL stays valid for 24 hours, unless it is revoked earlier. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/outbound-secret", tag = "connections",
    responses((status = 201, body = NewOutboundSecret)))]
pub async fn create_outbound_secret(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
) -> Result<(StatusCode, Json<NewOutboundSecret>)> {
    Ok((StatusCode::CREATED, Json(hub.create_outbound_secret(&actor, &id).await?)))
}

/// Revokes the previous URL for Outbound Messages immediately. If there is no previous URL, nothing changes. For admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/{id}/outbound-secret/previous", tag = "connections",
    responses((status = 204)))]
pub async fn end_previous_outbound_secrets(Admin(hub, actor): Admin, Param(id): Param<ConnectionId>) -> Result<StatusCode> {
    hub.end_previous_outbound_secrets(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Previews the result of a delivery of a deal, without writing anything. For members.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/dry-run", tag = "connections", request_body = DryRunBody,
    responses((status = 200, body = DryRun)))]
pub async fn dry_run(
    Member(hub, actor): Member,
    Param(id): Param<ConnectionId>,
    Json(body): Json<DryRunBody>,
) -> Result<Json<DryRun>> {
    Ok(Json(hub.dry_run(&actor, &id, body.record_id().ok_or(Invalid::RecordId)?).await?))
}
