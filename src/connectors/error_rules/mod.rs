//! Maps unsuccessful responses to errors by rules.

mod fault;
mod rule;

pub use fault::Fault;
pub(super) use rule::ErrorResponse;
pub use rule::{Endpoint, ErrorRule, Match, Target};

use super::Kind::{self, Forbidden, GrantDead, SessionExpired, Unavailable, Unexpected};
use super::http::Response;
use super::{Connector, Ctx, Error};
use crate::domain::connection::health::Responsible::{self, Admin, ProviderAdministrator, Transient};
use std::time::Duration;
use url::Url;

const MESSAGE_CHARACTERS: usize = 200;
const CODE_CHARACTERS: usize = 64;

/// The `Retry-After` header of a response overrides this delay.
const RATE_LIMITED: Kind = Kind::RateLimited { retry_after: Duration::from_secs(60) };

const fn rule(criterion: Match, status: (u16, u16), kind: Kind, responsible: Responsible, cause: &'static str) -> ErrorRule {
    ErrorRule { endpoint: Endpoint::Either, status, criterion, kind, responsible, cause, connect_failure: None, message: "" }
}

/// Rules of providers with API keys. A rejected key requires a reconnect, because a key cannot be refreshed.
pub(super) static KEY_RULES: &[ErrorRule] = &[rule(Match::Any, (401, 401), GrantDead, Admin, "key_refused")];

static SHARED_RULES: &[ErrorRule] = &[
    rule(Match::Any, (401, 401), SessionExpired, Transient, "unauthorized"),
    rule(Match::Any, (429, 429), RATE_LIMITED, Transient, "too_many_calls"),
    rule(Match::Any, (408, 408), Unavailable, Transient, "server_time_out"),
    rule(Match::Any, (500, 599), Unavailable, Transient, "outage"),
    rule(Match::Html, (0, 999), Unavailable, Transient, "page"),
    rule(Match::Any, (403, 403), Forbidden, ProviderAdministrator, "forbidden"),
];

static FALLBACK: ErrorRule = rule(Match::Any, (0, 999), Unexpected, Transient, "unexpected_answer");

/// Field and value that a request writes, for the placeholders in user messages.
#[derive(Clone, Copy, Default)]
pub(super) struct FieldValue<'a> {
    pub(super) field: &'a str,
    pub(super) value: &'a str,
}

/// An error from a response body. `code` is a string, because providers have hundreds of error codes and add new ones.
#[derive(Default)]
pub(super) struct ApiError {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) field: Option<String>,
}

/// Returns a successful response unchanged. Maps an unsuccessful response to an error.
pub(super) fn check_response(
    ctx: &Ctx,
    connector: &Connector,
    response: Response,
    endpoint: Endpoint,
    written: FieldValue<'_>,
) -> Result<Response, Error> {
    if response.status.is_success() && !response.is_html && !(connector.hides_error)(&response.body) {
        return Ok(response);
    }
    let beginning = &response.body[..response.body.len().min(MESSAGE_CHARACTERS)];
    // Some endpoints report errors as plain text.
    let plain_text = || ApiError { message: String::from_utf8_lossy(beginning).into_owned(), ..ApiError::default() };
    let api_error = (connector.error_body)(&response.body).unwrap_or_else(plain_text);
    Err(error(ctx, connector, &response, endpoint, &api_error, written))
}

pub(super) fn error(
    ctx: &Ctx,
    connector: &Connector,
    response: &Response,
    endpoint: Endpoint,
    api_error: &ApiError,
    written: FieldValue<'_>,
) -> Error {
    let status = response.status.as_u16();
    let rule = rule_for(
        connector,
        &ErrorResponse {
            endpoint,
            status,
            code: &api_error.code,
            message: &api_error.message,
            redirect: matches!(status, 301 | 302 | 303 | 307 | 308).then(|| target(ctx, connector, response)),
            has_retry_after: response.retry_after.is_some(),
            is_html: response.is_html,
        },
    );
    let mut error = rule.error(response.context());
    if let (Kind::RateLimited { retry_after }, Some(delay)) = (&mut error.kind, response.retry_after) {
        *retry_after = delay;
    }
    if !api_error.code.is_empty() {
        error.context = format!("{} {}", error.context, loggable(&api_error.code));
    }
    if response.is_html {
        error.context.push_str(" with an HTML page");
    }
    error.message = error.message.map(|message| fill(&message, api_error, written));
    error
}

pub(super) fn rule_for(connector: &Connector, response: &ErrorResponse<'_>) -> &'static ErrorRule {
    connector.error_rules.iter().chain(SHARED_RULES).find(|rule| rule.matches(response)).unwrap_or(&FALLBACK)
}

fn target(ctx: &Ctx, connector: &Connector, response: &Response) -> Target {
    match response.location.as_deref().and_then(|location| Url::parse(location).ok()) {
        Some(url) if !ctx.config.provider(connector.slug).allows(&url) => Target::Foreign,
        Some(url) if url.origin() != response.origin => Target::Provider,
        _ => Target::Same,
    }
}

fn fill(message: &str, api_error: &ApiError, written: FieldValue<'_>) -> String {
    let field = match (written.field, &api_error.field) {
        ("", Some(named)) => named,
        ("", None) => "that is asked for",
        (field, _) => field,
    };
    // Shortens the provider's message to one line without control characters.
    let one_line = api_error.message.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted: String = one_line.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect();
    message.replace("{field}", field).replace("{value}", written.value).replace("{message}", &quoted)
}

fn loggable(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(CODE_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_codes_cannot_forge_log_lines() {
        assert_eq!(loggable("invalid_grant\n2026 ERROR"), "invalid_grant2026ERROR");
        assert_eq!(loggable(&"a".repeat(100)).len(), 64);
    }
}
