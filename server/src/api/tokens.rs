//! API tokens.

use super::problem::Result;
use crate::extract::{Caller, Json, PageOf, PageQuery, Param};
use http::StatusCode;
use lexicontract::domain::account::users::{ApiToken, NewApiToken, TokenLifetime};
use lexicontract::domain::ids::ApiTokenId;
use lexicontract::domain::page::Page;
use lexicontract::domain::problem::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
pub struct NewTokenBody {
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// Lifetime of the token in days.
    #[schema(minimum = 1, maximum = 365, default = 90)]
    expires_in_days: Option<i64>,
}

/// Lists the caller's tokens, newest first. Admins get all tokens of the organization.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(PageQuery), responses((status = 200, body = Page<ApiToken>)))]
pub async fn list(Caller(hub, actor): Caller, PageOf(page): PageOf) -> Result<Json<Page<ApiToken>>> {
    Ok(Json(hub.api_tokens(&actor, &page).await?))
}

/// Creates a token with the caller's role. The token is shown only in this response. If the caller uses an API token, the
/// response is 403 `session_required`.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, body = NewApiToken)))]
pub async fn create(Caller(hub, actor): Caller, Json(body): Json<NewTokenBody>) -> Result<(StatusCode, Json<NewApiToken>)> {
    let lifetime = body.expires_in_days.map_or(Some(TokenLifetime::default()), TokenLifetime::from_days);
    let token = hub.create_api_token(&actor, &body.name, lifetime.ok_or(Invalid::TokenLifetime)?).await?;
    Ok((StatusCode::CREATED, Json(token)))
}

/// Revokes a token immediately.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", responses((status = 204)))]
pub async fn revoke(Caller(hub, actor): Caller, Param(id): Param<ApiTokenId>) -> Result<StatusCode> {
    hub.revoke_api_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
