//! Fixtures for connector tests: configuration, context, and a server that sends scripted responses.

use super::{ApiUsage, Call, Ctx, Tokens, find};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::secret::Secret;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A configuration with an encryption key, a Salesforce app, and these variables.
pub(super) fn config(pairs: &[(&str, &str)]) -> Config {
    let fixed = [
        ("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="),
        ("SALESFORCE_CLIENT_ID", "3MVG9.client"),
        ("SALESFORCE_CLIENT_SECRET", "client-secret"),
        ("PUBLIC_URL", "https://contracts.example.com"),
    ];
    let find = |name: &str| pairs.iter().chain(&fixed).find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::read(find).unwrap()
}

/// A context whose configuration has these variables. Its client has a read timeout of a second.
pub(super) fn context(pairs: &[(&str, &str)]) -> Ctx {
    let config = config(pairs);
    let timeouts = super::http::Timeouts { connect: Duration::from_secs(5), read: Duration::from_secs(1) };
    let http = super::http::client_with(&config, timeouts).unwrap();
    let clock = Clock::fixed(Timestamp::parse("2026-11-22T16:00:00Z").unwrap());
    Ctx { http, clock, config: Arc::new(config) }
}

pub(super) fn call(ctx: &Ctx, instance: &Url) -> Call {
    let tokens = Tokens {
        access_token: Secret::from("00D!access"),
        refresh_token: Secret::from("5Aep861.refresh"),
        instance_url: instance.clone(),
        login_url: instance.clone(),
        identity_url: String::new(),
        scopes: Vec::new(),
        issued_at: Timestamp::from_millis(0),
    };
    Call::with_tokens(ctx, find("salesforce").unwrap(), &tokens, ApiUsage::default())
}

/// A local server for tests. Sends the next scripted response on each connection, and records the requests.
pub(super) struct Server {
    pub(super) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Close,
    Stall,
}

impl Server {
    pub(super) async fn start(responses: Vec<(String, Then)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            for (response, then) in responses {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                drop(stream.write_all(response.as_bytes()).await);
                if then == Then::Stall {
                    kept.push(stream);
                }
            }
            if !kept.is_empty() {
                std::future::pending::<()>().await;
            }
        });
        Self { url, requests }
    }

    pub(super) async fn once(response: String) -> Self {
        Self::start(vec![(response, Then::Close)]).await
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn context(&self) -> Ctx {
        context(&[("SALESFORCE_ALLOWED_HOSTS", self.url.authority())])
    }

    pub(super) fn call(&self) -> Call {
        call(&self.context(), &self.url)
    }
}

pub(super) fn json(status: u16, body: &str) -> String {
    response(status, "Content-Type: application/json;charset=UTF-8\r\n", body)
}

pub(super) fn response(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Test\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

const TLS_HANDSHAKE: u8 = 22;

/// Reads a complete HTTP request, or the first TLS message.
pub(super) async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let is_tls = bytes.first() == Some(&TLS_HANDSHAKE);
        if count == 0 || is_tls || is_complete(&text) {
            return text;
        }
    }
}

fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    body.len() >= length.unwrap_or(0)
}
