//! API tokens.

use super::problem::Result;
use crate::extract::{Caller, Json, PageOf, PageQuery, PathId};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{
        account::users::{ApiToken, NewApiToken, TokenLifetime},
        ids::ApiToken as ApiTokenKind,
        page::Page,
        problem::Invalid,
    },
    hub::Hub,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a new token is called, and how long it works.
#[derive(Deserialize, ToSchema)]
pub struct NewTokenBody {
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// After how many days it expires.
    #[schema(minimum = 1, maximum = 365, default = 90)]
    expires_in_days: Option<i64>,
}

impl NewTokenBody {
    fn lifetime(&self) -> std::result::Result<TokenLifetime, Invalid> {
        let days = |days| TokenLifetime::from_days(days).ok_or(Invalid::TokenLifetime);
        self.expires_in_days.map_or(Ok(TokenLifetime::default()), days)
    }
}

/// The caller's tokens; an admin sees the whole organization's. Newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(PageQuery), responses((status = 200, body = Page<ApiToken>)))]
pub async fn list(State(hub): State<Hub>, Caller(actor): Caller, PageOf(page): PageOf) -> Result<axum::Json<Page<ApiToken>>> {
    Ok(axum::Json(hub.api_tokens(&actor, &page).await?))
}

/// Makes a token with the caller's role. It is shown this once. An API token cannot make tokens: 403 `session_required`.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, body = NewApiToken)))]
pub async fn create(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    Json(body): Json<NewTokenBody>,
) -> Result<(StatusCode, axum::Json<NewApiToken>)> {
    let made = hub.create_api_token(&actor, &body.name, body.lifetime()?).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", responses((status = 204)))]
pub async fn revoke(State(hub): State<Hub>, Caller(actor): Caller, PathId(id): PathId<ApiTokenKind>) -> Result<StatusCode> {
    hub.revoke_api_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
