//! Contracts: list, read, change, link and erase.

use super::problem::{PROBLEM_JSON, ProblemBody, Result};
use crate::extract::{Admin, Caller, Json, Member, PageOf, PageQuery, Param, Params, QueryResult};
use axum::extract::Query;
use http::StatusCode;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::timeline::TimelineEntry;
use lexicontract::domain::contract::{Contract, ContractSummary, NegotiationStatus};
use lexicontract::domain::delivery::Delivery;
use lexicontract::domain::file::deal_file::DealFiles;
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::page::Page;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::services::ContractFilter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Only contracts with this status.
    #[param(value_type = Option<NegotiationStatus>)]
    status: Option<String>,
    /// Only contracts whose title, Opportunity or account contains this text, in upper or lower case.
    q: Option<String>,
    /// Only contracts that a user must look at for this reason.
    #[param(value_type = Option<Attention>)]
    attention: Option<String>,
}

/// Lists the organization's contracts, newest first.
#[utoipa::path(get, path = "/api/v1/contracts/", tag = "contracts", params(FilterQuery, PageQuery),
    responses((status = 200, body = Page<ContractSummary>)))]
pub async fn list(
    Caller(hub, actor): Caller,
    query: QueryResult<FilterQuery>,
    PageOf(page): PageOf,
) -> Result<Json<Page<ContractSummary>>> {
    let Query(query) = query.map_err(|_| Invalid::Status)?;
    let status = query.status.as_deref().filter(|status| !status.is_empty()).map(status).transpose()?;
    let attention = query.attention.as_deref().filter(|attention| !attention.is_empty());
    let attention = attention.map(str::parse).transpose().map_err(|_| Invalid::Attention)?;
    let text = query.q.filter(|text| !text.trim().is_empty());
    let filter = ContractFilter { status, attention, text, page, ..ContractFilter::default() };
    Ok(Json(hub.contracts(&actor, &filter).await?))
}

/// Returns one contract.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts", responses((status = 200, body = Contract)))]
pub async fn get(Caller(hub, actor): Caller, Param(id): Param<ContractId>) -> Result<Json<Contract>> {
    Ok(Json(hub.contract(&actor, &id).await?))
}

/// Returns the timeline of a contract, oldest entry first.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/timeline", tag = "contracts", params(PageQuery),
    responses((status = 200, body = Page<TimelineEntry>)))]
pub async fn timeline(
    Caller(hub, actor): Caller,
    Param(id): Param<ContractId>,
    PageOf(page): PageOf,
) -> Result<Json<Page<TimelineEntry>>> {
    Ok(Json(hub.timeline(&actor, &id, &page).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct StatusBody {
    #[serde(default)]
    #[schema(required, value_type = NegotiationStatus)]
    negotiation_status: String,
    /// The status that the change is based on. If the stored status has changed since, the response is 409 `changed_meanwhile`.
    #[schema(value_type = Option<NegotiationStatus>)]
    seen_negotiation_status: Option<String>,
}

/// Changes the negotiation status, and queues the write-back of the status to the provider. For members.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/status", tag = "contracts", request_body = StatusBody,
    responses((status = 200, body = Contract)))]
pub async fn change_status(
    Member(hub, actor): Member,
    Param(id): Param<ContractId>,
    Json(body): Json<StatusBody>,
) -> Result<Json<Contract>> {
    let wanted = status(&body.negotiation_status)?;
    let seen = body.seen_negotiation_status.as_deref().map(status).transpose()?;
    Ok(Json(hub.change_status_if(&actor, &id, seen, wanted).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractBody {
    /// Title of the contract, 1 to 255 characters.
    #[serde(default)]
    #[schema(required)]
    title: String,
    /// The title that the change is based on. If the stored title has changed since, the response is 409 `changed_meanwhile`.
    seen_title: Option<String>,
}

/// Changes the title. For members.
#[utoipa::path(patch, path = "/api/v1/contracts/{id}", tag = "contracts", request_body = ContractBody,
    responses((status = 200, body = Contract)))]
pub async fn update(
    Member(hub, actor): Member,
    Param(id): Param<ContractId>,
    Json(body): Json<ContractBody>,
) -> Result<Json<Contract>> {
    Ok(Json(hub.change_title(&actor, &id, body.seen_title.as_deref(), &body.title).await?))
}

/// Erases a contract: its files, texts, findings, timeline, deliveries and queued tasks. One line of the audit log remains, with the
/// id. Nothing is deleted at the provider. The deal is not imported again, except by a user or a webhook call. For admins.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}", tag = "contracts", responses((status = 204)))]
pub async fn erase(Admin(hub, actor): Admin, Param(id): Param<ContractId>) -> Result<StatusCode> {
    hub.erase_contract(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct LinkBody {
    /// The connection to the account of the deal.
    #[serde(default)]
    #[schema(required)]
    connection_id: String,
    /// The id of the deal, or the address of its page at the provider.
    #[serde(default)]
    #[schema(required)]
    record_id: String,
}

/// Links the contract to a deal, instead of the deal that it was linked to before. The status is written to the deal unless the
/// setting `write_on_create` of the connection is off. For members.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/link", tag = "contracts", request_body = LinkBody,
    responses((status = 200, body = Contract),
    (status = 404, description = "`not_found`, or `opportunity_not_found` (`record_not_found` for other providers than Salesforce)",
        body = ProblemBody, content_type = PROBLEM_JSON),
    (status = 409, description = "`record_linked`: another contract is linked to the deal; or `integration_disabled`",
        body = ProblemBody, content_type = PROBLEM_JSON),
    (status = 502, description = "The provider does not respond as expected", body = ProblemBody, content_type = PROBLEM_JSON)))]
pub async fn link(
    Member(hub, actor): Member,
    Param(id): Param<ContractId>,
    Json(body): Json<LinkBody>,
) -> Result<Json<Contract>> {
    if body.connection_id.is_empty() {
        return Err(Invalid::Body.into());
    }
    let connection = body.connection_id.parse().map_err(|_| Problem::NotFound)?;
    Ok(Json(hub.link_contract(&actor, &id, &connection, &body.record_id).await?))
}

/// Removes the link to the deal. The contract stays, and the deal keeps the last status that was written. Succeeds if the contract
/// is not linked. For members.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}/link", tag = "contracts", responses((status = 204)))]
pub async fn unlink(Member(hub, actor): Member, Param(id): Param<ContractId>) -> Result<StatusCode> {
    hub.unlink_contract(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Retries the write-back of the contract's status immediately. For members.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/sync", tag = "contracts", responses((status = 202, body = Contract)))]
pub async fn retry_sync(Member(hub, actor): Member, Param(id): Param<ContractId>) -> Result<(StatusCode, Json<Contract>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.retry_sync(&actor, &id).await?)))
}

/// Files a version at the provider now, whatever the settings of the connection are. Succeeds if the version is filed already.
/// `versions[].filed` shows the progress. For members.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/versions/{number}/file-back", tag = "contracts",
    responses((status = 202, body = Contract),
    (status = 409, description = "`cannot_file`, `file_withheld`, `not_linked`, `account_not_connected`, or `integration_disabled`",
        body = ProblemBody, content_type = PROBLEM_JSON)))]
pub async fn file_version(
    Member(hub, actor): Member,
    Params(id, number): Params<ContractId, i64>,
) -> Result<(StatusCode, Json<Contract>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.file_version(&actor, &id, number).await?)))
}

/// Lists the files of the contract's deal, as the provider reports them now, newest first. `reason` explains why a file can't be
/// imported.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/deal-files", tag = "contracts", responses((status = 200, body = DealFiles),
    (status = 409, description = "`not_linked`, or `account_not_connected`", body = ProblemBody, content_type = PROBLEM_JSON),
    (status = 502, description = "The provider does not respond as expected", body = ProblemBody, content_type = PROBLEM_JSON)))]
pub async fn deal_files(Caller(hub, actor): Caller, Param(id): Param<ContractId>) -> Result<Json<DealFiles>> {
    Ok(Json(hub.deal_files(&actor, &id).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct FileBody {
    /// The `id` of a file from the list `deal-files`.
    #[serde(default)]
    #[schema(required)]
    file_id: String,
}

/// Imports one file of the contract's deal as the next version. The delivery fails if the file is gone or can't be imported, and
/// changes nothing if the latest version already is this file. A later delivery of the deal replaces the chosen file only by a
/// file revision that no version of the contract has. For members.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/file", tag = "contracts", request_body = FileBody,
    responses((status = 202, body = Delivery),
    (status = 409, description = "`not_linked`, `account_not_connected`, or `integration_disabled`", body = ProblemBody,
        content_type = PROBLEM_JSON)))]
pub async fn choose_file(
    Member(hub, actor): Member,
    Param(id): Param<ContractId>,
    Json(body): Json<FileBody>,
) -> Result<(StatusCode, Json<Delivery>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.choose_file(&actor, &id, &body.file_id).await?)))
}

/// Dismisses the notice `newer_version`. Succeeds if the contract has no such notice. For members.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}/attention/newer_version", tag = "contracts", responses((status = 204)))]
pub async fn dismiss_newer_version(Member(hub, actor): Member, Param(id): Param<ContractId>) -> Result<StatusCode> {
    hub.dismiss_newer_version(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn status(text: &str) -> std::result::Result<NegotiationStatus, Invalid> {
    text.parse().map_err(|_| Invalid::Status)
}
