//! Connections, faults and the request log. The connection is served here and not by axum, so that it can be dropped
//! without an answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{Request, StatusCode, header};
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
use crate::tamper::{Dropped, alter};
use crate::wire::{Orders, Tampered, Wire};

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
            let wire = Wire::default();
            let tampered = Tampered::new(stream, wire.clone());
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let (router, organization, wire) = (router.clone(), Arc::clone(&organization), wire.clone());
                async move { answer(&organization, router, request.map(Body::new), &wire).await }
            });
            let served = http1::Builder::new().serve_connection(TokioIo::new(tampered), service).await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

async fn answer(organization: &Organization, router: Router, request: Request<Body>, wire: &Wire) -> Result<Response, Dropped> {
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
            if let Some(orders) = orders(fault) {
                wire.order(orders);
            }
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

/// What is done to the bytes of the whole answer, its head included.
fn orders(fault: &Fault) -> Option<Orders> {
    let then = fault.then;
    match (&fault.raw, fault.cut_at) {
        (Some(raw), _) => Some(Orders { instead: raw.clone().into(), left: 0, then }),
        (None, Some(left)) => Some(Orders { instead: Bytes::new(), left, then }),
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
