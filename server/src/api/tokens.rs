//! API tokens.

use crate::{
    extract::{Caller, Json, PageOf, PageQuery, PathId},
    problem::Result,
};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{
        ids::ApiToken as ApiTokenKind,
        page::Page,
        people::{ApiToken, NewApiToken},
    },
    hub::Hub,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a new token is called.
#[derive(Deserialize, ToSchema)]
pub struct NewTokenBody {
    #[serde(default)]
    #[schema(required)]
    name: String,
}

/// The caller's tokens; an admin sees the whole organization's. Newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(PageQuery), responses((status = 200, body = Page<ApiToken>)))]
pub async fn list(State(hub): State<Hub>, Caller(actor): Caller, PageOf(page): PageOf) -> Result<axum::Json<Page<ApiToken>>> {
    Ok(axum::Json(hub.api_tokens(&actor, &page).await?))
}

/// Makes a token with the caller's role. It is shown this once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, body = NewApiToken)))]
pub async fn create(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    Json(body): Json<NewTokenBody>,
) -> Result<(StatusCode, axum::Json<NewApiToken>)> {
    Ok((StatusCode::CREATED, axum::Json(hub.create_api_token(&actor, &body.name).await?)))
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", responses((status = 204)))]
pub async fn revoke(State(hub): State<Hub>, Caller(actor): Caller, PathId(id): PathId<ApiTokenKind>) -> Result<StatusCode> {
    hub.revoke_api_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
