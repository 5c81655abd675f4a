//! Maps unsuccessful responses to errors. Each provider has its own rules.

mod fault;
mod rule;
mod shared;

pub use fault::Fault;
pub(super) use rule::ErrorResponse;
pub use rule::{Endpoint, ErrorRule, Match, Target};
pub(super) use shared::KEY_RULES;

use super::{
    Connector, Ctx, Error, Kind,
    http::{RETRY_AFTER_LIMIT, Response},
};
use url::Url;

/// Maximum length of the part of a provider's message that we show to users.
const MESSAGE_CHARACTERS: usize = 200;
const CODE_CHARACTERS: usize = 64;

/// Field and value that a request writes. They replace the placeholders in a user message.
#[derive(Clone, Copy, Default)]
pub(super) struct FieldValue<'a> {
    pub(super) field: &'a str,
    pub(super) value: &'a str,
}

/// An error from a response body. `code` is a string because providers have hundreds of error codes and keep adding new ones.
#[derive(Default)]
pub(super) struct ApiError {
    pub(super) code: String,
    pub(super) message: String,
    /// The field that the error message mentions.
    pub(super) field: Option<String>,
}

/// Parser for errors in response bodies.
#[derive(Clone, Copy)]
pub(super) struct ErrorBody {
    /// Returns `None` for a body without a readable error.
    pub(super) read: fn(&[u8]) -> Option<ApiError>,
    /// Whether a body may contain an error although the response has a success status.
    pub(super) may_be_hidden: fn(&[u8]) -> bool,
}

impl ErrorBody {
    /// For providers without error codes in bodies. Only the status of a response counts.
    pub(super) const NONE: Self = Self { read: |_| None, may_be_hidden: |_| false };
}

/// Returns a successful response unchanged. Maps an unsuccessful response to an error by the rules.
pub(super) fn check_response(
    ctx: &Ctx,
    connector: &Connector,
    response: Response,
    endpoint: Endpoint,
    written: FieldValue<'_>,
) -> Result<Response, Error> {
    let ErrorBody { read, may_be_hidden } = connector.error_body;
    let is_hidden_error = || may_be_hidden(&response.body) && read(&response.body).is_some_and(|error| !error.code.is_empty());
    if response.status.is_success() && !response.is_html && !is_hidden_error() {
        return Ok(response);
    }
    let beginning = &response.body[..response.body.len().min(MESSAGE_CHARACTERS)];
    // Some endpoints report errors as plain text.
    let plain_text = || ApiError { message: String::from_utf8_lossy(beginning).into_owned(), ..ApiError::default() };
    let api_error = read(&response.body).unwrap_or_else(plain_text);
    Err(error(ctx, connector, &response, endpoint, &api_error, written))
}

/// Maps an unsuccessful response to an error by the rules.
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
    let kind = match (rule.kind, response.retry_after) {
        (Kind::RateLimited { .. }, Some(delay)) => Kind::RateLimited { retry_after: delay.min(RETRY_AFTER_LIMIT) },
        (kind, _) => kind,
    };
    let mut error = Error::new(kind, response.context()).with_cause(rule.cause, rule.responsible);
    if !api_error.code.is_empty() {
        error.context = format!("{} {}", error.context, loggable(&api_error.code));
    }
    if response.is_html {
        error.context.push_str(" with an HTML page");
    }
    error.message = rule.user_message().map(|message| fill(&message, api_error, written));
    error.connect_failure = rule.connect_failure;
    error
}

/// Returns the first matching rule. The provider's rules come before the shared rules.
pub(super) fn rule_for(connector: &Connector, response: &ErrorResponse<'_>) -> &'static ErrorRule {
    connector.error_rules.iter().chain(shared::RULES).find(|rule| rule.matches(response)).unwrap_or(&shared::FALLBACK)
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

/// Removes all characters from an error code that could forge a line of the log.
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
