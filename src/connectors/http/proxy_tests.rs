//! The client against outbound proxies that connect, refuse, hang and are down.

use super::{Client, JSON_LIMIT, Timeouts, llm_client, send_and_read, tunnel::Lookup};
use crate::{
    clock::Clock,
    connectors::{
        Ctx, Error, Kind,
        http::Answer,
        test_support::{Server, Then, config, json, read_request},
    },
    domain::time::Timestamp,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use url::Url;

/// What the tests' name server knows: a public host, private ones, and one that has both.
const NAMES: [(&str, &[&str]); 4] = [
    ("acme.my.salesforce.com", &["2606:4700::1111", "1.1.1.1"]),
    ("inside.my.salesforce.com", &["10.0.0.1", "::1"]),
    ("both.my.salesforce.com", &["192.168.0.1", "8.8.8.8"]),
    ("crm.internal.example", &["10.1.2.3"]),
];

/// A proxy on this machine. It connects to nothing: after its answer to `CONNECT` it plays the host itself.
struct Proxy {
    address: SocketAddr,
    /// Per connection what the proxy was asked for, and what was sent through it.
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

/// What a proxy does with a connection.
enum Play {
    Hang,
    Answer(&'static str),
    /// Connects, and answers this as the host.
    Host(String, Then),
}

impl Proxy {
    /// Plays each of these once, in this order.
    async fn start(plays: Vec<Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let record = seen.clone();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            for play in plays {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let asked = read_request(&mut stream).await;
                record.lock().unwrap().push((asked, String::new()));
                match play {
                    Play::Hang => kept.push(stream),
                    Play::Answer(answer) => drop(stream.write_all(answer.as_bytes()).await),
                    Play::Host(answer, then) => {
                        drop(stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await);
                        let sent = read_request(&mut stream).await;
                        record.lock().unwrap().last_mut().unwrap().1 = sent;
                        drop(stream.write_all(answer.as_bytes()).await);
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

    /// One that connects, and closes when it was spoken to.
    async fn connecting() -> Self {
        Self::start(vec![Play::Host(String::new(), Then::Close)]).await
    }

    /// One that refuses or breaks in this way.
    async fn refusing(answer: &'static str) -> Self {
        Self::start(vec![Play::Answer(answer)]).await
    }

    fn ctx(&self, pairs: &[(&str, &str)]) -> Ctx {
        through(&format!("http://{}", self.address), pairs)
    }

    /// The first line of each request for a connection.
    fn asked(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(asked, _)| asked.lines().next().unwrap_or_default().to_owned()).collect()
    }

    fn sent(&self) -> String {
        self.seen.lock().unwrap().iter().map(|(_, sent)| sent.as_str()).collect()
    }
}

/// A context with that proxy and the tests' name server.
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
    let http = Client::with_lookup(&config, timeouts, lookup);
    Ctx { http, clock: Clock::fixed(Timestamp::from_millis(0)), config: Arc::new(config) }
}

async fn get(ctx: &Ctx, url: &str) -> Result<Answer, Error> {
    send_and_read(ctx, "test", ctx.http.get(url), JSON_LIMIT).await
}

#[tokio::test]
async fn the_proxy_is_asked_for_the_checked_address_and_tls_uses_the_name() {
    let proxy = Proxy::connecting().await;
    let error = get(&proxy.ctx(&[]), "https://acme.my.salesforce.com/services").await.unwrap_err();
    assert_eq!((error.kind, error.cause), (Kind::Unavailable, "no_connection"), "{error}");
    assert_eq!(proxy.asked(), ["CONNECT 1.1.1.1:443 HTTP/1.1"]);
    assert!(proxy.sent().contains("acme.my.salesforce.com"), "the name is in the first message of TLS");
}

#[tokio::test]
async fn a_private_address_is_refused_before_the_proxy_is_asked() {
    let proxy = Proxy::connecting().await;
    let ctx = proxy.ctx(&[]);
    for url in ["https://inside.my.salesforce.com/", "https://10.0.0.1/", "https://localhost/"] {
        let error = get(&ctx, url).await.unwrap_err();
        assert!(matches!(error.cause, "address_not_public" | "host_not_allowed" | "name_not_resolved"), "{url}: {error}");
        assert!(!error.outcome_unknown, "{url}");
    }
    assert_eq!(get(&ctx, "https://inside.my.salesforce.com/").await.unwrap_err().kind, Kind::HostNotAllowed);
    assert!(proxy.asked().is_empty());
    assert!(get(&ctx, "https://both.my.salesforce.com/").await.is_err());
    assert_eq!(proxy.asked(), ["CONNECT 8.8.8.8:443 HTTP/1.1"], "only the public one of its addresses");
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_left_to_the_proxy_only_when_no_user_chose_it() {
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
        let (asked, cause) = match is_fixed {
            true => (vec![format!("CONNECT {host}:443 HTTP/1.1")], "no_connection"),
            false => (Vec::new(), "name_not_resolved"),
        };
        assert_eq!((proxy.asked(), error.cause), (asked, cause), "{host}: {error}");
    }
}

#[tokio::test]
async fn http_to_a_listed_host_passes_through_a_connection_of_the_proxy_too() {
    let proxy = Proxy::start(vec![Play::Host(json(200, "{\"a\":1}"), Then::Close)]).await;
    let address = format!("http://ada:hunter2@{}", proxy.address);
    let ctx = through(&address, &[("SALESFORCE_ALLOWED_HOSTS", "crm.internal.example:4400")]);
    let url = Url::parse("http://crm.internal.example:4400/services").unwrap();
    let request = ctx.http.post(url.clone()).bearer_auth("token").json(&serde_json::json!({ "b": 2 }));
    let answer = send_and_read(&ctx, "test", request, JSON_LIMIT).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{\"a\":1}"[..]));
    assert_eq!(answer.origin, url.origin());
    let (asked, sent) = proxy.seen.lock().unwrap()[0].clone();
    assert_eq!(
        asked,
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
async fn a_host_on_this_machine_is_called_directly() {
    let server = Server::once(json(200, "{}")).await;
    let proxy = Proxy::start(Vec::new()).await;
    let ctx = proxy.ctx(&[("SALESFORCE_ALLOWED_HOSTS", server.url.authority())]);
    assert_eq!(get(&ctx, server.url.as_str()).await.unwrap().status.as_u16(), 200);
    assert!(proxy.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_of_the_proxy_is_not_taken_for_one_of_the_provider() {
    for (answer, status) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "407"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<html>", "403"),
        ("HTTP/1.1 302 Found\r\nLocation: https://login.proxy.example\r\n\r\n", "302"),
    ] {
        let proxy = Proxy::refusing(answer).await;
        let ctx = through(&format!("http://ada:hunter2@{}", proxy.address), &[]);
        let error = get(&ctx, "https://acme.my.salesforce.com/").await.unwrap_err();
        assert_eq!((error.kind, error.cause, error.outcome_unknown), (Kind::Unavailable, "proxy_refused", false), "{error}");
        assert!(error.context.contains(&format!("{} refused to connect: {status}", proxy.address)), "{error}");
        assert!(error.sentence().contains("outbound proxy"), "{}", error.sentence());
        assert!(!format!("{error:?}").contains("hunter2") && !format!("{error:?}").contains("YWRhOm"), "{error:?}");
        assert_eq!(proxy.asked().len(), 1, "another address would be refused, too");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_reach_an_address_is_asked_for_the_next_one() {
    let failed = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
    let proxy = Proxy::start(vec![Play::Answer(failed), Play::Answer(failed)]).await;
    let error = get(&proxy.ctx(&[]), "https://acme.my.salesforce.com/").await.unwrap_err();
    assert_eq!((error.kind, error.cause), (Kind::Unavailable, "no_connection"), "{error}");
    assert!(error.context.contains("could not reach the host: 502"), "{error}");
    assert_eq!(proxy.asked(), ["CONNECT 1.1.1.1:443 HTTP/1.1", "CONNECT [2606:4700::1111]:443 HTTP/1.1"]);
}

#[tokio::test]
async fn a_proxy_that_hangs_or_makes_no_sense_or_is_down_is_named_within_the_timeout() {
    let hanging = Proxy::start(vec![Play::Hang]).await;
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
        assert!(error.context.contains(&address.to_string()) && error.sentence().contains("outbound proxy"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_stalls_or_breaks_off_behind_the_proxy_has_an_unknown_outcome() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":";
    for (host, then) in [("", Then::Stall), ("", Then::Close), (half, Then::Stall), (half, Then::Close)] {
        let proxy = Proxy::start(vec![Play::Host(host.to_owned(), then)]).await;
        let ctx = proxy.ctx(&[("SALESFORCE_ALLOWED_HOSTS", "crm.internal.example:4400")]);
        let error = get(&ctx, "http://crm.internal.example:4400/").await.unwrap_err();
        assert_eq!((error.kind, error.outcome_unknown), (Kind::Unavailable, true), "{host:?}: {error}");
    }
}

#[tokio::test]
async fn the_language_model_is_called_through_the_proxy_at_any_address() {
    let proxy = Proxy::refusing("HTTP/1.1 403 Forbidden\r\n\r\n").await;
    let config = config(&[("OUTBOUND_PROXY", &format!("http://{}", proxy.address))]);
    let client = llm_client(&config).unwrap();
    let error = client.send(client.post("http://10.1.2.3:8000/v1/chat/completions")).await.unwrap_err();
    assert!(error.is_of_proxy(), "{error}");
    assert_eq!(proxy.asked(), ["CONNECT 10.1.2.3:8000 HTTP/1.1"]);
}
