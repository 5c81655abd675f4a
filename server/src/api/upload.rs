//! A document that a person uploads, streamed to where it stays.

use super::problem::{ProblemBody, Result};
use crate::{
    extract::{Caller, Member, upload},
    state::AppState,
};
use app::{flash::form_state_cookie, text::problem::code};
use axum::{
    Extension,
    extract::{Request, State},
    response::{AppendHeaders, IntoResponse, Redirect},
};
use http::{StatusCode, header::SET_COOKIE};
use lexicontract::{
    domain::{account::users::Role, contract::Contract, problem::Problem},
    services::Actor,
};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct UploadForm {
    title: String,
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Makes a contract from an uploaded document. For members. Accepted are PDF, DOCX, DOC, ODT, RTF and TXT files, by their content.
#[utoipa::path(post, path = "/api/v1/contracts/", tag = "contracts",
    request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = 201, body = Contract),
        (status = 415, description = "`unsupported_file`: the file is of another type, or its name says another type than its content",
            body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(state): State<AppState>,
    Member(actor): Member,
    request: Request,
) -> Result<(StatusCode, axum::Json<Contract>)> {
    Ok((StatusCode::CREATED, axum::Json(upload(&state, &actor, request, &mut None).await?)))
}

/// The same for the form of the contracts page, which works without JavaScript: it ends on a page.
pub async fn create_from_form(State(state): State<AppState>, Caller(actor): Caller, request: Request) -> impl IntoResponse {
    let mut title = None;
    match upload(&state, &actor, request, &mut title).await {
        Ok(contract) => Redirect::to(&format!("/contracts/{}?done=uploaded", contract.id)).into_response(),
        Err(error) => {
            let problem = error.report();
            let typed = title.map(|title| BTreeMap::from([("title", title)]));
            let cookie = typed.and_then(|typed| form_state_cookie(&state.hub, Some(&actor), "/contracts", &typed));
            // For the layer that records refusals: the status only leads to a page.
            let recorded = Extension(problem.clone());
            let back = match problem {
                Problem::NotSignedIn => Redirect::to("/login?next=%2Fcontracts&problem=not_signed_in"),
                problem => Redirect::to(&format!("/contracts?problem={}", code(&problem))),
            };
            (recorded, AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie))), back).into_response()
        }
    }
}

/// `title` is what was read of it, whatever becomes of the file.
async fn upload(state: &AppState, actor: &Actor, request: Request, title: &mut Option<String>) -> Result<Contract> {
    actor.require(Role::Member)?;
    let _turn = state.fairness.uploads.take(&actor.organization_id).await?;
    state.hub.check_room(actor).await?;
    upload::upload(&state.hub, actor, request, state.hub.config().max_file_bytes, title).await
}
