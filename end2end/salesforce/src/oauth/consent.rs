use super::authorize::AuthorizeRequest;
use crate::page::frame::{self, escape};
use crate::state::organization::Organization;
use crate::state::records::text;
use axum::response::{IntoResponse, Response};
use http::header;

/// Renders the consent page. Its form works without JavaScript.
pub fn page(organization: &Organization, request: &AuthorizeRequest) -> Response {
    let (user, username, company) = who(organization);
    let scopes: String = request.scopes.iter().map(|scope| format!("<li>{}</li>", escape(describe(scope)))).collect();
    let hidden: String = request
        .parameters
        .iter()
        .filter(|(name, _)| name.as_str() != "decision")
        .map(|(name, value)| format!(r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value)))
        .collect();
    let app = escape(&request.app.name);
    let body = format!(
        r#"<main class="consent"><section class="card">
<p class="eyebrow">Salesforce simulator · {environment}</p>
<h1>Allow access?</h1>
<p><strong>{app}</strong> asks for access to your data in <strong>{company}</strong>:</p>
<ul class="scopes">{scopes}</ul>
<form method="post" action="/services/oauth2/authorize">{hidden}
<div class="decision"><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="allow">Allow</button></div></form>
<p class="quiet">Signed in as {user} ({username}).<br>You will return to {host}.</p>
</section></main>"#,
        environment = organization.environment.name(),
        host = escape(&request.redirect_uri.origin().ascii_serialization()),
    );
    let html = frame::document("Allow access? · Salesforce simulator", "", &body);
    ([(header::CONTENT_TYPE, "text/html;charset=UTF-8"), (header::CACHE_CONTROL, "no-store")], html).into_response()
}

fn who(organization: &Organization) -> (String, String, String) {
    let state = organization.state();
    let field = |object: &str, id: &str, name: &str| {
        state.records.live(object, id).map(|record| escape(text(record, name))).unwrap_or_default()
    };
    (
        field("User", &state.user_id, "Name"),
        field("User", &state.user_id, "Username"),
        field("Organization", &state.organization_id, "Name"),
    )
}

fn describe(scope: &str) -> &str {
    match scope {
        "api" => "Manage user data via APIs (api)",
        "refresh_token" | "offline_access" => "Perform requests at any time (refresh_token, offline_access)",
        "openid" => "Access unique user identifiers (openid)",
        "id" => "Access the identity URL service (id)",
        "full" => "Full access (full)",
        other => other,
    }
}
