use super::client::{Form, authenticate};
use super::errors::OAuthError;
use super::grants::{Code, CodeFault};
use super::token_response::TokenResponse;
use crate::options::ConnectedApp;
use crate::state::organization::Organization;
use axum::Form as FormBody;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// `POST /services/oauth2/token`.
pub async fn exchange(
    State(organization): State<Arc<Organization>>,
    headers: HeaderMap,
    FormBody(form): FormBody<Form>,
) -> Response {
    let result = match injected_error(&organization) {
        Some(error) => Err(error),
        None => grant_tokens(&organization, &headers, &form).await,
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

fn injected_error(organization: &Organization) -> Option<OAuthError> {
    let error = organization.state().settings.token_error.take()?;
    let status = error.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_REQUEST);
    Some(OAuthError::with_status(status, &error.error, &error.description))
}

async fn grant_tokens(organization: &Organization, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    let grant_type = form.get("grant_type").map(String::as_str).unwrap_or_default();
    if !matches!(grant_type, "authorization_code" | "refresh_token") {
        return Err(OAuthError::new("unsupported_grant_type", "grant type not supported"));
    }
    let app = {
        let state = organization.state();
        authenticate(&state.apps, headers, form)?
    };
    if grant_type == "authorization_code" {
        exchange_code(organization, &app, form)
    } else {
        refresh(organization, &app, form).await
    }
}

fn exchange_code(organization: &Organization, app: &ConnectedApp, form: &Form) -> Result<Response, OAuthError> {
    let text = form.get("code").map(String::as_str).unwrap_or_default();
    let now = organization.now_milliseconds();
    let mut state = organization.state();
    let code = state.grants.check_code(text, now).map_err(|fault| {
        let description = match fault {
            CodeFault::Unknown => "invalid authorization code",
            CodeFault::Expired => "expired authorization code",
        };
        OAuthError::new("invalid_grant", description)
    })?;
    check_code(&code, app, form)?;
    let number = state.grants.approve(text, &code);
    let organization_id = state.organization_id.clone();
    let access_token = state.grants.open_session(number, &organization_id, now);
    let grant = state.grants.grant(number).ok_or_else(OAuthError::dead_refresh_token)?;
    let response = TokenResponse {
        app,
        grant,
        access_token: &access_token,
        refresh_token: grant.refresh_token.as_deref(),
        nonce: code.nonce.as_deref(),
    };
    Ok(response.into_response(organization, &state))
}

fn check_code(code: &Code, app: &ConnectedApp, form: &Form) -> Result<(), OAuthError> {
    if code.client_id != app.client_id {
        return Err(OAuthError::new("invalid_grant", "invalid authorization code"));
    }
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OAuthError::new("redirect_uri_mismatch", "redirect_uri must match configuration"));
    }
    let verifier = form.get("code_verifier").filter(|verifier| !verifier.is_empty());
    match (&code.challenge, verifier) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(OAuthError::new("invalid_request", "missing required code verifier")),
        (Some(challenge), Some(verifier)) if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge => Ok(()),
        _ => Err(OAuthError::new("invalid_grant", "Invalid Code Verifier")),
    }
}

async fn refresh(organization: &Organization, app: &ConnectedApp, form: &Form) -> Result<Response, OAuthError> {
    let token = form.get("refresh_token").map(String::as_str).unwrap_or_default();
    let exchange = Exchange::begin(organization, app, token)?;
    tokio::time::sleep(organization.options.refresh_duration).await;
    let now = organization.now_milliseconds();
    let mut state = organization.state();
    let is_alive = state.grants.grant(exchange.grant).is_some_and(|grant| !grant.is_revoked);
    if !is_alive {
        return Err(OAuthError::dead_refresh_token());
    }
    let rotation = state.settings.rotation;
    if rotation {
        state.grants.rotate(exchange.grant);
    }
    let organization_id = state.organization_id.clone();
    let access_token = state.grants.open_session(exchange.grant, &organization_id, now);
    let grant = state.grants.grant(exchange.grant).ok_or_else(OAuthError::dead_refresh_token)?;
    let refresh_token = grant.refresh_token.as_deref().filter(|_| rotation);
    let response = TokenResponse { app, grant, access_token: &access_token, refresh_token, nonce: None };
    let response = response.into_response(organization, &state);
    drop(state);
    Ok(response)
}

/// A refresh request in progress. Until this guard is dropped, other requests with the same refresh token fail.
struct Exchange<'a> {
    organization: &'a Organization,
    grant: u64,
}

impl<'a> Exchange<'a> {
    fn begin(organization: &'a Organization, app: &ConnectedApp, token: &str) -> Result<Self, OAuthError> {
        let mut state = organization.state();
        state.grants.refreshes += 1;
        let (grant, is_current) = match state.grants.of_refresh_token(token) {
            Some((grant, is_current)) if grant.client_id == app.client_id && !grant.is_revoked => (grant.number, is_current),
            _ => return Err(OAuthError::dead_refresh_token()),
        };
        if !is_current {
            state.grants.replays += 1;
            if state.settings.reuse_detection {
                state.grants.revoke(grant);
            }
            return Err(OAuthError::dead_refresh_token());
        }
        let Some(entry) = state.grants.grant_mut(grant) else { return Err(OAuthError::dead_refresh_token()) };
        if entry.is_refreshing {
            state.grants.collisions += 1;
            return Err(OAuthError::new("invalid_grant", "expired authorization code"));
        }
        entry.is_refreshing = true;
        Ok(Exchange { organization, grant })
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if let Some(grant) = self.organization.state().grants.grant_mut(self.grant) {
            grant.is_refreshing = false;
        }
    }
}
