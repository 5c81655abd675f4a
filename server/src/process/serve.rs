//! The sockets: every wait for a client has a limit, and a shutdown lets what is under way finish.

use super::telemetry;
use crate::{
    layers::host::LocalAddress,
    limits::{
        client_stream::{ClientBody, ClientStream, noted},
        connections::{Acceptor, Activity, ConnectionLimits},
        request_body::{BODY_TIMEOUT, BodyTimeouts, PAUSE_TIMEOUT},
        upload_rate::MinimumRate,
    },
    router::router,
    state::AppState,
};
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use lexicontract::{config::Config, hub::Hub};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use tower::ServiceExt;

/// The send buffer of a connection; Linux takes twice as much. Left to itself it grows to 4 MB for a client that takes nothing, and 2,048
/// such clients use up the memory that the system has for all TCP connections, so that none can be opened any more.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;
/// How many connections wait to be accepted.
const BACKLOG: u32 = 1_024;
/// How long a shutdown waits for what is under way.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(9);
/// How long to wait when the machine has no more sockets to give.
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(100);
/// The longest head of a request.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How much of an answer a client must take within [`Limits::answer`].
const ANSWER_BYTES: u64 = 64 * 1024;
/// How many connections each peer may have when there is no room for more and none is slow.
const CONNECTIONS_PER_PEER: usize = 256;

/// How long clients are waited for, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a client may take for the head of a request, also between two of them.
    pub head: Duration,
    /// How long a client may take for a body that is not an upload, from the request's head on.
    pub body: Duration,
    /// How long a client may pause within such a body.
    pub body_pause: Duration,
    /// How long a client may take for 64 KiB of an answer.
    pub answer: Duration,
    /// How many connections there may be.
    pub connections: ConnectionLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: BODY_TIMEOUT,
            body_pause: PAUSE_TIMEOUT,
            answer: Duration::from_secs(30),
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
    /// The limits of a server with this configuration. Behind a proxy every connection comes from the same peer.
    fn of(config: &Config) -> Self {
        let limits = Self::default();
        let per_peer = (config.trusted_proxies == 0).then_some(CONNECTIONS_PER_PEER);
        Self { connections: ConnectionLimits { per_peer, ..limits.connections }, ..limits }
    }
}

/// Runs workers and server until the process is told to end.
///
/// # Errors
/// When the address cannot be listened on.
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
    let told_to_end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let (requests, hub) = (state.requests.clone(), state.hub.clone());
    let limits = Limits::of(hub.config());
    let connections = accept_until(listener, router(state), limits, told_to_end).await;
    tracing::info!("ending: finishing what is under way");
    let finish_requests = async {
        connections.shutdown().await;
        requests.close();
        requests.wait().await;
        hub.finish_notes().await;
        if let Err(error) = hub.write_all_rejections().await {
            tracing::warn!(%error, "could not write refused requests to the audit log");
        }
    };
    let (requests, ()) = tokio::join!(timeout(SHUTDOWN_TIMEOUT, finish_requests), workers.stop());
    if requests.is_err() {
        tracing::warn!("some requests were still under way after {} s", SHUTDOWN_TIMEOUT.as_secs());
    }
    upkeep.abort();
    Ok(())
}

/// Logs which way calls go out, and a file storage that cannot be used.
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

/// Listens with a bounded send buffer, which accepted sockets inherit.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until `end`; gives back those still open.
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
            Ok((Some(place), stream, peer)) => {
                let activity = place.activity.clone();
                let connection = connections.watch(connection(stream, peer, router.clone(), limits, activity));
                tokio::spawn(async move {
                    tokio::select! {
                        ended = connection => if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended early");
                        },
                        () = place.activity.closed() => tracing::debug!("closed a slow connection to make room"),
                    }
                });
            }
            Ok((None, _, peer)) => tracing::debug!(%peer, "refused a connection: its peer has too many"),
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
    activity: Arc<Activity>,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not switch Nagle's algorithm off");
    }
    let local = stream.local_addr().ok().map(LocalAddress);
    let stream = ClientStream::new(stream, activity.clone(), MinimumRate { bytes: ANSWER_BYTES, within: limits.answer });
    let service = service_fn(move |request: Request<Incoming>| {
        activity.begin_request();
        let mut request = request.map(|body| Body::new(ClientBody::new(body, activity.clone())));
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(local) = local {
            request.extensions_mut().insert(local);
        }
        request.extensions_mut().insert(BodyTimeouts::starting_now(limits.body, limits.body_pause));
        let (answer, activity) = (router.clone().oneshot(request), activity.clone());
        async move { answer.await.map(|response| response.map(|body| noted(body, activity))) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}
