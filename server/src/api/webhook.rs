//! The webhooks that providers call. The order of the checks is part of the API contract.

use super::problem::Result;
use crate::extract::{Json, Params, is_json};
use crate::identity::pasted_secret;
use crate::layers::client_address::ClientAddress;
use crate::limits::request_body::{self, BodyTimeouts, MAX_BODY_BYTES};
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use lexicontract::domain::compatibility::WebhookBody;
use lexicontract::domain::delivery::Receipt;
use lexicontract::domain::problem::Problem;
use lexicontract::secret::Secret;
use lexicontract::services::{WebhookCaller, WebhookSignature};
use lexicontract::{connectors, hub};
use serde::Serialize;
use utoipa::ToSchema;

pub const SECRET_HEADER: &str = "x-webhook-secret";
const MAX_SECRET_BYTES: usize = 256;
/// The headers of a signed call (<https://www.standardwebhooks.com>).
const SIGNATURE_HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

#[derive(Serialize, ToSchema)]
pub struct Receipts {
    deliveries: Vec<Receipt>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WebhookAnswer {
    One(Receipt),
    Many(Receipts),
}

/// Accepts records, and fetches their contracts in the background. The deliveries are stored before the response is sent.
///
/// A connection can require a signature in addition to the secret (`metadata.webhook_signature`). The signature is in the headers
/// `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks. It must be created with the `signing_key` of
/// the secret, and must be at most five minutes old. A signed message is accepted once. If a `webhook-id` is repeated, the
/// response is `duplicate`.
///
/// If the secret is valid, requests with other methods get 405, and requests to unknown paths get 404 `wrong_webhook_address`.
#[utoipa::path(post, path = "/api/v1/integrations/{slug}/{webhook}", tag = "webhook", request_body = WebhookBody,
    responses((status = 202, body = WebhookAnswer)))]
pub async fn receive(
    State(state): State<AppState>,
    Params(slug, webhook): Params<String, String>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Response> {
    let webhook = connectors::find(&slug).and_then(|connector| connector.webhook(&webhook)).ok_or(Problem::NotFound)?;
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let signature = timely_signature(&state, &headers);
    let mut caller = enabled_caller(&state, &headers, signature.is_some(), address).await?;
    // A secret is valid only for the webhook of its provider.
    if caller.integration_id.slug() != slug {
        return Err(Problem::NotFound.into());
    }
    if !is_json(&headers) {
        return Err(Problem::UnsupportedMediaType.into());
    }
    let body = request_body::read(body, MAX_BODY_BYTES, BodyTimeouts::of(&parts.extensions)).await?;
    if body.was_awaited {
        // The secret may have expired or the connection may have been paused since the first check.
        caller = enabled_caller(&state, &headers, signature.is_some(), address).await?;
    }
    let _permit = state.tenant_limits.webhook_calls.acquire(&caller.organization_id).await?;
    let message = match &signature {
        Some(signature) if state.hub.is_signed(&caller, signature, &body.bytes).await? => Some(signature.id()),
        _ if caller.requires_signature => return Err(reject(&state, address).into()),
        _ => None,
    };
    let call = (webhook.parse)(&body.bytes)?;
    let is_batch = call.is_batch;
    match state.hub.receive(&caller, webhook, call, message).await {
        Ok(receipts) => Ok(accepted(receipts, is_batch)),
        Err(hub::Error::Problem(Problem::NotSignedIn)) => Err(reject(&state, address).into()),
        Err(error) => Err(error.into()),
    }
}

/// Fails if the caller's connection is paused.
async fn enabled_caller(state: &AppState, headers: &HeaderMap, is_signed: bool, address: ClientAddress) -> Result<WebhookCaller> {
    let caller = authenticate(state, headers, is_signed, address).await?;
    if caller.is_enabled { Ok(caller) } else { Err(Problem::IntegrationDisabled.into()) }
}

/// Authenticates a webhook call by its secret. Succeeds even if the connection is paused. `is_signed` is true if the headers have
/// a recent signature, which the connection can require. The signature is verified later, because the body is needed.
///
/// # Errors
/// [`Problem::NotSignedIn`], or [`Problem::TooManyRequests`] if the client's network has sent too many wrong secrets.
pub async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    is_signed: bool,
    address: ClientAddress,
) -> Result<WebhookCaller> {
    let caller = match secret(headers) {
        Some(secret) => state.hub.webhook_caller(&secret).await?,
        None => None,
    };
    match caller {
        Some(caller) if !caller.requires_signature || is_signed => Ok(caller),
        Some(_) => Err(reject(state, address).into()),
        None => {
            let problem = reject(state, address);
            if let (Problem::NotSignedIn, Some(value)) = (&problem, only(headers, SECRET_HEADER)) {
                pasted_secret::log_hint(state, value);
            }
            Err(problem.into())
        }
    }
}

/// The signature from the headers. `None` if a header is missing, repeated or malformed, or if the timestamp is not recent.
pub fn timely_signature(state: &AppState, headers: &HeaderMap) -> Option<WebhookSignature> {
    let [id, timestamp, signature] = SIGNATURE_HEADERS.map(|name| only(headers, name).and_then(|value| value.to_str().ok()));
    WebhookSignature::parse(id?, timestamp?, signature?).filter(|signature| signature.is_timely(state.hub.clock().now()))
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The secret from the header. `None` if the header is missing, repeated, empty or too long, or contains anything except visible
/// ASCII characters.
fn secret(headers: &HeaderMap) -> Option<Secret<String>> {
    let value = only(headers, SECRET_HEADER)?;
    let bytes = value.as_bytes();
    let is_plausible = (1..=MAX_SECRET_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    is_plausible.then(|| Secret::new(String::from_utf8_lossy(bytes).into_owned()))
}

/// Counts a rejected call, and returns a problem that does not reveal the reason for the rejection.
fn reject(state: &AppState, address: ClientAddress) -> Problem {
    match state.wrong_secrets.spend(&address.network()) {
        true => Problem::NotSignedIn,
        false => Problem::TooManyRequests,
    }
}

fn accepted(mut deliveries: Vec<Receipt>, is_batch: bool) -> Response {
    let body = match deliveries.len() {
        1 if !is_batch => WebhookAnswer::One(deliveries.remove(0)),
        _ => WebhookAnswer::Many(Receipts { deliveries }),
    };
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_of(values: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(SECRET_HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        secret(&headers).map(|secret| secret.expose().clone())
    }

    #[test]
    fn the_secret_is_exactly_one_header_of_visible_ascii() {
        assert_eq!(secret_of(&[b"lcwh_abc"]), Some("lcwh_abc".to_owned()));
        let long = [b'a'; MAX_SECRET_BYTES + 1];
        for values in [&[][..], &[&b""[..]], &[b"a", b"a"], &["é".as_bytes()], &[b"a b"], &[&long]] {
            assert_eq!(secret_of(values), None, "{values:?}");
        }
    }
}
