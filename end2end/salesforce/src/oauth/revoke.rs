//! Token revocation and token introspection.

use super::client::{Form, authenticate};
use super::grants::Grant;
use super::token_response::identity_url;
use crate::state::logs::RevocationEntry;
use crate::state::organization::{Organization, State as OrganizationState};
use crate::state::records::text;
use axum::Form as FormBody;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET` and `POST /services/oauth2/revoke`: revokes the token in the query parameter or form field `token`.
pub async fn revoke(State(organization): State<Arc<Organization>>, FormBody(form): FormBody<Form>) -> Response {
    let token = form.get("token").map(String::as_str).unwrap_or_default();
    let mut state = organization.state();
    let of_refresh = state.grants.of_refresh_token(token).filter(|(grant, _)| !grant.is_revoked);
    let of_refresh = of_refresh.map(|(grant, _)| grant.number);
    let (kind, grant) = match of_refresh {
        Some(grant) => {
            state.grants.revoke(grant);
            ("refresh_token", Some(grant))
        }
        None => match state.grants.close_session(token) {
            Some(session) => ("access_token", Some(session.grant)),
            None => ("unknown", None),
        },
    };
    let client_id = grant.and_then(|number| state.grants.grant(number)).map(|grant| grant.client_id.clone());
    state.revocations.push(RevocationEntry { at: organization.now(), kind, token: token.to_owned(), client_id });
    if grant.is_some() {
        return StatusCode::OK.into_response();
    }
    let headers = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    (StatusCode::BAD_REQUEST, headers, "error=invalid_token&error_description=invalid%20token").into_response()
}

/// `POST /services/oauth2/introspect`: describes the token in the form field `token`.
pub async fn introspect(
    State(organization): State<Arc<Organization>>,
    headers: HeaderMap,
    FormBody(form): FormBody<Form>,
) -> Response {
    let state = organization.state();
    if authenticate(&state.apps, &headers, &form).is_err() {
        let body = json!({ "error": "invalid_client", "error_description": "invalid client credentials" });
        return (StatusCode::UNAUTHORIZED, axum::Json(body)).into_response();
    }
    let token = form.get("token").map(String::as_str).unwrap_or_default();
    axum::Json(describe(&organization, &state, token)).into_response()
}

fn describe(organization: &Organization, state: &OrganizationState, token: &str) -> Value {
    let lifetime = state.settings.session_seconds;
    let now = organization.now_milliseconds();
    if let Some(session) = state.grants.session(token, now, lifetime) {
        let Some(grant) = state.grants.grant(session.grant) else { return json!({ "active": false }) };
        let mut response = shared(organization, state, grant, "access_token");
        response["iat"] = (session.issued_at / 1_000).into();
        response["nbf"] = (session.issued_at / 1_000).into();
        response["exp"] = (session.used_at / 1_000 + lifetime).into();
        return response;
    }
    match state.grants.of_refresh_token(token) {
        Some((grant, true)) if !grant.is_revoked => shared(organization, state, grant, "refresh_token"),
        _ => json!({ "active": false }),
    }
}

fn shared(organization: &Organization, state: &OrganizationState, grant: &Grant, token_type: &str) -> Value {
    json!({
        "active": true,
        "scope": grant.scopes.join(" "),
        "client_id": grant.client_id,
        "username": state.records.live("User", &state.user_id).map(|user| text(user, "Username")),
        "sub": identity_url(organization, state),
        "token_type": token_type,
    })
}
