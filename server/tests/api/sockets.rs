//! The accept loop over real sockets.

use crate::server::Server;
use server::serve::{Limits, accept_until};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};

#[tokio::test]
async fn a_shutdown_lets_no_connection_in_and_waits_for_none_that_is_idle() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let accepting = tokio::spawn(accept_until(listener, server.router.clone(), Limits::default(), async { drop(ended.await) }));

    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 1_024];
    let length = client.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));

    end.send(()).unwrap();
    accepting.await.unwrap().shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn metrics_are_for_this_machine_when_there_is_no_token() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, server.router.clone(), Limits::default(), std::future::pending()));
    for (header, status) in [("", "200"), ("x-forwarded-for: 8.8.8.8\r\n", "401")] {
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(format!("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

/// The longest that any wait in these tests may take: the promise to those who are silent is 15 seconds.
const PROMISE: Duration = Duration::from_secs(15);

/// A server that is told to be this patient.
async fn listen(limits: Limits) -> (Server, SocketAddr) {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept_until(listener, server.router.clone(), limits, std::future::pending()));
    (server, address)
}

/// What a client gets that sends this and then nothing, until the server closes.
async fn answered(address: SocketAddr, sent: &[u8]) -> Vec<u8> {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(sent).await.unwrap();
    rest(&mut client).await
}

async fn rest(client: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    match timeout(PROMISE, client.read_to_end(&mut answer)).await.expect("closed within the promised time") {
        // The server may close while something of ours is on its way.
        Ok(_) | Err(_) => answer,
    }
}

fn impatient() -> Limits {
    let short = Duration::from_millis(300);
    Limits { head: short, body: short, answer: short, ..Limits::default() }
}

#[test]
fn nobody_is_waited_for_longer_than_promised() {
    let limits = Limits::default();
    assert!(limits.head < PROMISE && limits.body < PROMISE);
    assert!(limits.connections > 2_000);
}

#[tokio::test]
async fn two_thousand_silent_connections_hold_up_nobody_and_are_closed() {
    let patient = Limits { head: Duration::from_secs(3), ..Limits::default() };
    let (_server, address) = listen(patient).await;
    let mut silent = Vec::new();
    for _ in 0..2_000 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    for _ in 0..20 {
        let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answer = answered(address, request).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    }
    for client in &mut silent {
        assert_eq!(rest(client).await, b"");
    }
}

#[tokio::test]
async fn beyond_the_most_connections_a_client_waits_until_another_is_closed() {
    let (_server, address) = listen(Limits { connections: 4, ..impatient() }).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let answer = answered(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn half_a_head_and_half_a_body_are_given_up() {
    let (_server, address) = listen(impatient()).await;
    assert_eq!(answered(address, b"GET /healthz HTTP/1.1\r\nhost:").await, b"");
    let half = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let answer = String::from_utf8(answered(address, half).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn heads_that_are_malformed_or_endless_are_refused_and_the_connection_is_closed() {
    let (_server, address) = listen(Limits::default()).await;
    let endless = format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(200_000));
    for (head, status) in [
        ("GET / HTTP/1.1\r\nhost: x\r\nx-webhook-secret: a\0b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked, x\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "400"),
        (endless.as_str(), "431"),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let answer = String::from_utf8(answered(address, head.as_bytes()).await).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{} {answer}", &head[..head.len().min(80)]);
    }
}
