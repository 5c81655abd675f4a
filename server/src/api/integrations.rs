//! The catalogue of integrations, and the endpoints that start a connection.

use super::problem::{ApiError, Result};
use super::rejection::accepts_html;
use crate::extract::{Admin, Caller, Json, OptionalJson, Param, QueryResult};
use crate::identity::authentication::Credential;
use crate::layers::origin;
use crate::pages;
use crate::state::AppState;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{Method, StatusCode};
use lexicontract::domain::connection::catalogue::Integration;
use lexicontract::domain::connection::{Authorization, Connection, Environment};
use lexicontract::domain::ids::IntegrationId;
use lexicontract::domain::problem::Invalid;
use lexicontract::secret::Secret;
use lexicontract::services::{ConnectRequest, Connecting};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The catalogue of integrations.
#[utoipa::path(get, path = "/api/v1/integrations/", tag = "integrations", responses((status = 200, body = Vec<Integration>)))]
pub async fn catalogue(Caller(hub, actor): Caller) -> Result<Json<Vec<Integration>>> {
    Ok(Json(hub.catalogue(&actor)))
}

/// For OAuth 2.0: `environment` and `domain`. For an API key: `api_key` and the provider's additional fields.
#[derive(Default, Deserialize, ToSchema)]
pub struct ConnectBody {
    #[schema(value_type = Option<Environment>)]
    environment: Option<String>,
    /// Host of the org at the provider. Used only for the environment `my_domain`.
    domain: Option<String>,
    /// The API key and the provider's additional fields, as text.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: Map<String, Value>,
}

/// Connects with an API key, or starts the OAuth flow.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}", tag = "integrations",
    request_body = Option<ConnectBody>,
    responses(
        (status = 200, description = "The consent page (OAuth 2.0)", body = Authorization),
        (status = 201, description = "Connected (API key)", body = Connection)))]
pub async fn connect(
    Admin(hub, actor): Admin,
    Param(id): Param<IntegrationId>,
    OptionalJson(body): OptionalJson<ConnectBody>,
) -> Result<Response> {
    let request = ConnectRequest {
        environment: body.environment.as_deref().map(environment).transpose()?,
        domain: body.domain,
        fields: text_fields(body.fields)?,
    };
    Ok(match hub.connect(&actor, &id, request).await? {
        Connecting::Done(connection) => (StatusCode::CREATED, Json(connection)).into_response(),
        Connecting::Authorize(authorization) => Json(authorization).into_response(),
    })
}

/// Rejects values that are not JSON strings.
pub(crate) fn text_fields(fields: Map<String, Value>) -> Result<BTreeMap<String, Secret<String>>> {
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, Secret::new(text))),
        _ => Err(ApiError::from(Invalid::Body)),
    };
    fields.into_iter().map(text).collect()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuthQuery {
    /// The default is `production`.
    #[param(value_type = Option<Environment>)]
    environment: Option<String>,
    /// Host of the org at the provider. Used only for the environment `my_domain`.
    domain: Option<String>,
}

/// Redirects to the provider's consent page if the request has an API token or is a navigation from a page of this site. All
/// other requests, such as addresses typed by the user and HEAD requests, get a page that asks for confirmation. A connection
/// that is started from this page must be confirmed by an admin.
#[utoipa::path(get, path = "/api/v1/integrations/{slug}/auth", tag = "integrations", params(AuthQuery),
    responses(
        (status = 303, description = "To the provider"),
        (status = 200, description = "A page that asks whether to continue to the provider", content_type = "text/html", body = String)))]
pub async fn auth(
    State(state): State<AppState>,
    Admin(hub, actor): Admin,
    Param(slug): Param<String>,
    query: QueryResult<AuthQuery>,
    request: Request,
) -> Result<Response> {
    let may_start = may_start(&request, &state);
    if !may_start && accepts_html(request.headers()) {
        return Ok(ask(&state, slug, request).await);
    }
    let Query(query) = query.map_err(|_| Invalid::Environment)?;
    let asked = query.environment.as_deref().filter(|text| !text.is_empty());
    let environment = asked.map(environment).transpose()?.unwrap_or(Environment::Production);
    let domain = query.domain.as_deref().filter(|domain| !domain.is_empty());
    if may_start {
        let authorization = hub.start_flow(&actor, &slug, environment, domain).await?;
        return Ok(Redirect::to(&authorization.authorization_url).into_response());
    }
    // Reports an error as a JSON problem if the flow cannot be started.
    hub.authorization_request(&actor, &slug, environment, domain).await?;
    Ok(ask(&state, slug, request).await)
}

async fn ask(state: &AppState, slug: String, request: Request) -> Response {
    pages::document(state, &app::ASK_TO_CONNECT, vec![("slug".to_owned(), slug)], request.into_parts().0).await
}

fn may_start(request: &Request, state: &AppState) -> bool {
    let is_token = matches!(request.extensions().get::<Credential>(), Some(Credential::Token(_)));
    let is_own = || origin::is_own_navigation(request.headers(), &state.hub.config().public_url);
    request.method() == Method::GET && (is_token || is_own())
}

pub(crate) fn environment(text: &str) -> std::result::Result<Environment, Invalid> {
    text.parse().map_err(|_| Invalid::Environment)
}
