//! All routes, with the lowest role that is allowed to use them, and a valid body.

use super::fixture::Kind;

/// Callers that are allowed to use a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    /// Everyone. Contains the status of the response to a request without an identity.
    Anyone(u16),
    Viewer,
    Member,
    Admin,
}

#[derive(Debug)]
pub struct Row {
    /// The route as `METHOD /path`.
    pub route: &'static str,
    pub who: Who,
    /// The kind of resource that `{id}` in the path or body identifies.
    pub kind: Option<Kind>,
    /// A valid body: JSON or a URL-encoded form.
    pub body: &'static str,
    /// True if a successful request removes the resource.
    pub removes: bool,
}

impl Row {
    pub fn is_page(&self) -> bool {
        !self.path().starts_with("/api") && !self.is_action()
    }

    pub fn is_action(&self) -> bool {
        self.path().starts_with("/actions/")
    }

    pub fn method(&self) -> &'static str {
        self.route.split_once(' ').unwrap().0
    }

    pub fn path(&self) -> &'static str {
        self.route.split_once(' ').unwrap().1
    }

    const fn removing(mut self) -> Self {
        self.removes = true;
        self
    }
}

const fn row(route: &'static str, who: Who, kind: Option<Kind>, body: &'static str) -> Row {
    Row { route, who, kind, body, removes: false }
}

/// Value of `body` that represents a multipart form with a title and a file.
pub const UPLOAD: &str = "upload";

const CONNECTION: Option<Kind> = Some(Kind::Connection);
const CONNECT_LINK: Option<Kind> = Some(Kind::ConnectLink);
const CONTRACT: Option<Kind> = Some(Kind::Contract);
const DELIVERY: Option<Kind> = Some(Kind::Delivery);
const TOKEN: Option<Kind> = Some(Kind::Token);
const USER: Option<Kind> = Some(Kind::User);
const SESSION: Option<Kind> = Some(Kind::Session);
const INTEGRATION: Option<Kind> = Some(Kind::Integration);

use Who::{Admin, Anyone, Member, Viewer};

#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    // Routes of the API.
    row("POST /api/v1/auth/register", Anyone(422), None, r#"{"organization":"New"}"#),
    row("POST /api/v1/auth/login", Anyone(401), None, r#"{"email":"unknown@example.com","password":"correct horse battery"}"#),
    row("POST /api/v1/auth/logout", Viewer, SESSION, "").removing(),
    row("GET /api/v1/auth/me", Viewer, None, ""),
    row("GET /api/v1/tokens", Viewer, None, ""),
    row("GET /api/v1/tokens/", Viewer, None, ""),
    row("POST /api/v1/tokens", Viewer, None, r#"{"name":"new"}"#),
    row("POST /api/v1/tokens/", Viewer, None, r#"{"name":"new"}"#),
    row("DELETE /api/v1/tokens/{id}", Viewer, TOKEN, "").removing(),
    row("GET /api/v1/users", Admin, None, ""),
    row("GET /api/v1/users/", Admin, None, ""),
    row("POST /api/v1/users", Admin, None, r#"{"email":"new@example.com","name":"New","role":"viewer"}"#),
    row("POST /api/v1/users/", Admin, None, r#"{"email":"newer@example.com","name":"Newer","role":"viewer"}"#),
    row("PATCH /api/v1/users/{id}", Admin, USER, r#"{"name":"Renamed"}"#),
    row("DELETE /api/v1/users/{id}", Admin, USER, "").removing(),
    row("GET /api/v1/organization", Viewer, None, ""),
    row("PATCH /api/v1/organization", Admin, None, r#"{"llm_analysis":false}"#),
    row("DELETE /api/v1/organization", Admin, None, r#"{"name":"another"}"#),
    row("GET /api/v1/organization/usage", Viewer, None, ""),
    row("GET /api/v1/audit", Admin, None, ""),
    row("GET /api/v1/audit/", Admin, None, ""),
    row("GET /api/v1/integrations", Viewer, None, ""),
    row("GET /api/v1/integrations/", Viewer, None, ""),
    row("GET /api/v1/integrations/{slug}/auth", Admin, None, ""),
    row("GET /api/v1/integrations/{slug}/callback", Anyone(303), None, ""),
    row("POST /api/v1/integrations/{slug}/{webhook}", Anyone(401), None, "{}"),
    row("POST /api/v1/integrations/{slug}/{webhook}/", Anyone(401), None, "{}"),
    row("POST /api/v1/integrations/{slug}/{webhook}/{secret}", Anyone(401), None, ""),
    row("POST /api/v1/integrations/{slug}/{webhook}/{secret}/", Anyone(401), None, ""),
    row("POST /api/v1/integrations/{slug}/deal-status", Anyone(401), None, "{}"),
    row("GET /api/v1/integrations/organization", Viewer, None, ""),
    row("GET /api/v1/integrations/organization/", Viewer, None, ""),
    row("GET /api/v1/integrations/organization/connect-links", Admin, None, ""),
    row("GET /api/v1/integrations/organization/connect-links/", Admin, None, ""),
    row("POST /api/v1/integrations/organization/connect-links", Admin, None, r#"{"integration_id":"int_salesforce","environment":"sandbox"}"#),
    row("POST /api/v1/integrations/organization/connect-links/", Admin, None, r#"{"integration_id":"int_salesforce","environment":"sandbox"}"#),
    row("DELETE /api/v1/integrations/organization/connect-links/{id}", Admin, CONNECT_LINK, "").removing(),
    row("POST /api/v1/integrations/organization/{id}", Admin, INTEGRATION, r#"{"api_key":"k"}"#),
    row("GET /api/v1/integrations/organization/{id}", Viewer, CONNECTION, ""),
    row("PATCH /api/v1/integrations/organization/{id}", Admin, CONNECTION, r#"{"is_enabled":true}"#),
    row("DELETE /api/v1/integrations/organization/{id}", Admin, CONNECTION, "").removing(),
    row("POST /api/v1/integrations/organization/{id}/reconnect", Admin, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/confirm", Admin, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/test", Member, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/webhook-secret", Admin, CONNECTION, ""),
    row("DELETE /api/v1/integrations/organization/{id}/webhook-secret/previous", Admin, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/outbound-secret", Admin, CONNECTION, ""),
    row("DELETE /api/v1/integrations/organization/{id}/outbound-secret/previous", Admin, CONNECTION, ""),
    row("GET /api/v1/integrations/organization/{id}/deliveries", Viewer, CONNECTION, ""),
    row("GET /api/v1/integrations/organization/{id}/deliveries/", Viewer, CONNECTION, ""),
    row("GET /api/v1/integrations/organization/{id}/refused-calls", Viewer, CONNECTION, ""),
    row("GET /api/v1/integrations/organization/{id}/refused-calls/", Viewer, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/redeliver", Member, CONNECTION, r#"{"status":"failed"}"#),
    row("GET /api/v1/integrations/organization/{id}/fact-sheet", Viewer, CONNECTION, ""),
    row("GET /api/v1/integrations/organization/{id}/setup-package", Admin, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/dry-run", Member, CONNECTION, r#"{"record_id":"{record}"}"#),
    row("GET /api/v1/integrations/organization/{id}/backlog", Admin, CONNECTION, ""),
    row("POST /api/v1/integrations/organization/{id}/backlog", Admin, CONNECTION, "{}"),
    row("GET /api/v1/integrations/organization/{id}/polling", Viewer, CONNECTION, ""),
    row("GET /api/v1/deliveries/{id}", Viewer, DELIVERY, ""),
    row("POST /api/v1/deliveries/{id}/redeliver", Member, DELIVERY, ""),
    row("GET /api/v1/contracts", Viewer, None, ""),
    row("GET /api/v1/contracts/", Viewer, None, ""),
    row("POST /api/v1/contracts", Member, None, UPLOAD),
    row("POST /api/v1/contracts/", Member, None, UPLOAD),
    row("GET /api/v1/contracts/{id}", Viewer, CONTRACT, ""),
    row("PATCH /api/v1/contracts/{id}", Member, CONTRACT, r#"{"title":"Renamed"}"#),
    row("DELETE /api/v1/contracts/{id}", Admin, CONTRACT, "").removing(),
    row("POST /api/v1/contracts/{id}/versions", Member, CONTRACT, UPLOAD),
    row("DELETE /api/v1/contracts/{id}/link", Member, CONTRACT, ""),
    row("PUT /api/v1/contracts/{id}/link", Member, CONTRACT, r#"{"connection_id":"{connection}","record_id":"{record}"}"#),
    row("GET /api/v1/contracts/{id}/timeline", Viewer, CONTRACT, ""),
    row("GET /api/v1/contracts/{id}/timeline/", Viewer, CONTRACT, ""),
    row("GET /api/v1/contracts/{id}/versions/{number}/file", Viewer, CONTRACT, ""),
    row("PUT /api/v1/contracts/{id}/status", Member, CONTRACT, r#"{"negotiation_status":"approved"}"#),
    row("POST /api/v1/contracts/{id}/sync", Member, CONTRACT, ""),
    row("POST /api/v1/contracts/{id}/versions/{number}/file-back", Member, CONTRACT, ""),
    row("GET /api/v1/contracts/{id}/deal-files", Viewer, CONTRACT, ""),
    row("PUT /api/v1/contracts/{id}/file", Member, CONTRACT, r#"{"file_id":"068000000000001AAA"}"#),
    row("DELETE /api/v1/contracts/{id}/attention/newer_version", Member, CONTRACT, ""),
    // Routes for machines.
    row("GET /healthz", Anyone(200), None, ""),
    row("GET /readyz", Anyone(200), None, ""),
    row("GET /metrics", Anyone(401), None, ""),
    row("GET /.well-known/security.txt", Anyone(404), None, ""),
    row("GET /api/openapi.json", Anyone(200), None, ""),
    row("GET /api/docs", Anyone(303), None, ""),
    row("GET /api/docs/", Anyone(200), None, ""),
    row("GET /pkg/none.js", Anyone(404), None, ""),
    row("GET /icons/none.svg", Anyone(404), None, ""),
    row("GET /connectors/none.svg", Anyone(404), None, ""),
    row("GET /favicon.ico", Anyone(404), None, ""),
    row("GET /favicon.svg", Anyone(404), None, ""),
    row("GET /robots.txt", Anyone(404), None, ""),
    // Pages.
    row("GET /", Viewer, None, ""),
    row("GET /login", Anyone(200), None, ""),
    row("GET /register", Anyone(200), None, ""),
    row("GET /invitations/{token}", Anyone(404), None, ""),
    row("GET /connect", Anyone(404), None, ""),
    row("GET /connect/{token}", Anyone(404), None, ""),
    row("GET /integrations", Viewer, None, ""),
    row("GET /integrations/connect/{slug}", Admin, None, ""),
    row("GET /integrations/connect/{slug}/link", Admin, None, ""),
    row("GET /integrations/{id}", Viewer, CONNECTION, ""),
    row("GET /integrations/{id}/disconnect", Admin, CONNECTION, ""),
    row("GET /integrations/{id}/reconnect", Admin, CONNECTION, ""),
    row("GET /integrations/{id}/settings", Admin, CONNECTION, ""),
    row("GET /integrations/{id}/backlog", Admin, CONNECTION, ""),
    row("GET /integrations/{id}/dry-run", Member, CONNECTION, ""),
    row("GET /deliveries/{id}", Viewer, DELIVERY, ""),
    row("GET /contracts", Viewer, None, ""),
    row("GET /contracts/{id}", Viewer, CONTRACT, ""),
    row("GET /contracts/by-opportunity/{record}", Viewer, None, ""),
    row("GET /contracts/{id}/compare", Viewer, CONTRACT, ""),
    row("GET /contracts/{id}/files", Member, CONTRACT, ""),
    row("GET /contracts/{id}/erase", Admin, CONTRACT, ""),
    row("GET /account", Viewer, None, ""),
    row("GET /unfinished", Viewer, None, ""),
    row("GET /settings", Viewer, None, ""),
    row("GET /settings/delete", Admin, None, ""),
    row("GET /settings/audit", Admin, None, ""),
    row("GET /settings/audit.csv", Admin, None, ""),
    row("GET /team", Admin, None, ""),
    row("GET /settings/tokens", Viewer, None, ""),
    // Server functions. Browsers submit forms to them, and islands call them.
    row("POST /actions/upload", Member, None, UPLOAD),
    row("POST /actions/upload_version/{id}", Member, CONTRACT, UPLOAD),
    row("POST /actions/catalogue", Viewer, None, ""),
    row("POST /actions/connections", Viewer, None, ""),
    row("POST /actions/fingerprint", Viewer, CONTRACT, r#"{"subject":{"Contract":"{id}"}}"#),
    row("POST /actions/sign_in", Anyone(401), None, "email=unknown%40example.com&password=x"),
    row("POST /actions/register", Anyone(422), None, "organization=New"),
    row("POST /actions/accept_invitation", Anyone(404), None, "token=none&password=x"),
    row("POST /actions/set_theme", Anyone(200), None, "theme=dark"),
    row("POST /actions/sign_out", Viewer, SESSION, "").removing(),
    row("POST /actions/connect", Admin, INTEGRATION, "integration={id}&fields[api_key]=k"),
    row("POST /actions/reconnect", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/request_connection", Admin, None, "provider=salesforce&environment=production"),
    row("POST /actions/confirm_connection", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/create_connect_link", Admin, None, "integration=int_salesforce&environment=sandbox"),
    row("POST /actions/revoke_connect_link", Admin, CONNECT_LINK, "link={id}&integration=int_salesforce").removing(),
    row("POST /actions/start_connect_link", Anyone(404), None, "token=none"),
    row("POST /actions/disconnect", Admin, CONNECTION, "connection={id}").removing(),
    row("POST /actions/update_connection", Admin, CONNECTION, "connection={id}&is_enabled=true"),
    row("POST /actions/test_connection", Member, CONNECTION, "connection={id}"),
    row("POST /actions/make_webhook_secret", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/end_previous_webhook_secrets", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/import_backlog", Admin, CONNECTION, "connection={id}&fingerprint=0"),
    row("POST /actions/create_outbound_secret", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/end_previous_outbound_secrets", Admin, CONNECTION, "connection={id}"),
    row("POST /actions/redeliver", Member, DELIVERY, "delivery={id}"),
    row("POST /actions/redeliver_failed", Member, CONNECTION, "connection={id}"),
    row("POST /actions/change_status", Member, CONTRACT, "contract={id}&negotiation_status=signed"),
    row("POST /actions/retry_sync", Member, CONTRACT, "contract={id}"),
    row("POST /actions/file_version", Member, CONTRACT, "contract={id}&version=1"),
    row("POST /actions/choose_file", Member, CONTRACT, "contract={id}&file=068000000000001AAA"),
    row("POST /actions/dismiss_newer_version", Member, CONTRACT, "contract={id}"),
    row("POST /actions/change_title", Member, CONTRACT, "contract={id}&title=Renamed"),
    row("POST /actions/unlink_contract", Member, CONTRACT, "contract={id}"),
    row("POST /actions/link_contract", Member, CONTRACT, "contract={id}&connection={connection}&record={record}"),
    row("POST /actions/erase_contract", Admin, CONTRACT, "contract={id}").removing(),
    row("POST /actions/delete_organization", Admin, None, "typed_name=another"),
    row("POST /actions/retry_analysis", Member, CONTRACT, "contract={id}&version=1"),
    row("POST /actions/change_password", Viewer, None, "current_password=x&new_password=y&repeated_password=z"),
    row("POST /actions/end_session", Viewer, None, "session=ses_01a204d238cc77609c070b5a04bf6685"),
    row("POST /actions/sign_out_everywhere", Viewer, SESSION, "").removing(),
    row("POST /actions/invite_again", Admin, USER, "user={id}"),
    row("POST /actions/invite_user", Admin, None, "email=newest%40example.com&name=Newest&role=viewer"),
    row("POST /actions/update_user", Admin, USER, "user={id}&role=viewer"),
    row("POST /actions/update_organization", Admin, None, "llm_analysis=false"),
    row("POST /actions/remove_user", Admin, USER, "user={id}").removing(),
    row("POST /actions/create_api_token", Viewer, None, "name=new"),
    row("POST /actions/revoke_api_token", Viewer, TOKEN, "token={id}").removing(),
];
