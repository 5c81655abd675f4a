//! Contracts: list, look, change the status.

use super::problem::Result;
use crate::extract::{Caller, Json, Member, PageOf, PageQuery, PathId};
use axum::extract::{Query, State, rejection::QueryRejection};
use http::StatusCode;
use lexicontract::{
    domain::{
        contract::{Contract, ContractSummary, NegotiationStatus, timeline::TimelineEntry},
        ids::Contract as ContractKind,
        page::Page,
        problem::Invalid,
    },
    hub::Hub,
    services::ContractFilter,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which contracts to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Only those with this status.
    #[param(value_type = Option<NegotiationStatus>)]
    status: Option<String>,
    /// Only those whose title, Opportunity or account holds this text, whatever the case.
    q: Option<String>,
}

/// The organization's contracts, newest first.
#[utoipa::path(get, path = "/api/v1/contracts/", tag = "contracts", params(FilterQuery, PageQuery),
    responses((status = 200, body = Page<ContractSummary>)))]
pub async fn list(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    query: std::result::Result<Query<FilterQuery>, QueryRejection>,
    PageOf(page): PageOf,
) -> Result<axum::Json<Page<ContractSummary>>> {
    let Query(query) = query.map_err(|_| Invalid::Status)?;
    let status = query.status.as_deref().filter(|status| !status.is_empty()).map(status).transpose()?;
    let text = query.q.filter(|text| !text.trim().is_empty());
    Ok(axum::Json(hub.contracts(&actor, &ContractFilter { status, text, page, ..ContractFilter::default() }).await?))
}

/// One contract, whole.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts", responses((status = 200, body = Contract)))]
pub async fn get(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    PathId(id): PathId<ContractKind>,
) -> Result<axum::Json<Contract>> {
    Ok(axum::Json(hub.contract(&actor, &id).await?))
}

/// What happened to a contract, oldest first.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/timeline", tag = "contracts", params(PageQuery),
    responses((status = 200, body = Page<TimelineEntry>)))]
pub async fn timeline(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    PathId(id): PathId<ContractKind>,
    PageOf(page): PageOf,
) -> Result<axum::Json<Page<TimelineEntry>>> {
    Ok(axum::Json(hub.timeline(&actor, &id, &page).await?))
}

/// The new status.
#[derive(Deserialize, ToSchema)]
pub struct StatusBody {
    #[serde(default)]
    #[schema(required, value_type = NegotiationStatus)]
    negotiation_status: String,
    /// The status that was seen when this was decided. When it is another one by now, nothing is changed: 409 `changed_meanwhile`.
    #[schema(value_type = Option<NegotiationStatus>)]
    seen_negotiation_status: Option<String>,
}

/// Changes the negotiation status, and queues its write-back. For members.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/status", tag = "contracts", request_body = StatusBody,
    responses((status = 200, body = Contract)))]
pub async fn change_status(
    State(hub): State<Hub>,
    Member(actor): Member,
    PathId(id): PathId<ContractKind>,
    Json(body): Json<StatusBody>,
) -> Result<axum::Json<Contract>> {
    let wanted = status(&body.negotiation_status)?;
    let contract = match body.seen_negotiation_status.as_deref().map(status).transpose()? {
        Some(seen) => hub.change_seen_status(&actor, &id, seen, wanted).await?,
        None => hub.change_status(&actor, &id, wanted).await?,
    };
    Ok(axum::Json(contract))
}

/// Tries the write-back again now. For members.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/sync", tag = "contracts", responses((status = 202, body = Contract)))]
pub async fn retry_sync(
    State(hub): State<Hub>,
    Member(actor): Member,
    PathId(id): PathId<ContractKind>,
) -> Result<(StatusCode, axum::Json<Contract>)> {
    Ok((StatusCode::ACCEPTED, axum::Json(hub.retry_sync(&actor, &id).await?)))
}

fn status(text: &str) -> std::result::Result<NegotiationStatus, Invalid> {
    NegotiationStatus::parse(text).ok_or(Invalid::Status)
}
