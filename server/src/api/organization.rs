//! The organization itself.

use crate::{extract::Caller, problem::Result};
use axum::extract::State;
use lexicontract::{domain::quota::Usage, hub::Hub};

/// How much of each quota the organization uses. The operator sets the limits for each organization; `null` is no limit. Every role may read
/// it. Beyond a limit requests are refused with `quota_exceeded`: 507 for what is stored, 429 with `Retry-After` for uploads per hour and waiting
/// deliveries.
#[utoipa::path(get, path = "/api/v1/organization/usage", tag = "organization", responses((status = 200, body = Usage)))]
pub async fn usage(State(hub): State<Hub>, Caller(actor): Caller) -> Result<axum::Json<Usage>> {
    Ok(axum::Json(hub.usage(&actor).await?))
}
