//! Turns an answer that is not a success into what it means.

use super::{
    errors::{Rule, find},
    refused::plain,
};
use crate::connectors::{
    Ctx, Error, Kind,
    http::{Answer, RETRY_AFTER_LIMIT},
};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// How long to wait when Salesforce does not say.
const PAUSE: Duration = Duration::from_secs(60);
/// How much of an administrator's own message is repeated to people.
const MESSAGE_CHARACTERS: usize = 200;

/// What was to be written, for the words.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'a> {
    pub(super) field: &'a str,
    pub(super) value: &'a str,
}

/// One entry of an error body. The code stays a text: Salesforce has over two hundred and adds more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ApiError {
    #[serde(alias = "statusCode")]
    #[serde(rename = "errorCode")]
    code: String,
    message: String,
}

/// An answer with success, or what its refusal means.
pub(super) fn accepted(ctx: &Ctx, answer: Answer, subject: Subject<'_>) -> Result<Answer, Error> {
    let is_accepted = answer.status.is_success() && !answer.is_html && hidden_error(&answer).is_none();
    if is_accepted { Ok(answer) } else { Err(refusal(ctx, &answer, subject)) }
}

/// An error that arrived with the status of a success.
fn hidden_error(answer: &Answer) -> Option<ApiError> {
    let looks_like_errors = answer.body.trim_ascii_start().starts_with(b"[");
    looks_like_errors.then(|| read(answer)).flatten().filter(|error| !error.code.is_empty())
}

fn read(answer: &Answer) -> Option<ApiError> {
    serde_json::from_slice::<Vec<ApiError>>(&answer.body).ok()?.into_iter().next()
}

fn refusal(ctx: &Ctx, answer: &Answer, subject: Subject<'_>) -> Error {
    let api = read(answer).unwrap_or_else(|| ApiError { code: String::new(), message: words(&answer.body) });
    let rule = if answer.is_html { None } else { find(answer.status.as_u16(), &api.code, &api.message) };
    // A refresh tells where an org moved to.
    if rule.is_none()
        && let Some(error) = by_status(ctx, answer, Kind::SessionExpired)
    {
        return with_code(error, &api.code);
    }
    let context = answer.context();
    let error = match rule {
        Some(rule) if rule.advice.is_empty() => Error::new(with_pause(rule.kind, answer), context),
        Some(rule) => Error::new(with_pause(rule.kind, answer), context).advise(advice(rule, &api, subject)),
        None => Error::new(otherwise(answer.status.as_u16(), &api), context),
    };
    with_code(error, &api.code)
}

/// The error with its code in the log.
pub(super) fn with_code(mut error: Error, code: &str) -> Error {
    if !code.is_empty() {
        error.context = format!("{} {}", error.context, plain(code));
    }
    error
}

/// The beginning of a body that is plain words, as of the identity endpoint.
fn words(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MESSAGE_CHARACTERS)]).into_owned()
}

/// What a status means whose body says nothing we know.
fn otherwise(status: u16, error: &ApiError) -> Kind {
    match status {
        401 => Kind::SessionExpired,
        403 => Kind::Forbidden,
        404 => Kind::NotFound,
        400 if error.code.is_empty() => Kind::Unexpected,
        400..=499 => Kind::Refused,
        _ => Kind::Unexpected,
    }
}

/// What only the status says: redirects, pages, overload, outages. `moved` is what a redirect to another of Salesforce's hosts means.
pub(super) fn by_status(ctx: &Ctx, answer: &Answer, moved: Kind) -> Option<Error> {
    let error = |kind| Error::new(kind, answer.context());
    match answer.status.as_u16() {
        301 | 302 | 303 | 307 | 308 => Some(redirect(ctx, answer, moved)),
        429 => Some(error(with_pause(Kind::RateLimited { retry_after: PAUSE }, answer))),
        503 if answer.retry_after.is_some() => {
            Some(error(with_pause(Kind::RateLimited { retry_after: PAUSE }, answer)).advise(Kind::Unavailable.sentence()))
        }
        406 | 408 | 409 | 412 | 420 | 425 | 500..=599 => Some(error(Kind::Unavailable)),
        _ if answer.is_html => Some(Error::new(Kind::Unavailable, format!("{} with a page", answer.context()))),
        _ => None,
    }
}

/// A redirect is never followed: the call carries a token.
fn redirect(ctx: &Ctx, answer: &Answer, moved: Kind) -> Error {
    let target = answer.location.as_deref().and_then(|location| Url::parse(location).ok());
    let context = format!("{} (not followed)", answer.context());
    match target {
        Some(url) if !ctx.config.salesforce.allows(&url) => Error::new(Kind::HostNotAllowed, context).advise(FOREIGN_HOST),
        Some(url) if url.origin() != answer.origin => Error::new(moved, context).advise(MOVED),
        _ => Error::new(Kind::Unavailable, context).advise(MOVED),
    }
}

const FOREIGN_HOST: &str = "Salesforce sent us on to an address that is not one of its own, so nothing was sent there. Your Salesforce \
     administrator should check My Domain in Setup; then reconnect.";
const MOVED: &str = "Salesforce sent us on to another address instead of answering, as it does while an org is moved or renamed. We try \
     again by ourselves; if it stays, an admin must reconnect.";

/// The kind with the pause that the answer asks for.
pub(super) fn with_pause(kind: Kind, answer: &Answer) -> Kind {
    match (kind, answer.retry_after) {
        (Kind::RateLimited { .. }, Some(asked)) => Kind::RateLimited { retry_after: asked.min(RETRY_AFTER_LIMIT) },
        _ => kind,
    }
}

fn advice(rule: &Rule, error: &ApiError, subject: Subject<'_>) -> String {
    let field = if subject.field.is_empty() { "the field" } else { subject.field };
    rule.advice.replace("{field}", field).replace("{value}", subject.value).replace("{message}", &one_line(&error.message))
}

/// An administrator's own words, as one short line without control characters.
fn one_line(message: &str) -> String {
    let words: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect()
}
