//! Maps unsuccessful responses to errors by the provider's rules.

mod rule;
mod shared;

pub(super) use rule::Seen;
pub use rule::{Endpoint, ErrorRule, Match, Target};
pub(super) use shared::KEY_RULES;

use super::{
    Connector, Ctx, Error, Kind,
    http::{Answer, RETRY_AFTER_LIMIT},
};
use url::Url;

/// How much of an administrator's own message is repeated to people.
const MESSAGE_CHARACTERS: usize = 200;
/// The longest error code that is kept.
const CODE_CHARACTERS: usize = 64;

/// The field and value of a write, for the message.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'a> {
    pub(super) field: &'a str,
    pub(super) value: &'a str,
}

/// An error from a response body. The code is a string because providers have hundreds of codes and add more.
#[derive(Default)]
pub(super) struct ApiError {
    pub(super) code: String,
    pub(super) message: String,
    /// The field that the message names.
    pub(super) field: Option<String>,
}

/// How an error is read from a body.
#[derive(Clone, Copy)]
pub(super) struct ErrorBody {
    /// The error of a body; `None` when there is none that can be read.
    pub(super) read: fn(&[u8]) -> Option<ApiError>,
    /// Whether a body that came with the status of a success could be an error.
    pub(super) may_be_hidden: fn(&[u8]) -> bool,
}

impl ErrorBody {
    /// Bodies carry no error code; only the status counts.
    pub(super) const NONE: Self = Self { read: |_| None, may_be_hidden: |_| false };
}

/// An answer with success, or what its refusal means.
pub(super) fn accepted(
    ctx: &Ctx,
    connector: &Connector,
    answer: Answer,
    endpoint: Endpoint,
    subject: Subject<'_>,
) -> Result<Answer, Error> {
    let is_accepted = answer.status.is_success() && !answer.is_html && !hides_an_error(connector, &answer);
    if is_accepted { Ok(answer) } else { Err(refusal(ctx, connector, &answer, endpoint, subject)) }
}

fn hides_an_error(connector: &Connector, answer: &Answer) -> bool {
    let ErrorBody { read, may_be_hidden } = connector.error_body;
    may_be_hidden(&answer.body) && read(&answer.body).is_some_and(|error| !error.code.is_empty())
}

fn refusal(ctx: &Ctx, connector: &Connector, answer: &Answer, endpoint: Endpoint, subject: Subject<'_>) -> Error {
    let said = (connector.error_body.read)(&answer.body)
        .unwrap_or_else(|| ApiError { message: beginning(&answer.body), ..ApiError::default() });
    let rule = rule_for(connector, &seen(ctx, connector, answer, endpoint, &said.code, &said.message));
    let sentence = (!rule.sentence.is_empty()).then(|| filled(rule.sentence, &said, subject));
    error(answer, rule, &said.code, sentence)
}

/// The first rule that fits: the provider's before the shared ones.
pub(super) fn rule_for(connector: &Connector, seen: &Seen<'_>) -> &'static ErrorRule {
    connector.error_rules.iter().chain(shared::RULES).find(|rule| rule.fits(seen)).unwrap_or(&shared::OTHERWISE)
}

/// An answer as the rules look at it.
pub(super) fn seen<'a>(
    ctx: &Ctx,
    connector: &Connector,
    answer: &Answer,
    endpoint: Endpoint,
    code: &'a str,
    message: &'a str,
) -> Seen<'a> {
    let status = answer.status.as_u16();
    Seen {
        endpoint,
        status,
        code,
        message,
        redirect: matches!(status, 301 | 302 | 303 | 307 | 308).then(|| target(ctx, connector, answer)),
        asks_to_wait: answer.retry_after.is_some(),
        is_page: answer.is_html,
    }
}

fn target(ctx: &Ctx, connector: &Connector, answer: &Answer) -> Target {
    match answer.location.as_deref().and_then(|location| Url::parse(location).ok()) {
        Some(url) if !ctx.config.provider(connector.slug).allows(&url) => Target::Foreign,
        Some(url) if url.origin() != answer.origin => Target::Provider,
        _ => Target::Same,
    }
}

/// The error that a rule makes of an answer.
pub(super) fn error(answer: &Answer, rule: &ErrorRule, code: &str, sentence: Option<String>) -> Error {
    let mut error = Error::new(with_pause(rule.kind, answer), answer.context()).caused_by(rule.cause, rule.responsible);
    if !code.is_empty() {
        error.context = format!("{} {}", error.context, plain(code));
    }
    if answer.is_html {
        error.context.push_str(" with a page");
    }
    error.advice = sentence;
    error.connect_failure = rule.connecting;
    error
}

/// The beginning of a body that is plain words, as of an identity endpoint.
fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MESSAGE_CHARACTERS)]).into_owned()
}

/// The kind with the pause that the answer asks for.
fn with_pause(kind: Kind, answer: &Answer) -> Kind {
    match (kind, answer.retry_after) {
        (Kind::RateLimited { .. }, Some(asked)) => Kind::RateLimited { retry_after: asked.min(RETRY_AFTER_LIMIT) },
        _ => kind,
    }
}

fn filled(sentence: &str, said: &ApiError, subject: Subject<'_>) -> String {
    let field = match (subject.field, &said.field) {
        ("", Some(named)) => named,
        ("", None) => "that is asked for",
        (field, _) => field,
    };
    sentence.replace("{field}", field).replace("{value}", subject.value).replace("{message}", &one_line(&said.message))
}

/// An administrator's own words, as one short line without control characters.
fn one_line(message: &str) -> String {
    let words: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect()
}

/// An error code as it may be logged.
fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(CODE_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_logged_without_anything_that_could_forge_a_line() {
        assert_eq!(plain("invalid_grant\n2026 ERROR"), "invalid_grant2026ERROR");
        assert_eq!(plain(&"a".repeat(100)).len(), 64);
    }
}
