//! What providers that take a key have in common: where they are, the key as a header, and what a refusal means.

use super::{
    Ctx, Error, Kind,
    http::{Answer, JSON_LIMIT, send_and_read},
};
use crate::secret::Secret;
use std::{collections::BTreeMap, time::Duration};
use url::Url;

/// Far longer than any key.
const KEY_CHARACTERS: usize = 1_024;
/// How long to wait when a provider does not say.
const PAUSE: Duration = Duration::from_secs(60);

/// The key that a person pasted, fit for a header.
pub(super) fn api_key(fields: &BTreeMap<String, Secret<String>>) -> Result<&str, Error> {
    let key = fields.get("api_key").map(|key| key.expose().trim()).unwrap_or_default();
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_CHARACTERS || !is_plain {
        return Err(Error::new(Kind::GrantDead, "the key is empty, too long, or not plain text"));
    }
    Ok(key)
}

/// An address at the provider, or where the operator says the provider is.
pub(super) fn origin(configured: Option<&Url>, public: &str, path: &str) -> Result<Url, Error> {
    let base = configured.map_or(public, Url::as_str).trim_end_matches('/');
    Url::parse(&format!("{base}{path}")).map_err(|error| Error::new(Kind::Unexpected, "not an address").because(error))
}

/// Sends the call that tries a key.
pub(super) async fn try_key(ctx: &Ctx, call: &str, request: reqwest::RequestBuilder) -> Result<Answer, Error> {
    let answer = send_and_read(ctx, call, request, JSON_LIMIT).await?;
    let kind = match answer.status.as_u16() {
        200..=299 => return Ok(answer),
        401 => Kind::GrantDead,
        429 => Kind::RateLimited { retry_after: answer.retry_after.unwrap_or(PAUSE) },
        408 | 500..=599 => Kind::Unavailable,
        _ if answer.is_html => Kind::Unavailable,
        403 => Kind::Forbidden,
        _ => Kind::Unexpected,
    };
    Err(Error::new(kind, answer.context()))
}
