use super::client::Form;
use super::grants::Code;
use super::{consent, errors};
use crate::options::ConnectedApp;
use crate::state::organization::Organization;
use axum::Form as FormBody;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use std::sync::Arc;
use url::Url;

const SCOPES: &[&str] = &[
    "api",
    "refresh_token",
    "offline_access",
    "openid",
    "id",
    "profile",
    "email",
    "address",
    "phone",
    "web",
    "full",
    "content",
    "chatter_api",
    "lightning",
    "visualforce",
    "custom_permissions",
];

/// A valid authorize request: the app is known, and the redirect URI is one of its callback URLs.
#[derive(Debug)]
pub struct AuthorizeRequest {
    pub app: ConnectedApp,
    pub redirect_uri: Url,
    pub scopes: Vec<String>,
    pub parameters: Form,
}

/// `GET /services/oauth2/authorize`: shows the consent page.
pub async fn ask(State(organization): State<Arc<Organization>>, Query(parameters): Query<Form>) -> Response {
    match check(&organization, parameters) {
        Ok(request) => consent::page(&organization, &request),
        Err(response) => *response,
    }
}

/// `POST /services/oauth2/authorize`: handles the form of the consent page. `decision` is `allow` or `deny`.
pub async fn decide(State(organization): State<Arc<Organization>>, FormBody(parameters): FormBody<Form>) -> Response {
    let request = match check(&organization, parameters) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if request.parameters.get("decision").map(String::as_str) != Some("allow") {
        return request.fail("access_denied", errors::usual_description("access_denied"));
    }
    let mut code = Code::new(
        request.app.client_id.clone(),
        request.parameters.get("redirect_uri").cloned().unwrap_or_default(),
        request.scopes.clone(),
        request.parameters.get("code_challenge").cloned(),
        organization.now_milliseconds(),
    );
    code.nonce = request.parameters.get("nonce").cloned();
    let code = organization.state().grants.issue_code(code);
    request.redirect(&[("code", &code)])
}

impl AuthorizeRequest {
    fn fail(&self, error: &str, description: &str) -> Response {
        self.redirect(&[("error", error), ("error_description", description)])
    }

    fn redirect(&self, pairs: &[(&str, &str)]) -> Response {
        let mut target = self.redirect_uri.clone();
        {
            let mut query = target.query_pairs_mut();
            query.extend_pairs(pairs);
            if let Some(state) = self.parameters.get("state") {
                query.append_pair("state", state);
            }
        }
        (StatusCode::FOUND, [(header::LOCATION, target.to_string()), (header::CACHE_CONTROL, "no-store".to_owned())])
            .into_response()
    }
}

fn check(organization: &Organization, parameters: Form) -> Result<AuthorizeRequest, Box<Response>> {
    let (app, settings) = {
        let state = organization.state();
        let wanted = parameters.get("client_id").map(String::as_str).unwrap_or_default();
        (state.apps.iter().find(|app| app.client_id == wanted).cloned(), state.settings.clone())
    };
    let app = app.ok_or_else(|| Box::new(errors::text_page("invalid_client_id", "client identifier invalid")))?;
    let uri = parameters.get("redirect_uri").filter(|uri| !uri.is_empty());
    let uri = uri.ok_or_else(|| Box::new(errors::text_page("redirect_uri_missing", "redirect_uri is missing")))?;
    let mismatch = || Box::new(errors::text_page("redirect_uri_mismatch", "redirect_uri must match configuration"));
    if !app.redirect_uris.contains(uri) {
        return Err(mismatch());
    }
    let redirect_uri = Url::parse(uri).map_err(|_| mismatch())?;
    let request = AuthorizeRequest { scopes: scopes(&parameters), app, redirect_uri, parameters };
    if let Some(error) = organization.state().settings.deny_with.take() {
        return Err(Box::new(request.fail(&error, errors::usual_description(&error))));
    }
    match invalid(&request, settings.require_pkce) {
        Some((error, description)) => Err(Box::new(request.fail(error, description))),
        None => Ok(request),
    }
}

fn invalid(request: &AuthorizeRequest, require_pkce: bool) -> Option<(&'static str, &'static str)> {
    let value = |name: &str| request.parameters.get(name).map(String::as_str);
    if value("response_type") != Some("code") {
        return Some(("unsupported_response_type", "response type not supported"));
    }
    if request.scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return Some(("invalid_scope", "the requested scope is invalid, unknown, or malformed"));
    }
    if value("immediate") == Some("true") {
        return Some(("immediate_unsuccessful", "immediate unsuccessful"));
    }
    match value("code_challenge") {
        None if require_pkce => Some(("invalid_request", "missing required code challenge")),
        Some(challenge) if challenge.len() != 43 => Some(("invalid_request", "invalid code challenge")),
        Some(_) if !matches!(value("code_challenge_method"), None | Some("S256")) => {
            Some(("invalid_request", "code challenge method not supported"))
        }
        _ => None,
    }
}

/// Returns the requested scopes. Returns the default scopes if the request names no scope. Always includes `id`.
fn scopes(parameters: &Form) -> Vec<String> {
    let requested = parameters.get("scope").map(String::as_str).unwrap_or_default();
    let requested = if requested.trim().is_empty() { "refresh_token api id openid" } else { requested };
    let mut scopes: Vec<String> = Vec::new();
    for scope in requested.split_whitespace().chain(["id"]) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}
