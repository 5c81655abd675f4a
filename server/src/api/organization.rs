//! The caller's organization: settings and usage.

use super::problem::{PROBLEM_JSON, ProblemBody, Result};
use crate::extract::{Admin, Caller, Json};
use http::StatusCode;
use lexicontract::domain::account::organization::Organization;
use lexicontract::domain::account::quota::Usage;
use lexicontract::services::OrganizationChange;
use serde::Deserialize;
use utoipa::ToSchema;

/// Changes to the organization. Missing fields are not changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationBody {
    /// Name of the organization, 1 to 100 characters.
    name: Option<String>,
    /// True if this server is allowed to send contract texts to a language model. The setting also applies to a model that is
    /// configured later.
    llm_analysis: Option<bool>,
}

/// The settings of the organization. For all roles.
#[utoipa::path(get, path = "/api/v1/organization", tag = "organization", responses((status = 200, body = Organization)))]
pub async fn get(Caller(hub, actor): Caller) -> Result<Json<Organization>> {
    Ok(Json(hub.organization(&actor).await?))
}

/// Changes the settings of the organization. For admins.
#[utoipa::path(patch, path = "/api/v1/organization", tag = "organization", request_body = OrganizationBody,
    responses((status = 200, body = Organization)))]
pub async fn update(Admin(hub, actor): Admin, Json(body): Json<OrganizationBody>) -> Result<Json<Organization>> {
    let change = OrganizationChange { name: body.name, llm_analysis: body.llm_analysis };
    Ok(Json(hub.update_organization(&actor, change).await?))
}

/// The organization's usage of each quota. The operator sets the limits; `null` means that there is no limit. For all roles.
/// Requests that would exceed a limit get `quota_exceeded`, with status 507 for storage, users and contracts, and with status 429
/// and `Retry-After` for uploads per hour and waiting deliveries.
#[utoipa::path(get, path = "/api/v1/organization/usage", tag = "organization", responses((status = 200, body = Usage)))]
pub async fn usage(Caller(hub, actor): Caller) -> Result<Json<Usage>> {
    Ok(Json(hub.usage(&actor).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct EraseBody {
    /// The name of the organization, as a confirmation.
    #[serde(default)]
    #[schema(required)]
    name: String,
}

/// Erases the organization: users, sessions, tokens, connections, contracts, files and the audit log. The grants are revoked at the
/// providers. For admins who have signed in; API tokens get 403 `session_required`.
#[utoipa::path(delete, path = "/api/v1/organization", tag = "organization", request_body = EraseBody,
    responses((status = 204), (status = 422, description = "The name differs; nothing was erased", body = ProblemBody,
        content_type = PROBLEM_JSON)))]
pub async fn erase(Admin(hub, actor): Admin, Json(body): Json<EraseBody>) -> Result<StatusCode> {
    hub.erase_organization(&actor, &body.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
