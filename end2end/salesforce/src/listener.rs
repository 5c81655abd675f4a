//! Connections, faults and the request log. The connection is served here and not by axum, so that it can be dropped
//! without an answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::future::ready;
use futures::{StreamExt, stream};
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::clock::salesforce_time;
use crate::state::faults::Fault;
use crate::state::logs::RequestEntry;
use crate::state::organization::Organization;

const MOST_CONNECTIONS: usize = 512;
const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// Serves connections until the task is ended; open connections end with it.
pub async fn serve(listener: TcpListener, router: Router, organization: Arc<Organization>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            continue;
        }
        let (router, organization) = (router.clone(), Arc::clone(&organization));
        connections.spawn(async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let (router, organization) = (router.clone(), Arc::clone(&organization));
                async move { answer(&organization, router, request.map(Body::new)).await }
            });
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

/// The connection ends because a test ordered it.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("dropped as ordered")
    }
}

impl std::error::Error for Dropped {}

async fn answer(organization: &Organization, router: Router, request: Request<Body>) -> Result<Response, Dropped> {
    if !is_salesforce(request.uri().path()) {
        return Ok(route(router, request).await);
    }
    let (number, fault) = note(organization, &request);
    if let Some(delay) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay).min(LONGEST_DELAY)).await;
    }
    let answered = match &fault {
        Some(fault) if fault.drop_connection && fault.truncate_body_at.is_none() => Err(Dropped),
        Some(fault) => {
            let response = match replacement(fault) {
                Some(response) => response,
                None => route(router, request).await,
            };
            Ok(alter(response, fault))
        }
        None => Ok(route(router, request).await),
    };
    if let Ok(response) = &answered {
        let status = response.status().as_u16();
        let mut state = organization.state();
        if let Some(entry) = state.requests.entries_mut().rev().find(|entry| entry.number == number) {
            entry.status = Some(status);
        }
    }
    answered
}

async fn route(router: Router, request: Request<Body>) -> Response {
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// Whether a path is of the simulated services, and not of control or the page.
fn is_salesforce(path: &str) -> bool {
    ["/services", "/id/", "/.well-known/openid", "/api/v1/", "/v1/", "/account-info"].iter().any(|start| path.starts_with(start))
}

fn note(organization: &Organization, request: &Request<Body>) -> (u64, Option<Fault>) {
    let number = organization.next_number();
    let (method, uri) = (request.method().as_str(), request.uri());
    let mut state = organization.state();
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

fn alter(mut response: Response, fault: &Fault) -> Response {
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    match fault.truncate_body_at {
        Some(length) => truncate(response, length, fault.drop_connection),
        None => response,
    }
}

/// Cuts the body; with `abruptly` the connection breaks there, else the body seems complete.
fn truncate(response: Response, length: usize, abruptly: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let kept = body.into_data_stream().scan(length, |left, chunk| {
        let part = chunk.ok().map(|chunk| chunk.slice(..chunk.len().min(*left))).filter(|part| !part.is_empty());
        *left -= part.as_ref().map_or(0, Bytes::len);
        ready(part.map(Ok))
    });
    let end = stream::iter(abruptly.then_some(Err(Dropped)));
    // The pause lets the bytes before it leave, so that the reader sees a body that breaks and not a call that fails.
    let end = end.then(|broken| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        broken
    });
    Response::from_parts(parts, Body::from_stream(kept.chain(end)))
}
