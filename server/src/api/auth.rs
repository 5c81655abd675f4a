//! Registration, sign-in, sign-out.

use super::problem::Result;
use crate::extract::{Caller, Json};
use crate::layers::client_address::ClientAddress;
use app::session;
use app::text::device::device;
use axum::Extension;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use http::header::{HeaderName, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use lexicontract::domain::account::users::Me;
use lexicontract::hub::Hub;
use lexicontract::secret::Secret;
use lexicontract::services::{Registration, SignedIn};
use serde::Deserialize;
use utoipa::ToSchema;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// A new organization and its first user. Missing fields are treated as empty, so that the response names the invalid field.
#[derive(Deserialize, ToSchema)]
pub struct RegisterBody {
    #[serde(default)]
    #[schema(required)]
    organization: String,
    #[serde(default)]
    #[schema(required)]
    name: String,
    #[serde(default)]
    #[schema(required)]
    email: String,
    /// At least 12 characters.
    #[serde(default)]
    #[schema(required)]
    password: String,
}

/// Creates an organization with its first admin, and signs that user in.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = RegisterBody,
    responses((status = 201, body = Me)))]
pub async fn register(
    State(hub): State<Hub>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Json(body): Json<RegisterBody>,
) -> Result<impl IntoResponse> {
    let registration = Registration {
        organization: body.organization,
        name: body.name,
        email: body.email,
        password: Secret::new(body.password),
    };
    let client = session::client(hub.config(), &headers, Some(address));
    Ok((StatusCode::CREATED, signed_in(&hub, &headers, hub.register(registration, &client).await?).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    email: String,
    password: String,
}

/// Signs a user in. Unknown e-mail addresses and wrong passwords get the same response.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = LoginBody, responses((status = 200, body = Me)))]
pub async fn login(
    State(hub): State<Hub>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Json(body): Json<LoginBody>,
) -> Result<impl IntoResponse> {
    let client = session::client(hub.config(), &headers, Some(address));
    signed_in(&hub, &headers, hub.sign_in(&body.email, Secret::new(body.password), &client).await?).await
}

async fn signed_in(hub: &Hub, headers: &HeaderMap, signed_in: SignedIn) -> Result<impl IntoResponse + use<>> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    hub.record_device(&signed_in.session_token, &device(agent)).await?;
    let cookies = session::set_cookies(hub.config(), &signed_in).map(|cookie| (SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies), Json(signed_in.me)))
}

/// Signs the user out and ends the session.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", responses((status = 204)))]
pub async fn logout(Caller(hub, _): Caller, headers: HeaderMap) -> Result<impl IntoResponse> {
    if let Some(token) = session::read(hub.config(), &headers) {
        hub.sign_out(&token).await?;
    }
    let headers = [(SET_COOKIE, session::clear_cookie(hub.config())), (CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""))];
    Ok((StatusCode::NO_CONTENT, headers))
}

/// The caller's user and organization.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", responses((status = 200, body = Me)))]
pub async fn me(Caller(hub, actor): Caller) -> Result<Json<Me>> {
    Ok(Json(hub.me(&actor)))
}
