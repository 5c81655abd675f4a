//! Listening socket and connections: timeouts for slow clients, and graceful shutdown.

use super::telemetry;
use crate::layers::host::LocalAddress;
use crate::limits::client_stream::{ClientStream, RequestBody, end_request_after};
use crate::limits::connections::{Acceptor, Activity, ConnectionLimits};
use crate::limits::minimum_rate::MinimumRate;
use crate::limits::request_body::{BODY_TIMEOUT, BodyTimeouts, PAUSE_TIMEOUT};
use crate::router::router;
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use lexicontract::config::Config;
use lexicontract::hub::Hub;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tower::ServiceExt;

/// Size of the send buffer, which Linux doubles. By default, the buffer grows to 4 MB for a client that does not read, and 2,048
/// such clients exhaust the system's memory for TCP connections.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;
const BACKLOG: u32 = 1_024;
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(9);
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(100);
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Number of bytes that a client must read within [`Limits::response`].
const RESPONSE_BYTES: u64 = 64 * 1024;
const CONNECTIONS_PER_PEER: usize = 256;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time limit for the head of a request, and for the pause between two requests.
    pub head: Duration,
    /// Time limit for a body that is not an upload, counted from the arrival of the request's head.
    pub body: Duration,
    /// Time limit for a pause within a body that is not an upload.
    pub body_pause: Duration,
    /// Time limit for the client to read 64 KiB of a response.
    pub response: Duration,
    pub connections: ConnectionLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: BODY_TIMEOUT,
            body_pause: PAUSE_TIMEOUT,
            response: Duration::from_secs(30),
            connections: ConnectionLimits {
                total: 2_048,
                slow_after: Duration::from_secs(1),
                crowded_after: Duration::from_secs(2),
                per_peer: None,
            },
        }
    }
}

impl Limits {
    fn of(config: &Config) -> Self {
        let mut limits = Self::default();
        limits.connections.per_peer = (config.trusted_proxies == 0).then_some(CONNECTIONS_PER_PEER);
        limits
    }
}

/// Runs the workers and the server until SIGTERM or SIGINT. Fails if the server cannot listen on the address.
pub async fn serve(hub: Hub) -> io::Result<()> {
    let address = hub.config().listen;
    let listener = listen(address)
        .map_err(|error| io::Error::new(error.kind(), format!("`LEPTOS_SITE_ADDR`: could not listen on {address}: {error}")))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let workers = hub.start_workers().await;
    let state = AppState::new(hub);
    let upkeep = tokio::spawn(telemetry::upkeep(state.metrics.clone()));
    tracing::info!("{}", state.hub.check_isolation().await);
    for warning in state.hub.operator_warnings() {
        tracing::warn!(variable = warning.variable(), "{warning}");
    }
    log_outgoing(&state.hub).await;
    tracing::info!("LexiContract is ready on {}", state.hub.config().public_url.as_str().trim_end_matches('/'));
    let shutdown_signal = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let (requests, hub) = (state.requests.clone(), state.hub.clone());
    let limits = Limits::of(hub.config());
    let connections = accept_until(listener, router(state), limits, shutdown_signal).await;
    tracing::info!("shutting down: finishing requests and jobs in progress");
    let finish_requests = async {
        connections.shutdown().await;
        requests.close();
        requests.wait().await;
        hub.flush_background().await;
        if let Err(error) = hub.write_all_rejections().await {
            tracing::warn!(%error, "could not write rejected requests to the audit log");
        }
        if let Err(error) = hub.store_refused_calls().await {
            tracing::warn!(%error, "could not store refused calls");
        }
    };
    let (requests, ()) = tokio::join!(timeout(SHUTDOWN_TIMEOUT, finish_requests), workers.stop());
    if requests.is_err() {
        tracing::warn!("some requests were still in progress after {} s", SHUTDOWN_TIMEOUT.as_secs());
    }
    upkeep.abort();
    Ok(())
}

/// Logs the outbound proxy, and an error if the file storage cannot be used.
async fn log_outgoing(hub: &Hub) {
    match (&hub.config().outbound_proxy, hub.config().ambient_proxy) {
        (Some(proxy), _) => tracing::info!("outgoing calls go through the proxy {proxy}"),
        (None, Some(variable)) => tracing::warn!(
            variable,
            "`{variable}` is set, but this server does not use it: calls to providers and to the language model go directly. Set \
             `OUTBOUND_PROXY` to send them through a proxy."
        ),
        (None, None) => {}
    }
    if let Err(issue) = hub.check_storage().await {
        tracing::error!(
            variable = "STORAGE_URL",
            "The file storage of `STORAGE_URL` can't be used: {issue}. Until this is fixed uploads fail, and the files of deliveries wait."
        );
    }
}

/// Opens the listening socket. Accepted sockets inherit the size of its send buffer.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until `end` completes. Returns the connections that are still open.
pub async fn accept_until(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> GracefulShutdown {
    let connections = GracefulShutdown::new();
    let mut acceptor = Acceptor::new(limits.connections);
    tokio::pin!(end);
    loop {
        let accepted = async {
            let (stream, peer) = listener.accept().await?;
            Ok::<_, io::Error>((acceptor.admit(peer.ip()).await, stream, peer))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => return connections,
        };
        match accepted {
            Ok((Some(admission), stream, peer)) => {
                let activity = admission.activity.clone();
                let connection = connections.watch(connection(stream, peer, router.clone(), limits, activity));
                tokio::spawn(async move {
                    tokio::select! {
                        ended = connection => if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended early");
                        },
                        () = admission.activity.closed() => tracing::debug!("closed a slow connection in favor of a new one"),
                    }
                });
            }
            Ok((None, _, peer)) => tracing::debug!(%peer, "rejected a connection: its peer has too many"),
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(PAUSE_AFTER_ACCEPT_ERROR).await;
            }
        }
    }
}

/// Serves HTTP/1 only, because browsers use HTTP/2 only with TLS, which the reverse proxy terminates.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    activity: Arc<Activity>,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not switch Nagle's algorithm off");
    }
    let local = stream.local_addr().ok().map(LocalAddress);
    let stream = ClientStream::new(stream, activity.clone(), MinimumRate { bytes: RESPONSE_BYTES, within: limits.response });
    let service = service_fn(move |request: Request<Incoming>| {
        activity.begin_request();
        let mut request = request.map(|body| Body::new(RequestBody { body, activity: activity.clone() }));
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(local) = local {
            request.extensions_mut().insert(local);
        }
        request.extensions_mut().insert(BodyTimeouts::starting_now(limits.body, limits.body_pause));
        let (response, activity) = (router.clone().oneshot(request), activity.clone());
        async move { Ok::<_, Infallible>(response.await?.map(|body| end_request_after(body, activity))) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}
