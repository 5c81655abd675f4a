//! Deliveries of a connection: what happened to them, calls that were refused, and repetition.

use super::problem::{PROBLEM_JSON, ProblemBody, Result};
use crate::extract::{Caller, Json, Member, PageOf, PageQuery, Param, QueryResult};
use axum::extract::Query;
use http::StatusCode;
use lexicontract::domain::connection::refused_call::RefusedCall;
use lexicontract::domain::delivery::{Delivery, DeliveryFilter, DeliveryStatus};
use lexicontract::domain::delivery_steps::DeliveryDetail;
use lexicontract::domain::ids::{ConnectionId, DeliveryId};
use lexicontract::domain::page::Page;
use lexicontract::domain::problem::Invalid;
use lexicontract::domain::time::Timestamp;
use lexicontract::services::ReceivedRange;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only deliveries with this status.
    #[param(value_type = Option<DeliveryStatus>)]
    status: Option<String>,
    /// Only deliveries that were received at or after this time (RFC 3339).
    since: Option<String>,
}

impl DeliveryQuery {
    fn filter(self) -> Result<DeliveryFilter> {
        let status = self.status.filter(|status| !status.is_empty());
        let status = status.map(|status| status.parse().map_err(|_| Invalid::DeliveryStatus)).transpose()?;
        Ok(DeliveryFilter { status, since: time(self.since, Invalid::Since)? })
    }
}

/// Lists the deliveries of the connection, newest first.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/deliveries", tag = "connections",
    params(DeliveryQuery, PageQuery), responses((status = 200, body = Page<Delivery>)))]
pub async fn deliveries(
    Caller(hub, actor): Caller,
    Param(id): Param<ConnectionId>,
    query: QueryResult<DeliveryQuery>,
    PageOf(page): PageOf,
) -> Result<Json<Page<Delivery>>> {
    let Query(query) = query.map_err(|_| Invalid::DeliveryStatus)?;
    Ok(Json(hub.filtered_deliveries(&actor, &id, &query.filter()?, &page).await?))
}

/// Returns a delivery with its steps and their durations, oldest first. The steps of an attempt appear when the attempt has ended.
#[utoipa::path(get, path = "/api/v1/deliveries/{id}", tag = "deliveries", responses((status = 200, body = DeliveryDetail)))]
pub async fn get(Caller(hub, actor): Caller, Param(id): Param<DeliveryId>) -> Result<Json<DeliveryDetail>> {
    Ok(Json(hub.delivery(&actor, &id).await?))
}

/// Runs a delivery again, and resets its number of attempts. For members.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/redeliver", tag = "deliveries", responses((status = 202, body = Delivery)))]
pub async fn redeliver(Member(hub, actor): Member, Param(id): Param<DeliveryId>) -> Result<(StatusCode, Json<Delivery>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.redeliver(&actor, &id).await?)))
}

/// Selection of the deliveries to run again.
#[derive(Deserialize, ToSchema)]
pub struct RedeliverBody {
    /// Must be `failed`.
    #[schema(value_type = DeliveryStatus)]
    status: String,
    /// Only deliveries that were received at or after this time (RFC 3339).
    since: Option<String>,
    /// Only deliveries that were received before this time (RFC 3339).
    until: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Redelivered {
    /// Number of deliveries that run again.
    count: usize,
}

/// Runs failed deliveries of the connection again, oldest first, and resets their number of attempts. One request repeats at most
/// 10,000 deliveries, and not more than the quota of waiting deliveries allows. If more have failed, send it again later. For
/// members.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/redeliver", tag = "connections", request_body = RedeliverBody,
    responses((status = 202, body = Redelivered),
    (status = 429, description = "`quota_exceeded`: too many deliveries wait", body = ProblemBody, content_type = PROBLEM_JSON)))]
pub async fn redeliver_failed(
    Member(hub, actor): Member,
    Param(id): Param<ConnectionId>,
    Json(body): Json<RedeliverBody>,
) -> Result<(StatusCode, Json<Redelivered>)> {
    if body.status.parse() != Ok(DeliveryStatus::Failed) {
        return Err(Invalid::RedeliveredStatus.into());
    }
    let range = ReceivedRange { since: time(body.since, Invalid::Since)?, until: time(body.until, Invalid::Until)? };
    let count = hub.redeliver_failed(&actor, &id, range).await?;
    Ok((StatusCode::ACCEPTED, Json(Redelivered { count })))
}

/// Lists calls that carried a secret of the connection, valid or expired, and were refused, newest first. Calls with the same reason
/// within ten minutes share an item. The newest 200 items are kept, for at most 30 days. Calls without a secret of the connection are
/// not recorded.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/refused-calls", tag = "connections", params(PageQuery),
    responses((status = 200, body = Page<RefusedCall>)))]
pub async fn refused_calls(
    Caller(hub, actor): Caller,
    Param(id): Param<ConnectionId>,
    PageOf(page): PageOf,
) -> Result<Json<Page<RefusedCall>>> {
    Ok(Json(hub.refused_calls(&actor, &id, &page).await?))
}

fn time(text: Option<String>, invalid: Invalid) -> Result<Option<Timestamp>> {
    let text = text.filter(|text| !text.is_empty());
    Ok(text.map(|text| Timestamp::parse(&text).ok_or(invalid)).transpose()?)
}
