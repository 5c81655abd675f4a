//! The user's identity URL, the `userinfo` endpoint, and the discovery document.

use super::token_response::identity_url;
use crate::state::organization::Organization;
use crate::state::records::text;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /id/{organization}/{user}`.
pub async fn identity(
    State(organization): State<Arc<Organization>>,
    Path((organization_id, user_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(scopes) = scopes_of(&organization, &headers) else { return forbidden("Bad_OAuth_Token") };
    let allowed = ["id", "openid", "profile", "full", "api"];
    if !scopes.iter().any(|scope| allowed.contains(&scope.as_str())) {
        return forbidden("Missing_OAuth_Scope");
    }
    let (own_organization, own_user) = {
        let state = organization.state();
        (state.organization_id.clone(), state.user_id.clone())
    };
    if crate::ids::to_18(&organization_id).as_deref() != Some(own_organization.as_str()) {
        return forbidden("Wrong_Org");
    }
    if crate::ids::to_18(&user_id).as_deref() != Some(own_user.as_str()) {
        return forbidden("Bad_Id");
    }
    Json(describe(&organization)).into_response()
}

/// `GET /services/oauth2/userinfo`.
pub async fn user_info(State(organization): State<Arc<Organization>>, headers: HeaderMap) -> Response {
    match scopes_of(&organization, &headers) {
        None => forbidden("Bad_OAuth_Token"),
        Some(scopes) if !scopes.iter().any(|scope| scope == "openid" || scope == "full") => forbidden("Missing_OAuth_Scope"),
        Some(_) => Json(user_info_body(&describe(&organization))).into_response(),
    }
}

/// `GET /.well-known/openid-configuration`.
pub async fn discovery(State(organization): State<Arc<Organization>>) -> Json<Value> {
    let at = |path: &str| format!("{}/services/oauth2/{path}", organization.url);
    Json(json!({
        "issuer": organization.url,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "revocation_endpoint": at("revoke"),
        "userinfo_endpoint": at("userinfo"),
        "introspection_endpoint": at("introspect"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }))
}

pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth "))
}

fn scopes_of(organization: &Organization, headers: &HeaderMap) -> Option<Vec<String>> {
    let now = organization.now_milliseconds();
    let mut state = organization.state();
    let lifetime = state.settings.session_seconds;
    let session = state.grants.use_session(bearer(headers)?, now, lifetime)?;
    state.grants.grant(session.grant).map(|grant| grant.scopes.clone())
}

fn forbidden(reason: &'static str) -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")], reason).into_response()
}

fn describe(organization: &Organization) -> Value {
    let state = organization.state();
    let id = identity_url(organization, &state);
    let empty = Default::default();
    let user = state.records.live("User", &state.user_id).unwrap_or(&empty);
    let base = state.settings.instance_url.as_deref().unwrap_or(&organization.url);
    let rest = format!("{base}/services/data/v{{version}}/");
    json!({
        "id": id, "asserted_user": true, "user_id": state.user_id, "organization_id": state.organization_id,
        "username": text(user, "Username"), "nick_name": "dana.whitfield", "display_name": text(user, "Name"),
        "email": text(user, "Email"), "email_verified": true, "first_name": text(user, "FirstName"),
        "last_name": text(user, "LastName"), "timezone": "America/Los_Angeles",
        "photos": { "picture": format!("{base}/profilephoto/005/F"), "thumbnail": format!("{base}/profilephoto/005/T") },
        "addr_street": null, "addr_city": null, "addr_state": null, "addr_country": "US", "addr_zip": null,
        "mobile_phone": null, "mobile_phone_verified": false, "is_lightning_login_user": false,
        "status": { "created_date": null, "body": null },
        "urls": {
            "rest": rest, "sobjects": format!("{rest}sobjects/"), "query": format!("{rest}query/"),
            "search": format!("{rest}search/"), "recent": format!("{rest}recent/"),
            "profile": format!("{base}/{}", state.user_id), "custom_domain": base,
        },
        "active": true, "user_type": "STANDARD", "language": "en_US", "locale": "en_US", "utcOffset": -28_800_000,
        "last_modified_date": organization.now(), "is_app_installed": true,
    })
}

fn user_info_body(identity: &Value) -> Value {
    json!({
        "sub": identity["id"], "user_id": identity["user_id"], "organization_id": identity["organization_id"],
        "preferred_username": identity["username"], "nickname": identity["nick_name"], "name": identity["display_name"],
        "email": identity["email"], "email_verified": true, "given_name": identity["first_name"],
        "family_name": identity["last_name"], "zoneinfo": identity["timezone"], "photos": identity["photos"],
        "profile": identity["urls"]["profile"], "picture": identity["photos"]["picture"], "address": { "country": "US" },
        "urls": identity["urls"], "active": true, "user_type": "STANDARD", "language": "en_US", "locale": "en_US",
        "utcOffset": identity["utcOffset"], "updated_at": identity["last_modified_date"], "is_app_installed": true,
        "is_salesforce_integration_user": false,
    })
}
