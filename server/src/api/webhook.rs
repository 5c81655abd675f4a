//! The webhooks that providers call. The order of the checks is part of the API contract.

use super::problem::Result;
use crate::extract::{Json, is_json};
use crate::identity::pasted_secret;
use crate::layers::client_address::ClientAddress;
use crate::limits::request_body::{self, BodyTimeouts};
use crate::state::AppState;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use lexicontract::connectors::webhook::{BodyFormat, Reply, WebhookCall, WebhookSpec};
use lexicontract::domain::compatibility::WebhookBody;
use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::connection::refused_call::RefusalReason;
use lexicontract::domain::delivery::Receipt;
use lexicontract::domain::problem::Problem;
use lexicontract::hub;
use lexicontract::secret::Secret;
use lexicontract::services::{AddressedWebhook, Permit, WebhookCaller, WebhookSignature, addressed_webhook};
use serde::Serialize;
use utoipa::ToSchema;

pub const SECRET_HEADER: &str = "x-webhook-secret";
const MAX_SECRET_BYTES: usize = 256;
const XML_TYPES: [&str; 3] = ["text/xml", "application/xml", "application/soap+xml"];
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
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Response> {
    receive_call(&state, address, request).await
}

/// Accepts the records of a Salesforce Outbound Message. The URL contains the secret, because Salesforce can send neither a header
/// nor a signature. The deliveries are stored before the acknowledgement is sent. A notification that is sent again creates no
/// second delivery.
///
/// The message is a SOAP 1.1 envelope in UTF-8 without a document type, with `OrganizationId` and 1 to 100 notifications about
/// Opportunities, at most 1 MiB. A malformed message gets 400 `invalid_message`. A wrong secret and the message of another org get
/// 401.
#[utoipa::path(post, path = "/api/v1/integrations/{slug}/{webhook}/{secret}", tag = "webhook",
    request_body(content = String, content_type = "text/xml"),
    responses((status = 200, body = String, content_type = "text/xml")))]
pub async fn receive_with_secret_in_path(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Response> {
    receive_call(&state, address, request).await
}

async fn receive_call(state: &AppState, address: ClientAddress, request: Request) -> Result<Response> {
    let AddressedWebhook { connector, webhook, .. } = addressed_webhook(request.uri().path()).ok_or(Problem::NotFound)?;
    let call = authenticated_call(state, connector.slug, webhook, address, request).await?;
    let caller = call.caller.clone();
    record_refusal(state, &caller, accept(state, webhook, address, call).await)
}

async fn accept(
    state: &AppState,
    webhook: &'static WebhookSpec,
    address: ClientAddress,
    call: AuthenticatedCall,
) -> Result<Response> {
    let AuthenticatedCall { caller, body, message, permit: _permit } = call;
    let call = (webhook.parse)(&body)?;
    let is_batch = call.is_batch;
    require_account(state, &caller, &call, address)?;
    match state.hub.receive(&caller, webhook, call, message.as_deref()).await {
        Ok(receipts) => Ok(accepted(webhook.reply, receipts, is_batch)),
        Err(hub::Error::Problem(Problem::NotSignedIn)) => Err(reject(state, address).into()),
        Err(error) => Err(error.into()),
    }
}

/// Fails if the call names another account than that of the caller's connection.
pub fn require_account(state: &AppState, caller: &WebhookCaller, call: &WebhookCall, address: ClientAddress) -> Result<()> {
    if caller.has_account_of(call) {
        return Ok(());
    }
    state.hub.record_refused_call(caller, RefusalReason::OtherAccount);
    Err(reject(state, address).into())
}

/// Records a call with a valid secret that was refused, unless the reason has been recorded where it is known: a rejection that does
/// not reveal its reason.
pub fn record_refusal<T>(state: &AppState, caller: &WebhookCaller, result: Result<T>) -> Result<T> {
    result.inspect_err(|error| {
        if let Some(reason) = error.problem().and_then(RefusalReason::of) {
            state.hub.record_refused_call(caller, reason);
        }
    })
}

/// A call with a valid secret, signature, media type and length.
pub struct AuthenticatedCall {
    pub caller: WebhookCaller,
    pub body: Bytes,
    /// Id of a signed message.
    pub message: Option<String>,
    /// Must be held until the call is handled.
    pub permit: Permit,
}

/// Performs the checks that come before the content of the body.
pub async fn authenticated_call(
    state: &AppState,
    slug: &str,
    webhook: &WebhookSpec,
    address: ClientAddress,
    request: Request,
) -> Result<AuthenticatedCall> {
    let (parts, body) = request.into_parts();
    let signature = timely_signature(state, &parts.headers);
    let caller = authenticate(state, &parts, signature.is_some(), address).await?;
    let call = checked_call(state, slug, webhook, address, (parts, body, signature, caller.clone())).await;
    record_refusal(state, &caller, call)
}

async fn checked_call(
    state: &AppState,
    slug: &str,
    webhook: &WebhookSpec,
    address: ClientAddress,
    (parts, body, signature, mut caller): (Parts, Body, Option<WebhookSignature>, WebhookCaller),
) -> Result<AuthenticatedCall> {
    require_enabled(&caller)?;
    // A secret is valid only for the webhook of its provider.
    if caller.integration_id.slug() != slug {
        return Err(Problem::NotFound.into());
    }
    if !has_format(&parts.headers, webhook.body) {
        return Err(Problem::UnsupportedMediaType.into());
    }
    let body = request_body::read(body, webhook.max_body_bytes, BodyTimeouts::of(&parts.extensions)).await?;
    if body.was_awaited {
        // The secret may have expired or the connection may have been paused since the first check.
        caller = authenticate(state, &parts, signature.is_some(), address).await?;
        require_enabled(&caller)?;
    }
    let permit = state.tenant_limits.webhook_calls.acquire(&caller.organization_id).await?;
    let message = match &signature {
        Some(signature) if state.hub.is_signed(&caller, signature, &body.bytes).await? => Some(signature.id().to_owned()),
        _ if caller.requires_signature => {
            state.hub.record_refused_call(&caller, RefusalReason::WrongSignature);
            return Err(reject(state, address).into());
        }
        _ => None,
    };
    Ok(AuthenticatedCall { caller, body: body.bytes, message, permit })
}

/// Fails if the caller's connection is paused.
fn require_enabled(caller: &WebhookCaller) -> Result<()> {
    if caller.is_enabled { Ok(()) } else { Err(Problem::IntegrationDisabled.into()) }
}

/// Authenticates a webhook call by its secret. Succeeds even if the connection is paused. `is_signed` is true if the headers have
/// a recent signature, which the connection can require. The signature is verified later, because the body is needed.
///
/// # Errors
/// [`Problem::NotSignedIn`], or [`Problem::TooManyRequests`] if the client's network has sent too many wrong secrets.
pub async fn authenticate(state: &AppState, parts: &Parts, is_signed: bool, address: ClientAddress) -> Result<WebhookCaller> {
    let (purpose, secret) = secret(parts);
    let caller = match secret {
        Some(secret) => state.hub.caller_with_secret(purpose, &secret).await?,
        None => None,
    };
    match caller {
        Some(caller) if !caller.requires_signature || is_signed => Ok(caller),
        Some(caller) => {
            state.hub.record_refused_call(&caller, RefusalReason::NotSigned);
            Err(reject(state, address).into())
        }
        None => {
            let problem = reject(state, address);
            if let (Problem::NotSignedIn, Some(value)) = (&problem, only(&parts.headers, SECRET_HEADER)) {
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

/// The secret of a request and its purpose: from the path if it contains a secret, otherwise from the header. No secret if the
/// header is missing or repeated, or if the value is empty or too long, or contains anything except visible ASCII characters.
fn secret(parts: &Parts) -> (SecretPurpose, Option<Secret<String>>) {
    match addressed_webhook(parts.uri.path()).and_then(|address| address.secret) {
        Some(secret) => (SecretPurpose::Outbound, plausible(secret.as_bytes())),
        None => (SecretPurpose::Webhook, only(&parts.headers, SECRET_HEADER).and_then(|value| plausible(value.as_bytes()))),
    }
}

fn plausible(bytes: &[u8]) -> Option<Secret<String>> {
    let is_plausible = (1..=MAX_SECRET_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    is_plausible.then(|| Secret::new(String::from_utf8_lossy(bytes).into_owned()))
}

/// Counts a rejected call, and returns a problem that does not reveal the reason for the rejection.
pub fn reject(state: &AppState, address: ClientAddress) -> Problem {
    match state.wrong_secrets.spend(&address.network()) {
        true => Problem::NotSignedIn,
        false => Problem::TooManyRequests,
    }
}

fn has_format(headers: &HeaderMap, format: BodyFormat) -> bool {
    match format {
        BodyFormat::Json => is_json(headers),
        BodyFormat::Xml => XML_TYPES.iter().any(|kind| request_body::media_type(headers).eq_ignore_ascii_case(kind)),
    }
}

fn accepted(reply: Reply, mut deliveries: Vec<Receipt>, is_batch: bool) -> Response {
    if let Reply::Xml(document) = reply {
        return ([(CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response();
    }
    let body = match deliveries.len() {
        1 if !is_batch => WebhookAnswer::One(deliveries.remove(0)),
        _ => WebhookAnswer::Many(Receipts { deliveries }),
    };
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_at(path: &str, values: &[&[u8]]) -> (SecretPurpose, Option<String>) {
        let (mut parts, ()) = http::Request::post(path).body(()).unwrap().into_parts();
        for value in values {
            parts.headers.append(SECRET_HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        let (purpose, secret) = secret(&parts);
        (purpose, secret.map(|secret| secret.expose().clone()))
    }

    fn secret_of(values: &[&[u8]]) -> Option<String> {
        secret_at("/api/v1/integrations/salesforce/webhook", values).1
    }

    #[test]
    fn the_secret_is_exactly_one_header_of_visible_ascii() {
        assert_eq!(secret_of(&[b"lcwh_abc"]), Some("lcwh_abc".to_owned()));
        let long = [b'a'; MAX_SECRET_BYTES + 1];
        for values in [&[][..], &[&b""[..]], &[b"a", b"a"], &["é".as_bytes()], &[b"a b"], &[&long]] {
            assert_eq!(secret_of(values), None, "{values:?}");
        }
    }

    #[test]
    fn a_secret_in_the_path_takes_precedence_over_the_header() {
        let path = "/api/v1/integrations/salesforce/outbound/lcom_a";
        assert_eq!(secret_at(path, &[b"lcwh_b"]), (SecretPurpose::Outbound, Some("lcom_a".to_owned())));
        assert_eq!(secret_at("/webhook/lcom_a", &[b"lcwh_b"]), (SecretPurpose::Webhook, Some("lcwh_b".to_owned())));
        let long = format!("/api/v1/integrations/salesforce/outbound/{}", "a".repeat(MAX_SECRET_BYTES + 1));
        assert_eq!(secret_at(&long, &[b"lcwh_b"]), (SecretPurpose::Outbound, None));
    }
}
