//! The webhooks that providers call. The order of the checks is part of the contract: strangers never reach the parser,
//! and learn nothing.

use super::problem::Result;
use crate::{
    extract::{PathText, is_json},
    identity::pasted_secret,
    layers::client_address::ClientAddress,
    limits::request_body::{self, BodyTimeouts, MAX_BODY_BYTES},
    state::AppState,
};
use axum::{
    Extension,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode};
use lexicontract::{
    connectors,
    domain::{compatibility::WebhookBody, delivery::Receipt, problem::Problem},
    hub,
    secret::Secret,
    services::{WebhookCaller, WebhookSignature},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The header of the secret.
pub const SECRET_HEADER: &str = "x-webhook-secret";
/// Longer values cannot be secrets of ours.
const MAX_SECRET_BYTES: usize = 256;
/// The headers of a signature; see standardwebhooks.com.
const SIGNATURE_HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/// The response to a call that may name several records.
#[derive(Serialize, ToSchema)]
pub struct Receipts {
    deliveries: Vec<Receipt>,
}

/// One of the two forms of the answer.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WebhookAnswer {
    /// To a call about one record.
    One(Receipt),
    /// To a call that may name several.
    Many(Receipts),
}

/// Takes records whose contracts are to be fetched. The deliveries are durable when the response is sent.
///
/// A connection may ask for a signature besides the secret (`metadata.webhook_signature`): the headers `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` of Standard Webhooks, made with the `signing_key` that came with the secret, at most five minutes old. A signed
/// message is taken once; the same `webhook-id` again is answered with `duplicate`.
///
/// With a valid secret, another method is 405, and an address that does not exist is 404 `wrong_webhook_address`.
#[utoipa::path(post, path = "/api/v1/integrations/{slug}/{webhook}", tag = "webhook", request_body = WebhookBody,
    responses((status = 202, body = WebhookAnswer)))]
pub async fn receive(
    State(state): State<AppState>,
    PathText((slug, webhook)): PathText<(String, String)>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Response> {
    let webhook = connectors::find(&slug).and_then(|connector| connector.webhook(&webhook)).ok_or(Problem::NotFound)?;
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let signature = timely_signature(&state, &headers);
    let mut caller = admitted(&state, &headers, signature.as_ref(), address).await?;
    // A secret opens the webhook of its own provider and no other.
    if caller.integration_id.slug() != slug {
        return Err(Problem::NotFound.into());
    }
    if !is_json(&headers) {
        return Err(Problem::UnsupportedMediaType.into());
    }
    let body = request_body::read(body, MAX_BODY_BYTES, BodyTimeouts::of(&parts.extensions)).await?;
    if body.was_awaited {
        // The secret may have expired or the connection may have been paused in the meantime.
        caller = admitted(&state, &headers, signature.as_ref(), address).await?;
    }
    let body = body.bytes;
    let _turn = state.fairness.calls.take(&caller.organization_id).await?;
    let message = message(&state, &caller, signature, &body).await?;
    if caller.requires_signature && message.is_none() {
        return Err(refused(&state, address).into());
    }
    let call = (webhook.parse)(&body)?;
    let is_batch = call.is_batch;
    match state.hub.receive(&caller, webhook, call, message.as_deref()).await {
        Ok(receipts) => Ok(answer(receipts, is_batch)),
        Err(hub::Error::Problem(Problem::NotSignedIn)) => Err(refused(&state, address).into()),
        Err(error) => Err(error.into()),
    }
}

/// The caller whose secret the headers carry, as far as it may call.
async fn admitted(
    state: &AppState,
    headers: &HeaderMap,
    signature: Option<&WebhookSignature>,
    address: ClientAddress,
) -> Result<WebhookCaller> {
    let caller = known(state, headers, signature, address).await?;
    if caller.is_enabled { Ok(caller) } else { Err(Problem::IntegrationDisabled.into()) }
}

/// The caller whose secret the headers carry, also while its connection is paused. Where the connection requires a signature, the headers must
/// carry a timely one, which is compared with the body later.
///
/// # Errors
/// [`Problem::NotSignedIn`], or [`Problem::TooManyRequests`] after too many wrong secrets from the address. The database does not answer.
pub async fn authenticate(state: &AppState, headers: &HeaderMap, address: ClientAddress) -> Result<WebhookCaller> {
    known(state, headers, timely_signature(state, headers).as_ref(), address).await
}

async fn known(
    state: &AppState,
    headers: &HeaderMap,
    signature: Option<&WebhookSignature>,
    address: ClientAddress,
) -> Result<WebhookCaller> {
    match caller(state, headers).await? {
        Some(caller) if !caller.requires_signature || signature.is_some() => Ok(caller),
        Some(_) => Err(refused(state, address).into()),
        None => {
            let problem = refused(state, address);
            if let (Problem::NotSignedIn, Some(value)) = (&problem, only(headers, SECRET_HEADER)) {
                pasted_secret::hint(state, value);
            }
            Err(problem.into())
        }
    }
}

async fn caller(state: &AppState, headers: &HeaderMap) -> Result<Option<WebhookCaller>> {
    match secret(headers) {
        Some(secret) => Ok(state.hub.webhook_caller(&secret).await?),
        None => Ok(None),
    }
}

/// The id of a message that a right key signed.
async fn message(
    state: &AppState,
    caller: &WebhookCaller,
    signature: Option<WebhookSignature>,
    body: &[u8],
) -> Result<Option<String>> {
    let Some(signature) = signature else { return Ok(None) };
    Ok(state.hub.is_signed(caller, &signature, body).await?.then(|| signature.id().to_owned()))
}

fn timely_signature(state: &AppState, headers: &HeaderMap) -> Option<WebhookSignature> {
    signature(headers).filter(|signature| signature.is_timely(state.hub.clock().now()))
}

/// The signature of the three headers; none when one is missing, repeated or not of the form.
fn signature(headers: &HeaderMap) -> Option<WebhookSignature> {
    let [id, timestamp, signature] = SIGNATURE_HEADERS.map(|name| only(headers, name).and_then(|value| value.to_str().ok()));
    WebhookSignature::parse(id?, timestamp?, signature?)
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The secret of the one header; none when it is missing, repeated, empty, too long or not visible ASCII.
fn secret(headers: &HeaderMap) -> Option<Secret<String>> {
    let value = only(headers, SECRET_HEADER)?;
    let bytes = value.as_bytes();
    let is_plausible = (1..=MAX_SECRET_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    is_plausible.then(|| Secret::new(String::from_utf8_lossy(bytes).into_owned()))
}

/// The same refusal for every reason; too many from one address are told to wait. A right secret never comes here.
fn refused(state: &AppState, address: ClientAddress) -> Problem {
    match state.wrong_secrets.spend(&address.network()) {
        true => Problem::NotSignedIn,
        false => Problem::TooManyRequests,
    }
}

fn answer(deliveries: Vec<Receipt>, is_batch: bool) -> Response {
    let answer = match <[Receipt; 1]>::try_from(deliveries) {
        Ok([receipt]) if !is_batch => WebhookAnswer::One(receipt),
        Ok(one) => WebhookAnswer::Many(Receipts { deliveries: Vec::from(one) }),
        Err(deliveries) => WebhookAnswer::Many(Receipts { deliveries }),
    };
    (StatusCode::ACCEPTED, axum::Json(answer)).into_response()
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
    fn exactly_one_header_of_visible_ascii_is_a_secret() {
        assert_eq!(secret_of(&[b"lcwh_abc"]), Some("lcwh_abc".to_owned()));
        let long = [b'a'; MAX_SECRET_BYTES + 1];
        for values in [&[][..], &[&b""[..]], &[b"a", b"a"], &["é".as_bytes()], &[b"a b"], &[&long]] {
            assert_eq!(secret_of(values), None, "{values:?}");
        }
    }
}
