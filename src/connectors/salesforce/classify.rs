//! Turns an answer that is not a success into what the table of decisions says about it.

use super::{
    decision::{Asked, Decision, Seen, Target},
    decisions::decide,
    provider::settings,
    refused::plain,
};
use crate::connectors::{
    Ctx, Error, Kind,
    http::{Answer, RETRY_AFTER_LIMIT},
};
use serde::{Deserialize, Deserializer};
use url::Url;

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
    #[serde(alias = "statusCode", rename = "errorCode", deserialize_with = "null_is_empty")]
    code: String,
    #[serde(deserialize_with = "null_is_empty")]
    message: String,
}

/// Most error bodies are a list; some are its only entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum ApiErrors {
    List(Vec<ApiError>),
    One(ApiError),
}

/// Texts of an error may be `null`.
pub(super) fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An answer with success, or what its refusal means.
pub(super) fn accepted(ctx: &Ctx, answer: Answer, asked: Asked, subject: Subject<'_>) -> Result<Answer, Error> {
    let is_accepted = answer.status.is_success() && !answer.is_html && hidden_error(&answer).is_none();
    if is_accepted { Ok(answer) } else { Err(refusal(ctx, &answer, asked, subject)) }
}

/// An error that arrived with the status of a success.
fn hidden_error(answer: &Answer) -> Option<ApiError> {
    let looks_like_errors = answer.body.trim_ascii_start().starts_with(b"[");
    looks_like_errors.then(|| read(answer)).flatten().filter(|error| !error.code.is_empty())
}

fn read(answer: &Answer) -> Option<ApiError> {
    match serde_json::from_slice(&answer.body).ok()? {
        ApiErrors::List(errors) => errors.into_iter().next(),
        ApiErrors::One(error) => Some(error),
    }
}

fn refusal(ctx: &Ctx, answer: &Answer, asked: Asked, subject: Subject<'_>) -> Error {
    let api = read(answer).unwrap_or_else(|| ApiError { code: String::new(), message: words(&answer.body) });
    let decision = decide(&seen(ctx, answer, asked, &api.code, &api.message));
    let sentence = (!decision.sentence.is_empty()).then(|| filled(decision.sentence, &api, subject));
    error(answer, decision, &api.code, sentence)
}

/// An answer as the table looks at it.
pub(super) fn seen<'a>(ctx: &Ctx, answer: &Answer, asked: Asked, code: &'a str, message: &'a str) -> Seen<'a> {
    let status = answer.status.as_u16();
    Seen {
        asked,
        status,
        code,
        message,
        redirect: matches!(status, 301 | 302 | 303 | 307 | 308).then(|| target(ctx, answer)),
        asks_to_wait: answer.retry_after.is_some(),
        is_page: answer.is_html,
    }
}

fn target(ctx: &Ctx, answer: &Answer) -> Target {
    match answer.location.as_deref().and_then(|location| Url::parse(location).ok()) {
        Some(url) if !settings(&ctx.config).allows(&url) => Target::Foreign,
        Some(url) if url.origin() != answer.origin => Target::Salesforce,
        _ => Target::Same,
    }
}

/// The error that a decision makes of an answer.
pub(super) fn error(answer: &Answer, decision: &Decision, code: &str, sentence: Option<String>) -> Error {
    let mut error = Error::new(with_pause(decision.kind, answer), answer.context()).caused_by(decision.cause, decision.fixed_by);
    if !code.is_empty() {
        error.context = format!("{} {}", error.context, plain(code));
    }
    if answer.is_html {
        error.context.push_str(" with a page");
    }
    error.advice = sentence;
    error.connect_failure = decision.connecting;
    error
}

/// The beginning of a body that is plain words, as of the identity endpoint.
fn words(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MESSAGE_CHARACTERS)]).into_owned()
}

/// The kind with the pause that the answer asks for.
fn with_pause(kind: Kind, answer: &Answer) -> Kind {
    match (kind, answer.retry_after) {
        (Kind::RateLimited { .. }, Some(asked)) => Kind::RateLimited { retry_after: asked.min(RETRY_AFTER_LIMIT) },
        _ => kind,
    }
}

fn filled(sentence: &str, error: &ApiError, subject: Subject<'_>) -> String {
    let field = match (subject.field, named(&error.message)) {
        ("", Some(named)) => named,
        ("", None) => "that is asked for",
        (field, _) => field,
    };
    sentence.replace("{field}", field).replace("{value}", subject.value).replace("{message}", &one_line(&error.message))
}

/// The field or relationship that a refused query names, as in `No such column 'StageName' on entity 'Opportunity'`.
fn named(message: &str) -> Option<&str> {
    let (_, rest) = ["column '", "relationship '"].iter().find_map(|before| message.split_once(before))?;
    let (name, _) = rest.split_once('\'')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    (is_name && !name.is_empty()).then_some(name)
}

/// An administrator's own words, as one short line without control characters.
fn one_line(message: &str) -> String {
    let words: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect()
}
