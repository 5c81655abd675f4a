//! The request context of pages and actions: the hub and the caller.

use crate::session;
use http::header::RETRY_AFTER;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use leptos::prelude::{expect_context, use_context};
use leptos::reactive::owner::with_context;
use leptos_axum::ResponseOptions;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use lexicontract::rate_limit::networks;
use lexicontract::services::{Actor, Client, IdempotencyKey};
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The signed-in user, if any. The server's middleware sets this value once per request.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Actor>);

/// The IP address of the client. The server's middleware sets this value once per request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The network of the client, which is the key of rate limits.
    pub fn network(self) -> IpAddr {
        networks(self.0)[0]
    }
}

/// True if an action rejected a form because the user lacks permission. The middleware cannot detect the rejection by the status,
/// because the response is a redirect.
#[derive(Clone, Debug, Default)]
pub struct FormRejection(Arc<AtomicBool>);

impl FormRejection {
    pub fn is_rejected(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn record_form_rejection() {
    if let Some(rejection) = with_context(|parts: &Parts| parts.extensions.get::<FormRejection>().cloned()).flatten() {
        rejection.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn client() -> Client {
    let address = with_context(|parts: &Parts| parts.extensions.get::<ClientAddress>().copied()).flatten();
    with_headers(|headers| Some(session::client(hub().config(), headers, address))).unwrap_or_default()
}

pub fn hub() -> Hub {
    expect_context::<Hub>()
}

pub fn visitor() -> Visitor {
    use_context::<Visitor>().unwrap_or(Visitor(None))
}

pub fn actor() -> Result<Actor, Problem> {
    visitor().0.ok_or(Problem::NotSignedIn)
}

/// The signed-in user, with the idempotency key of the submitted form, if any.
pub fn form_actor() -> Result<Actor, Problem> {
    let idempotency_key = with_context(|parts: &Parts| parts.extensions.get::<IdempotencyKey>().cloned()).flatten();
    Ok(Actor { idempotency_key, ..actor()? })
}

/// Parses an id. A malformed id causes the same problem as an unknown id.
pub(crate) fn parse_id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sets the HTTP status of the problem, and the header `Retry-After` if the problem has a retry time.
pub(crate) fn set_problem_status(problem: &Problem) {
    set_status(problem.status());
    if let (Some(response), Some(seconds)) = (use_context::<ResponseOptions>(), problem.retry_after_seconds()) {
        response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

pub(crate) fn with_headers<T>(read: impl FnOnce(&HeaderMap) -> Option<T>) -> Option<T> {
    with_context(|parts: &Parts| read(&parts.headers)).flatten()
}
