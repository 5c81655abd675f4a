//! Uploads of documents, streamed to the file storage.

use super::problem::{ApiError, ProblemBody, Result};
use crate::extract::{Caller, Json, Member, Param, upload};
use crate::state::AppState;
use app::form_state;
use app::text::problem::code;
use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use http::StatusCode;
use http::header::SET_COOKIE;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::Contract;
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::problem::Problem;
use lexicontract::services::{Actor, UploadedVersion};
use std::collections::BTreeMap;
use url::form_urlencoded;
use utoipa::ToSchema;

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct UploadForm {
    title: String,
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Creates a contract from an uploaded document. The content of the file must be PDF, DOCX, DOC, ODT, RTF or TXT. For members.
#[utoipa::path(post, path = "/api/v1/contracts/", tag = "contracts",
    request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = 201, body = Contract),
        (status = 415, description = "`unsupported_file`: the file is of another type, or its name says another type than its content",
            body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(state): State<AppState>,
    Member(_hub, actor): Member,
    request: Request,
) -> Result<(StatusCode, Json<Contract>)> {
    Ok((StatusCode::CREATED, Json(upload(&state, &actor, request, &mut None).await?)))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct VersionForm {
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Adds a version to a contract, and queues its analysis. The negotiation status stays. If the latest version has the same
/// content, nothing is stored and the status is 200. For members.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/versions", tag = "contracts",
    request_body(content = VersionForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Contract),
        (status = 200, description = "The latest version has the same content, so nothing was stored", body = Contract),
        (status = 415, description = "`unsupported_file`: the file is of another type, or its name says another type than its content",
            body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create_version(
    State(state): State<AppState>,
    Member(_hub, actor): Member,
    Param(id): Param<ContractId>,
    request: Request,
) -> Result<(StatusCode, Json<Contract>)> {
    let UploadedVersion { contract, is_new } = upload_version(&state, &actor, &id, request).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(contract)))
}

/// Like [`create_version`], for the HTML form on the page of the contract. Responds with a redirect.
pub async fn create_version_from_form(
    State(state): State<AppState>,
    Caller(_, actor): Caller,
    Param(id): Param<ContractId>,
    request: Request,
) -> impl IntoResponse {
    let page = format!("/contracts/{id}");
    match upload_version(&state, &actor, &id, request).await {
        Ok(UploadedVersion { is_new: true, .. }) => Redirect::to(&format!("{page}?done=version_uploaded")).into_response(),
        Ok(_) => Redirect::to(&format!("{page}?done=version_unchanged")).into_response(),
        Err(error) => {
            let problem = error.report();
            let back = match &problem {
                // There is no page to which the form could return.
                Problem::NotFound => return ApiError::from(Problem::NotFound).into_response(),
                Problem::NotSignedIn => {
                    let next: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
                    Redirect::to(&format!("/login?next={next}&problem=not_signed_in"))
                }
                problem => Redirect::to(&format!("{page}?problem={}", code(problem))),
            };
            (Extension(problem), back).into_response()
        }
    }
}

async fn upload_version(state: &AppState, actor: &Actor, id: &ContractId, request: Request) -> Result<UploadedVersion> {
    actor.require(Role::Member)?;
    let _permit = state.tenant_limits.uploads.acquire(&actor.organization_id).await?;
    state.hub.check_room(actor).await?;
    upload::upload_version(&state.hub, actor, id, request, state.hub.config().max_file_bytes).await
}

/// Like [`create`], for the HTML form on the contracts page. Responds with a redirect.
pub async fn create_from_form(State(state): State<AppState>, Caller(_, actor): Caller, request: Request) -> impl IntoResponse {
    let mut title = None;
    match upload(&state, &actor, request, &mut title).await {
        Ok(contract) => Redirect::to(&format!("/contracts/{}?done=uploaded", contract.id)).into_response(),
        Err(error) => {
            let problem = error.report();
            let fields = title.map(|title| BTreeMap::from([("title", title)]));
            let cookie = fields.and_then(|fields| form_state::cookie(&state.hub, Some(&actor), "/contracts", &fields));
            // `layers::rejections` reads the problem from this extension, because the status of a redirect does not show the
            // problem.
            let recorded = Extension(problem.clone());
            let back = match problem {
                Problem::NotSignedIn => Redirect::to("/login?next=%2Fcontracts&problem=not_signed_in"),
                problem => Redirect::to(&format!("/contracts?problem={}", code(&problem))),
            };
            (recorded, AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie))), back).into_response()
        }
    }
}

/// Sets `title` when the title has been read, even if the upload fails later.
async fn upload(state: &AppState, actor: &Actor, request: Request, title: &mut Option<String>) -> Result<Contract> {
    actor.require(Role::Member)?;
    let _permit = state.tenant_limits.uploads.acquire(&actor.organization_id).await?;
    state.hub.check_room(actor).await?;
    upload::upload(&state.hub, actor, request, state.hub.config().max_file_bytes, title).await
}
