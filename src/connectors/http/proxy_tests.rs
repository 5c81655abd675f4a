//! Tests the client with outbound proxies that accept, refuse or ignore the connection request, or are not running.

use super::client::with_policy;
use super::guard::HostPolicy;
use super::tunnel::Lookup;
use super::{JSON_LIMIT, Timeouts, llm_client, send_and_read};
use crate::clock::Clock;
use crate::connectors::http::Response;
use crate::connectors::test_support::{Server, Then, config, json, read_request};
use crate::connectors::{Ctx, Error, Kind};
use crate::domain::time::Timestamp;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;

/// Records of the fake DNS: a public host, private hosts, and a host with public and private addresses.
const NAMES: [(&str, &[&str]); 4] = [
    ("acme.my.salesforce.com", &["2606:4700::1111", "1.1.1.1"]),
    ("inside.my.salesforce.com", &["10.0.0.1", "::1"]),
    ("both.my.salesforce.com", &["192.168.0.1", "8.8.8.8"]),
    ("crm.internal.example", &["10.1.2.3"]),
];

/// A local proxy for tests. Instead of connecting to a host, the proxy responds to `CONNECT` and then simulates the host.
struct Proxy {
    address: SocketAddr,
    /// The `CONNECT` request of each connection, and the request that the client sent through the tunnel.
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

/// Behavior of the proxy on one connection.
enum Script {
    Hang,
    Respond(&'static str),
    /// Accepts `CONNECT`, and sends this text as the host's response.
    Host(String, Then),
}

impl Proxy {
    async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let record = seen.clone();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            for script in scripts {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let request = read_request(&mut stream).await;
                record.lock().unwrap().push((request, String::new()));
                match script {
                    Script::Hang => kept.push(stream),
                    Script::Respond(response) => drop(stream.write_all(response.as_bytes()).await),
                    Script::Host(response, then) => {
                        drop(stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await);
                        let sent = read_request(&mut stream).await;
                        record.lock().unwrap().last_mut().unwrap().1 = sent;
                        drop(stream.write_all(response.as_bytes()).await);
                        if then == Then::Stall {
                            kept.push(stream);
                        }
                    }
                }
            }
            std::future::pending::<()>().await;
        });
        Self { address, seen }
    }

    /// A proxy that accepts `CONNECT`, and closes the connection after the first request.
    async fn connecting() -> Self {
        Self::start(vec![Script::Host(String::new(), Then::Close)]).await
    }

    /// A proxy that rejects `CONNECT` with this response.
    async fn refusing(response: &'static str) -> Self {
        Self::start(vec![Script::Respond(response)]).await
    }

    fn ctx(&self, pairs: &[(&str, &str)]) -> Ctx {
        through(&format!("http://{}", self.address), pairs)
    }

    /// The request line of each `CONNECT` request that the proxy received.
    fn connects(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(request, _)| request.lines().next().unwrap_or_default().to_owned()).collect()
    }

    fn sent(&self) -> String {
        self.seen.lock().unwrap().iter().map(|(_, sent)| sent.as_str()).collect()
    }
}

/// A context whose client uses this proxy and the fake DNS.
fn through(proxy: &str, pairs: &[(&str, &str)]) -> Ctx {
    let config = config(&[&[("OUTBOUND_PROXY", proxy)][..], pairs].concat());
    let timeouts = Timeouts { connect: Duration::from_millis(500), read: Duration::from_millis(300) };
    let lookup: Lookup = Arc::new(|host| {
        Box::pin(async move {
            let known = NAMES.iter().find(|(name, _)| *name == host).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
            let addresses = known.1.iter().map(|address| address.parse::<IpAddr>().unwrap());
            Ok(addresses.map(|address| SocketAddr::new(address, 0)).collect())
        })
    });
    let http = with_policy(&config, HostPolicy::for_providers(&config), timeouts, lookup).unwrap();
    Ctx { http, clock: Clock::fixed(Timestamp::from_millis(0)), config: Arc::new(config) }
}

async fn get(ctx: &Ctx, url: &str) -> Result<Response, Error> {
    send_and_read(ctx, "test", ctx.http.request(reqwest::Method::GET, url), JSON_LIMIT).await
}

#[tokio::test]
async fn proxy_connects_to_the_checked_address_and_tls_uses_the_name() {
    let proxy = Proxy::connecting().await;
    let error = get(&proxy.ctx(&[]), "https://acme.my.salesforce.com/services").await.unwrap_err();
    assert_eq!((error.kind, error.cause), (Kind::Unavailable, "no_connection"), "{error}");
    assert_eq!(proxy.connects(), ["CONNECT 1.1.1.1:443 HTTP/1.1"]);
    assert!(proxy.sent().contains("acme.my.salesforce.com"), "the name is in the first message of TLS");
}

#[tokio::test]
async fn private_addresses_are_rejected_before_the_proxy_is_used() {
    let proxy = Proxy::connecting().await;
    let ctx = proxy.ctx(&[]);
    for url in ["https://inside.my.salesforce.com/", "https://10.0.0.1/", "https://localhost/"] {
        let error = get(&ctx, url).await.unwrap_err();
        assert!(matches!(error.cause, "address_not_public" | "host_not_allowed" | "name_not_resolved"), "{url}: {error}");
        assert!(!error.outcome_unknown, "{url}");
    }
    assert_eq!(get(&ctx, "https://inside.my.salesforce.com/").await.unwrap_err().kind, Kind::HostNotAllowed);
    assert!(proxy.connects().is_empty());
    assert!(get(&ctx, "https://both.my.salesforce.com/").await.is_err());
    assert_eq!(proxy.connects(), ["CONNECT 8.8.8.8:443 HTTP/1.1"], "the private address is not used");
}

#[tokio::test]
async fn proxy_resolves_only_unresolvable_names_that_no_user_chose() {
    for (host, allowed, is_fixed) in [
        ("login.salesforce.com", "", true),
        ("test.salesforce.com", "", true),
        ("api.hubapi.com", "", true),
        ("api.pipedrive.com", "", true),
        ("listed.my.salesforce.com", "listed.my.salesforce.com", true),
        ("unknown.my.salesforce.com", "", false),
        ("evil.example", "", false),
    ] {
        let proxy = Proxy::connecting().await;
        let ctx = proxy.ctx(&[("SALESFORCE_ALLOWED_HOSTS", allowed)]);
        let error = get(&ctx, &format!("https://{host}/")).await.unwrap_err();
        let (connects, cause) = match is_fixed {
            true => (vec![format!("CONNECT {host}:443 HTTP/1.1")], "no_connection"),
            false => (Vec::new(), "name_not_resolved"),
        };
        assert_eq!((proxy.connects(), error.cause), (connects, cause), "{host}: {error}");
    }
}

#[tokio::test]
async fn plain_http_to_a_listed_host_uses_connect() {
    let proxy = Proxy::start(vec![Script::Host(json(200, "{\"a\":1}"), Then::Close)]).await;
    let address = format!("http://ada:hunter2@{}", proxy.address);
    let ctx = through(&address, &[("SALESFORCE_ALLOWED_HOSTS", "crm.internal.example:4400")]);
    let url = Url::parse("http://crm.internal.example:4400/services").unwrap();
    let request = ctx.http.post(url.clone()).bearer_auth("token").json(&serde_json::json!({ "b": 2 }));
    let response = send_and_read(&ctx, "test", request, JSON_LIMIT).await.unwrap();
    assert_eq!((response.status.as_u16(), &response.body[..]), (200, &b"{\"a\":1}"[..]));
    assert_eq!(response.origin, url.origin());
    let (connect, sent) = proxy.seen.lock().unwrap()[0].clone();
    assert_eq!(
        connect,
        "CONNECT 10.1.2.3:4400 HTTP/1.1\r\nHost: 10.1.2.3:4400\r\nProxy-Authorization: Basic YWRhOmh1bnRlcjI=\r\n\r\n"
    );
    let sent = sent.to_ascii_lowercase();
    assert!(sent.starts_with("post /services http/1.1\r\n") && sent.ends_with("\r\n\r\n{\"b\":2}"), "{sent}");
    for line in
        ["host: crm.internal.example:4400", "user-agent: lexicontract/", "content-length: 7", "authorization: bearer token"]
    {
        assert!(sent.contains(line), "{line} is missing in {sent}");
    }
    assert!(!sent.contains("proxy-authorization"), "{sent}");
}

#[tokio::test]
async fn loopback_hosts_bypass_the_proxy() {
    let server = Server::once(json(200, "{}")).await;
    let proxy = Proxy::start(Vec::new()).await;
    let ctx = proxy.ctx(&[("SALESFORCE_ALLOWED_HOSTS", server.url.authority())]);
    assert_eq!(get(&ctx, server.url.as_str()).await.unwrap().status.as_u16(), 200);
    assert!(proxy.connects().is_empty());
}

#[tokio::test]
async fn proxy_rejections_differ_from_provider_rejections() {
    for (response, status) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "407"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<html>", "403"),
        ("HTTP/1.1 302 Found\r\nLocation: https://login.proxy.example\r\n\r\n", "302"),
    ] {
        let proxy = Proxy::refusing(response).await;
        let ctx = through(&format!("http://ada:hunter2@{}", proxy.address), &[]);
        let error = get(&ctx, "https://acme.my.salesforce.com/").await.unwrap_err();
        assert_eq!((error.kind, error.cause, error.outcome_unknown), (Kind::Unavailable, "proxy_refused", false), "{error}");
        assert!(error.context.contains(&format!("{} refused to connect: {status}", proxy.address)), "{error}");
        assert!(error.user_message().contains("outbound proxy"), "{}", error.user_message());
        assert!(!format!("{error:?}").contains("hunter2") && !format!("{error:?}").contains("YWRhOm"), "{error:?}");
        assert_eq!(proxy.connects().len(), 1, "no other address is tried");
    }
}

#[tokio::test]
async fn next_address_is_tried_if_the_proxy_cannot_reach_the_first() {
    let failed = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
    let proxy = Proxy::start(vec![Script::Respond(failed), Script::Respond(failed)]).await;
    let error = get(&proxy.ctx(&[]), "https://acme.my.salesforce.com/").await.unwrap_err();
    assert_eq!((error.kind, error.cause), (Kind::Unavailable, "no_connection"), "{error}");
    assert!(error.context.contains("could not reach the host: 502"), "{error}");
    assert_eq!(proxy.connects(), ["CONNECT 1.1.1.1:443 HTTP/1.1", "CONNECT [2606:4700::1111]:443 HTTP/1.1"]);
}

#[tokio::test]
async fn unusable_proxies_are_reported_within_the_timeout() {
    let hanging = Proxy::start(vec![Script::Hang]).await;
    let garbage = Proxy::refusing("SSH-2.0-OpenSSH_9.6\r\n\r\n").await;
    let early = Proxy::refusing("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").await;
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    for address in [hanging.address, garbage.address, early.address, closed] {
        let began = Instant::now();
        let error = get(&through(&format!("http://{address}"), &[]), "https://acme.my.salesforce.com/").await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!((error.kind, error.cause, error.outcome_unknown), (Kind::Unavailable, "proxy_unreachable", false), "{error}");
        assert!(error.context.contains(&address.to_string()) && error.user_message().contains("outbound proxy"), "{error}");
    }
}

#[tokio::test]
async fn stalled_and_broken_responses_through_the_proxy_have_an_unknown_outcome() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":";
    for (host, then) in [("", Then::Stall), ("", Then::Close), (half, Then::Stall), (half, Then::Close)] {
        let proxy = Proxy::start(vec![Script::Host(host.to_owned(), then)]).await;
        let ctx = proxy.ctx(&[("SALESFORCE_ALLOWED_HOSTS", "crm.internal.example:4400")]);
        let error = get(&ctx, "http://crm.internal.example:4400/").await.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, true), "{host:?}: {error}");
    }
}

#[tokio::test]
async fn language_model_calls_use_the_proxy_for_any_address() {
    let proxy = Proxy::refusing("HTTP/1.1 403 Forbidden\r\n\r\n").await;
    let config = config(&[("OUTBOUND_PROXY", &format!("http://{}", proxy.address))]);
    let client = llm_client(&config).unwrap();
    let error = client.send(client.post("http://10.1.2.3:8000/v1/chat/completions")).await.unwrap_err();
    assert!(error.is_proxy_error(), "{error}");
    assert_eq!(proxy.connects(), ["CONNECT 10.1.2.3:8000 HTTP/1.1"]);
}
