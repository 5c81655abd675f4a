//! Single deliveries.

use super::problem::Result;
use crate::extract::{Member, PathId};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{delivery::Delivery, ids::Delivery as DeliveryKind},
    hub::Hub,
};

/// Runs a delivery again, from the first attempt. For members.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/redeliver", tag = "deliveries", responses((status = 202, body = Delivery)))]
pub async fn redeliver(
    State(hub): State<Hub>,
    Member(actor): Member,
    PathId(id): PathId<DeliveryKind>,
) -> Result<(StatusCode, axum::Json<Delivery>)> {
    Ok((StatusCode::ACCEPTED, axum::Json(hub.redeliver(&actor, &id).await?)))
}
