//! The organization itself.

use super::problem::Result;
use crate::extract::{Admin, Caller, Json};
use axum::extract::State;
use lexicontract::{
    domain::account::{organization::Organization, quota::Usage},
    hub::Hub,
    services::OrganizationChange,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// What to change of the organization; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationBody {
    /// Its name, 1 to 100 characters.
    name: Option<String>,
    /// Whether the texts of its contracts may be sent to the language model of this server, also to one that is configured later.
    llm_analysis: Option<bool>,
}

/// The settings of the organization. Every role may read them.
#[utoipa::path(get, path = "/api/v1/organization", tag = "organization", responses((status = 200, body = Organization)))]
pub async fn get(State(hub): State<Hub>, Caller(actor): Caller) -> Result<axum::Json<Organization>> {
    Ok(axum::Json(hub.organization(&actor).await?))
}

/// Changes the settings of the organization. For admins.
#[utoipa::path(patch, path = "/api/v1/organization", tag = "organization", request_body = OrganizationBody,
    responses((status = 200, body = Organization)))]
pub async fn update(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    Json(body): Json<OrganizationBody>,
) -> Result<axum::Json<Organization>> {
    let change = OrganizationChange { name: body.name, llm_analysis: body.llm_analysis };
    Ok(axum::Json(hub.update_organization(&actor, change).await?))
}

/// How much of each quota the organization uses. The operator sets the limits for each organization; `null` is no limit. Every role may read
/// it. Beyond a limit requests are refused with `quota_exceeded`: 507 for what is stored, 429 with `Retry-After` for uploads per hour and waiting
/// deliveries.
#[utoipa::path(get, path = "/api/v1/organization/usage", tag = "organization", responses((status = 200, body = Usage)))]
pub async fn usage(State(hub): State<Hub>, Caller(actor): Caller) -> Result<axum::Json<Usage>> {
    Ok(axum::Json(hub.usage(&actor).await?))
}
