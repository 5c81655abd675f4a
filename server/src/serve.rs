//! The sockets: every wait for a client has a limit, and a shutdown lets what is under way finish.

use crate::{
    patience::{PatientBody, PatientStream},
    router::router,
    state::AppState,
    telemetry,
};
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use lexicontract::hub::Hub;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
    time::timeout,
};
use tower::ServiceExt;

/// How long a shutdown waits for what is under way.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(9);
/// How long to wait when the machine has no more sockets to give.
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(100);
/// The longest head of a request.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long clients are waited for, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a client may take for the head of a request, also between two of them.
    pub head: Duration,
    /// How long a client may pause within a body.
    pub body: Duration,
    /// How long a client may take nothing of an answer.
    pub answer: Duration,
    /// More connections than this wait in the operating system's queue.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (head, body) = (Duration::from_secs(10), Duration::from_secs(10));
        Self { head, body, answer: Duration::from_secs(30), connections: 2_048 }
    }
}

/// Runs workers and server until the process is told to end.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(hub: Hub) -> io::Result<()> {
    let address = hub.config().listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("`LEPTOS_SITE_ADDR`: could not listen on {address}: {error}")))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let workers = hub.start_workers().await;
    let state = AppState::new(hub);
    let upkeep = tokio::spawn(telemetry::upkeep(state.metrics.clone()));
    for warning in state.hub.operator_warnings() {
        tracing::warn!(variable = warning.variable(), "{warning}");
    }
    tracing::info!("LexiContract is ready on {}", state.hub.config().public_url.as_str().trim_end_matches('/'));
    let told_to_end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let (requests, hub) = (state.requests.clone(), state.hub.clone());
    let connections = accept_until(listener, router(state), Limits::default(), told_to_end).await;
    tracing::info!("ending: finishing what is under way");
    let finish_requests = async {
        connections.shutdown().await;
        requests.close();
        requests.wait().await;
        hub.finish_notes().await;
    };
    let (requests, ()) = tokio::join!(timeout(SHUTDOWN_TIMEOUT, finish_requests), workers.stop());
    if requests.is_err() {
        tracing::warn!("some requests were still under way after {} s", SHUTDOWN_TIMEOUT.as_secs());
    }
    upkeep.abort();
    Ok(())
}

/// Accepts connections until `end`; gives back those still open.
pub async fn accept_until(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> GracefulShutdown {
    let connections = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(end);
    loop {
        let accepted = async {
            let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => return connections,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connections.watch(connection(stream, peer, router.clone(), limits));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(PAUSE_AFTER_ACCEPT_ERROR).await;
            }
        }
    }
}

/// HTTP/1 only: browsers speak HTTP/2 over TLS alone, and TLS ends at the proxy in front.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not switch Nagle's algorithm off");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(PatientBody::new(body, limits.body)));
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(PatientStream::new(stream, limits.answer)), service)
}
