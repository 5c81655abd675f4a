//! Authenticates requests to the REST API, and adds Salesforce's headers to the responses.

use super::errors::ApiError;
use super::versions::{self, Service};
use crate::oauth::identity::bearer;
use crate::random;
use crate::state::organization::Organization;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::sync::Arc;

/// Access token of an authenticated request.
#[derive(Clone, Debug)]
pub struct AccessToken(pub String);

/// Middleware that checks the API version and the session of a request. The version must be supported, and the session must be
/// unexpired and have the scope `api` or `full`. Adds Salesforce's headers to the response.
pub async fn guard(State(organization): State<Arc<Organization>>, mut request: Request, next: Next) -> Response {
    let version = request.uri().path().split('/').nth(3).unwrap_or_default().to_owned();
    let token = authenticate(&organization, request.headers());
    let mut response = match (token, versions::check(&version)) {
        (Err(error), _) | (_, Err(error)) => error.into_response(),
        (Ok(token), Ok(service)) => {
            request.extensions_mut().insert(AccessToken(token));
            let mut response = next.run(request).await;
            if service == Service::Deprecated {
                let warning = HeaderValue::from_static(r#"299 - "This API version is deprecated and will be retired.""#);
                response.headers_mut().insert(header::WARNING, warning);
            }
            response
        }
    };
    add_headers(&organization, &mut response);
    response
}

fn authenticate(organization: &Organization, headers: &HeaderMap) -> Result<String, ApiError> {
    let invalid_header = || ApiError::new(StatusCode::UNAUTHORIZED, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
    if !headers.contains_key(header::AUTHORIZATION) {
        return Err(ApiError::session_expired());
    }
    let token = bearer(headers).ok_or_else(invalid_header)?;
    let now = organization.now_milliseconds();
    let mut state = organization.state();
    let lifetime = state.settings.session_seconds;
    let session = state.grants.use_session(token, now, lifetime).ok_or_else(ApiError::session_expired)?;
    let grant = state.grants.grant(session.grant).ok_or_else(ApiError::session_expired)?;
    if !grant.scopes.iter().any(|scope| scope == "api" || scope == "full") {
        let message = "This session is not valid for use with the REST API";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", message));
    }
    state.api_usage.0 += 1;
    Ok(token.to_owned())
}

fn add_headers(organization: &Organization, response: &mut Response) {
    let (used, most) = organization.state().api_usage;
    let limits =
        format!("api-usage={used}/{most}; per-app-api-usage={}/250(appName=LexiContract); api-bursts=1/750", used.min(250));
    let fixed = [
        ("cache-control", "no-cache,must-revalidate,max-age=0,no-store,private"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "none"),
        ("server", "sfdcedge"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [("sforce-limit-info", limits), ("x-request-id", random::text(32))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
