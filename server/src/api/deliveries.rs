//! Endpoints for a single delivery.

use super::problem::Result;
use crate::extract::{Json, Member, Param};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{delivery::Delivery, ids::DeliveryId},
    hub::Hub,
};

/// Runs a delivery again. The number of attempts starts from zero. For members.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/redeliver", tag = "deliveries", responses((status = 202, body = Delivery)))]
pub async fn redeliver(
    State(hub): State<Hub>,
    Member(actor): Member,
    Param(id): Param<DeliveryId>,
) -> Result<(StatusCode, Json<Delivery>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.redeliver(&actor, &id).await?)))
}
