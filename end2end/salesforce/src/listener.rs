//! Accepts connections, injects faults, and logs requests. This module does not use `axum::serve`, because a fault must be able
//! to drop a connection without a response.

use crate::clock::{http_date, salesforce_time};
use crate::state::faults::Fault;
use crate::state::logs::RequestEntry;
use crate::state::organization::Organization;
use crate::tamper::{self, Dropped};
use crate::wire::{FaultyStream, Wire, WireFault};
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

const MAX_CONNECTIONS: usize = 512;
const MAX_DELAY: Duration = Duration::from_secs(600);

/// Serves connections until its task is aborted. Aborting the task also closes all open connections.
pub async fn serve(listener: TcpListener, router: Router, organization: Arc<Organization>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            continue;
        }
        let (router, organization) = (router.clone(), Arc::clone(&organization));
        connections.spawn(async move {
            let wire = Wire::default();
            let stream = FaultyStream::new(stream, wire.clone());
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let (router, organization, wire) = (router.clone(), Arc::clone(&organization), wire.clone());
                async move {
                    let response = respond(&organization, router, request.map(Body::new), &wire).await;
                    response.map(|response| add_date(&organization, response))
                }
            });
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

async fn respond(organization: &Organization, router: Router, request: Request<Body>, wire: &Wire) -> Result<Response, Dropped> {
    if !is_salesforce(request.uri().path()) {
        return Ok(route(router, request).await);
    }
    let (number, fault) = log_request(organization, &request);
    if let Some(delay) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay).min(MAX_DELAY)).await;
    }
    let result = match &fault {
        Some(fault) if fault.drop_connection && fault.truncate_body_at.is_none() => Err(Dropped),
        Some(fault) => {
            let response = match replacement(fault) {
                Some(response) => response,
                None => route(router, request).await,
            };
            if let Some(wire_fault) = wire_fault(fault) {
                wire.inject(wire_fault);
            }
            Ok(tamper::apply(response, fault))
        }
        None => Ok(route(router, request).await),
    };
    if let Ok(response) = &result {
        let status = response.status().as_u16();
        let mut state = organization.state();
        if let Some(entry) = state.requests.entries_mut().rev().find(|entry| entry.number == number) {
            entry.status = Some(status);
        }
    }
    result
}

/// Adds the header `Date` with the simulator's time, unless a fault has set it.
fn add_date(organization: &Organization, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::try_from(http_date(organization.options.clock.now())) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    response
}

async fn route(router: Router, request: Request<Body>) -> Response {
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// Returns true for paths of simulated CRM endpoints, and false for paths of the control API and the web page.
fn is_salesforce(path: &str) -> bool {
    ["/services", "/id/", "/.well-known/openid", "/api/v1/", "/v1/", "/account-info"].iter().any(|start| path.starts_with(start))
}

fn log_request(organization: &Organization, request: &Request<Body>) -> (u64, Option<Fault>) {
    let number = organization.next_number();
    let (method, uri) = (request.method().as_str(), request.uri());
    let mut state = organization.state();
    state.calls.count(method, uri.path());
    let fault = state.faults.take(method, uri.path_and_query().map_or(uri.path(), |whole| whole.as_str()));
    let query = uri.query().unwrap_or_default();
    let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| format!("{name}={value}")).collect();
    state.requests.push(RequestEntry {
        number,
        at: salesforce_time(organization.options.clock.now()),
        method: method.to_owned(),
        path: uri.path().to_owned(),
        query: query.join("&"),
        status: None,
        fault: fault.is_some(),
    });
    (number, fault)
}

/// Returns the part of the fault that manipulates the bytes of a response, including its head.
fn wire_fault(fault: &Fault) -> Option<WireFault> {
    let then = fault.then;
    match (&fault.raw, fault.cut_at) {
        (Some(raw), _) => Some(WireFault { replacement: raw.clone().into(), remaining: 0, then }),
        (None, Some(remaining)) => Some(WireFault { replacement: Bytes::new(), remaining, then }),
        (None, None) => None,
    }
}

fn replacement(fault: &Fault) -> Option<Response> {
    let status = StatusCode::from_u16(fault.status?).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (body, usual_type) = match &fault.body {
        None => (String::new(), "text/html;charset=UTF-8"),
        Some(serde_json::Value::String(text)) => (text.clone(), "text/html;charset=UTF-8"),
        Some(json) => (json.to_string(), "application/json;charset=UTF-8"),
    };
    let content_type = fault.content_type.as_deref().unwrap_or(usual_type).to_owned();
    Some((status, [(header::CONTENT_TYPE, content_type)], body).into_response())
}
