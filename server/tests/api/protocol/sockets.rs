//! The accept loop, with real sockets.

use crate::support::server::Server;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use server::limits::connections::ConnectionLimits;
use server::process::serve::{Limits, accept_until};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

#[tokio::test]
async fn a_shutdown_accepts_no_connections_and_closes_idle_ones() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let accepting = tokio::spawn(accept_until(listener, server.router.clone(), Limits::default(), async { drop(ended.await) }));

    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 1_024];
    let length = client.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));

    end.send(()).unwrap();
    accepting.await.unwrap().shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn metrics_without_a_token_are_for_loopback_only() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, server.router.clone(), Limits::default(), std::future::pending()));
    for (host, header, status) in [
        ("127.0.0.1:3000", "", "200"),
        ("localhost", "", "200"),
        ("127.0.0.1:3000", "x-forwarded-for: 8.8.8.8\r\n", "401"),
        ("app.example", "", "401"),
    ] {
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(format!("GET /metrics HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{header}\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

/// Time limit for the server to close a silent connection.
const TIMEOUT: Duration = Duration::from_secs(15);

async fn listen(limits: Limits) -> (Server, SocketAddr) {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, server.router.clone(), limits, std::future::pending()));
    (server, address)
}

/// Sends bytes and reads until the server closes the connection.
async fn answered(address: SocketAddr, sent: &[u8]) -> Vec<u8> {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(sent).await.unwrap();
    rest(&mut client).await
}

async fn rest(client: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    match timeout(TIMEOUT, client.read_to_end(&mut answer)).await.expect("closed in time") {
        // A read error is accepted, because the server can close the connection while bytes are in transit.
        Ok(_) | Err(_) => answer,
    }
}

fn short_timeouts() -> Limits {
    let short = Duration::from_millis(300);
    Limits { head: short, body: short, response: short, ..Limits::default() }
}

/// Limits that allow four connections, each of which counts as slow immediately.
fn four_connections() -> Limits {
    let connections = ConnectionLimits { total: 4, slow_after: Duration::ZERO, ..Limits::default().connections };
    Limits { connections, ..Limits::default() }
}

#[tokio::test]
async fn two_thousand_silent_connections_block_no_client_and_are_closed() {
    let limits = Limits { head: Duration::from_secs(3), ..Limits::default() };
    let (_server, address) = listen(limits).await;
    let mut silent = Vec::new();
    for _ in 0..2_000 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    for _ in 0..20 {
        let request = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\n\r\n";
        let answer = answered(address, request).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    }
    for client in &mut silent {
        assert_eq!(rest(client).await, b"");
    }
}

const HEALTHY: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\n\r\n";
const HALF_A_BODY: &[u8] =
    b"POST /actions/set_theme HTTP/1.1\r\nhost: 127.0.0.1:3000\r\naccept: application/json\r\ncontent-length: 99\r\n\r\ntheme=";

#[tokio::test]
async fn a_new_client_is_served_when_all_connections_are_slow() {
    let idle = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n\r\n";
    for begun in [&b""[..], b"GET /healthz HTTP/1.1\r\nhost:", HALF_A_BODY, idle] {
        let (_server, address) = listen(four_connections()).await;
        let mut slow = Vec::new();
        for _ in 0..20 {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(begun).await.unwrap();
            slow.push(client);
        }
        for _ in 0..3 {
            assert!(answered(address, HEALTHY).await.starts_with(b"HTTP/1.1 200 OK"), "{}", String::from_utf8_lossy(begun));
        }
    }
}

/// Serves the test's own router.
async fn listen_to(router: Router, limits: Limits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, router, limits, std::future::pending()));
    address
}

#[tokio::test]
async fn a_request_being_served_is_not_closed_for_a_new_client() {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, finishes) = (begun.clone(), finish.clone());
    let work = get(async move || {
        begins.notify_one();
        finishes.notified().await;
        "done"
    });
    let router = Router::new().route("/work", work).route("/healthz", get(async || "ok"));
    let address = listen_to(router, four_connections()).await;
    let working = tokio::spawn(async move {
        answered(address, b"GET /work HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\n\r\n").await
    });
    begun.notified().await;
    let mut silent = Vec::new();
    for _ in 0..10 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    assert!(answered(address, HEALTHY).await.starts_with(b"HTTP/1.1 200 OK"));
    finish.notify_one();
    assert!(working.await.unwrap().ends_with(b"done"));
}

/// Notifies when a response body is dropped.
struct NotifyOnDrop(Arc<Notify>);

impl Drop for NotifyOnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn a_client_that_reads_too_slowly_is_closed() {
    let given_up = Arc::new(Notify::new());
    let closed = given_up.clone();
    let endless = get(async move || {
        let guard = NotifyOnDrop(given_up);
        let chunk = move || {
            let _kept = &guard;
            Ok::<_, Infallible>(Bytes::from_static(&[0; 8_192]))
        };
        Body::from_stream(stream::repeat_with(chunk))
    });
    let address = listen_to(Router::new().route("/", endless), short_timeouts()).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n\r\n").await.unwrap();
    let take_slowly = async {
        while client.read_u8().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let outcome = timeout(TIMEOUT, async {
        tokio::select! {
            () = closed.notified() => {}
            () = take_slowly => closed.notified().await,
        }
    });
    assert!(outcome.await.is_ok(), "the server has closed");
}

#[tokio::test]
async fn incomplete_heads_and_bodies_time_out() {
    let (_server, address) = listen(short_timeouts()).await;
    assert_eq!(answered(address, b"GET /healthz HTTP/1.1\r\nhost:").await, b"");
    let half = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: 127.0.0.1:3000\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let answer = String::from_utf8(answered(address, half).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    assert!(answered(address, HALF_A_BODY).await.starts_with(b"HTTP/1.1 408"));
}

#[tokio::test]
async fn small_chunks_with_extensions_and_trailers_are_read_and_endless_bodies_time_out() {
    let (_server, address) = listen(short_timeouts()).await;
    let head = "POST /actions/set_theme HTTP/1.1\r\nhost: 127.0.0.1:3000\r\naccept: application/json\r\nconnection: close\r\n\
        content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n";
    let chunks: String = "theme=dark".chars().map(|letter| format!("1;x=y\r\n{letter}\r\n")).collect();
    let whole = format!("{head}\r\n{chunks}0\r\nx-trailer: y\r\n\r\n");
    let answer = String::from_utf8(answered(address, whole.as_bytes()).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("set-cookie: lexicontract_theme=dark"), "{answer}");
    for endless in ["1;", "0\r\nx-trailer: ", "1\r\na\r\n"] {
        let answer = answered(address, format!("{head}\r\n{endless}").as_bytes()).await;
        assert!(answer.starts_with(b"HTTP/1.1 408"), "{endless} {}", String::from_utf8_lossy(&answer));
    }
    let expecting = format!("{head}expect: 100-continue\r\n\r\n");
    let answer = String::from_utf8(answered(address, expecting.as_bytes()).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn malformed_and_oversized_heads_are_rejected_and_the_connection_is_closed() {
    let (_server, address) = listen(Limits::default()).await;
    let endless = format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(200_000));
    for (head, status) in [
        ("GET / HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nx-webhook-secret: a\0b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: 127.0.0.1:3000\r\ncontent-length: 1\r\ntransfer-encoding: chunked, x\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nhost: 127.0.0.1:3000\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "400"),
        (endless.as_str(), "431"),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let answer = String::from_utf8(answered(address, head.as_bytes()).await).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{} {answer}", &head[..head.len().min(80)]);
    }
}
