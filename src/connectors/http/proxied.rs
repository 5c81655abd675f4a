//! HTTP/1.1 client that sends requests through the outbound proxy. It follows no redirects.

use super::call_error::CallError;
use super::client::{HEADER_LIMIT, IDLE_CONNECTION, IDLE_CONNECTIONS_PER_HOST, Timeouts, USER_AGENT};
use super::tunnel::Tunnel;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::header::{self, HeaderValue};
use http_body_util::BodyExt;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reqwest::ResponseBuilderExt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Debug)]
pub(super) struct ProxiedClient {
    client: HyperClient<HttpsConnector<Tunnel>, reqwest::Body>,
    timeouts: Timeouts,
}

impl ProxiedClient {
    pub(super) fn new(tunnel: Tunnel, tls: Arc<rustls::ClientConfig>, timeouts: Timeouts) -> Self {
        let client = HyperClient::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
            .http1_max_headers(HEADER_LIMIT)
            .build(HttpsConnector::from((tunnel, tls)));
        Self { client, timeouts }
    }

    pub(super) fn with_read_timeout(&self, read: Duration) -> Self {
        Self { client: self.client.clone(), timeouts: Timeouts { read, ..self.timeouts } }
    }

    pub(super) async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response, CallError> {
        let url = request.url().clone();
        let deadline = request.timeout().map(|timeout| Instant::now() + *timeout);
        let mut request = http::Request::<reqwest::Body>::try_from(request)?;
        let headers = request.headers_mut();
        headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let limit = earliest(Instant::now() + self.timeouts.connect + self.timeouts.read, deadline);
        let response =
            timeout_at(limit, self.client.request(request)).await.map_err(|elapsed| CallError::new(elapsed, false, true))??;
        let (parts, body) = response.into_parts();
        let body = reqwest::Body::wrap_stream(chunks(body, self.timeouts, deadline));
        let mut response = http::Response::builder()
            .status(parts.status)
            .version(parts.version)
            .url(url)
            .body(body)
            .expect("status, version and URL are valid");
        *response.headers_mut() = parts.headers;
        Ok(response.into())
    }
}

fn chunks(
    body: hyper::body::Incoming,
    timeouts: Timeouts,
    deadline: Option<Instant>,
) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static {
    stream::unfold(Some(body.into_data_stream()), move |body| async move {
        let mut body = body?;
        match timeout_at(earliest(Instant::now() + timeouts.read, deadline), body.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(body))),
            Ok(Some(Err(error))) => Some((Err(error.into()), None)),
            Ok(None) => None,
            Err(elapsed) => Some((Err(io::Error::new(io::ErrorKind::TimedOut, elapsed).into()), None)),
        }
    })
}

fn earliest(limit: Instant, deadline: Option<Instant>) -> Instant {
    deadline.map_or(limit, |deadline| deadline.min(limit))
}
