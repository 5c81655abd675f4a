//! Connections through the outbound proxy. This server resolves the host name, checks the address, and sends the address in the
//! `CONNECT` request, so that the proxy's DNS cannot bypass the check. TLS still verifies the host name.

use super::guard::{HostPolicy, NotPublic};
use crate::config::OutboundProxy;
use crate::connectors::Fault;
use futures::future::BoxFuture;
use http::{StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

/// Time limit for a DNS lookup. After this time, the name counts as unresolved.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);
const ADDRESSES: usize = 3;
const HEAD_LIMIT: usize = 8 * 1024;

pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Tunnel {
    pub(super) proxy: OutboundProxy,
    pub(super) policy: Arc<HostPolicy>,
    pub(super) lookup: Lookup,
    /// Time limit for a connection through the proxy, excluding the TLS handshake.
    pub(super) connect_timeout: Duration,
}

/// The connection through the proxy failed. Nothing was sent to the host.
#[derive(Debug, thiserror::Error)]
pub(super) enum TunnelError {
    #[error("not sent")]
    NotPublic(#[from] NotPublic),
    #[error("not sent, because the name of the host cannot be resolved here")]
    NotResolved,
    #[error("no connection")]
    Direct(#[source] io::Error),
    #[error("the outbound proxy {0} cannot be reached")]
    ProxyDown(String, #[source] io::Error),
    #[error("the outbound proxy {0} did not connect in time")]
    ProxyTimedOut(String),
    #[error("the outbound proxy {0} gave no HTTP response")]
    NoResponse(String),
    #[error("the outbound proxy {0} refused to connect: {1}")]
    Refused(String, u16),
    #[error("the outbound proxy {0} could not reach the host: {1}")]
    HostUnreachable(String, u16),
}

impl TunnelError {
    pub(super) fn fault(&self) -> Fault {
        match self {
            Self::NotPublic(_) => Fault::NotPublic,
            Self::NotResolved => Fault::NotResolved,
            Self::Direct(_) | Self::HostUnreachable(..) => Fault::NoConnection,
            Self::ProxyDown(..) | Self::ProxyTimedOut(_) | Self::NoResponse(_) => Fault::ProxyUnreachable,
            Self::Refused(..) => Fault::ProxyRefused,
        }
    }
}

#[derive(Clone, Debug)]
enum Target {
    Address(SocketAddr),
    Name(String, u16),
}

impl Tunnel {
    async fn connect(self, uri: Uri) -> Result<TcpStream, TunnelError> {
        let connected = async {
            let mut last_error = TunnelError::NotResolved;
            for target in self.targets(&uri).await? {
                match self.open(&target).await {
                    Err(error @ (TunnelError::HostUnreachable(..) | TunnelError::Direct(_))) => last_error = error,
                    other => return other,
                }
            }
            Err(last_error)
        };
        let timed_out = || Err(TunnelError::ProxyTimedOut(self.proxy.to_string()));
        timeout(self.connect_timeout, connected).await.unwrap_or_else(|_| timed_out())
    }

    /// Returns the checked addresses of a host. If this server cannot resolve the name and the name does not come from user
    /// input, returns the name, which the proxy then resolves.
    async fn targets(&self, uri: &Uri) -> Result<Vec<Target>, TunnelError> {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![Target::Address(SocketAddr::new(address, port))]);
        }
        match timeout(LOOKUP_TIMEOUT, (self.lookup)(host.clone())).await {
            Ok(Ok(found)) if !found.is_empty() => {
                let mut allowed = self.policy.allowed_addresses(&host, found.into_iter())?;
                // Tries IPv4 first, because more proxies support IPv4 than IPv6.
                allowed.sort_by_key(SocketAddr::is_ipv6);
                let with_port = allowed.into_iter().map(|address| SocketAddr::new(address.ip(), port));
                Ok(with_port.take(ADDRESSES).map(Target::Address).collect())
            }
            _ if self.policy.may_proxy_resolve(&host) => Ok(vec![Target::Name(host, port)]),
            _ => Err(TunnelError::NotResolved),
        }
    }

    async fn open(&self, target: &Target) -> Result<TcpStream, TunnelError> {
        let name = || self.proxy.to_string();
        if let Target::Address(address) = target
            && is_local(address.ip())
        {
            return TcpStream::connect(address).await.map_err(TunnelError::Direct);
        }
        let down = |error| TunnelError::ProxyDown(name(), error);
        let mut stream = TcpStream::connect((self.proxy.host.as_str(), self.proxy.port)).await.map_err(down)?;
        stream.set_nodelay(true).map_err(down)?;
        stream.write_all(self.request(target).as_bytes()).await.map_err(down)?;
        match read_status(&mut stream).await {
            Ok(Some(200..=299)) => Ok(stream),
            Ok(Some(status @ 500..=599)) => Err(TunnelError::HostUnreachable(name(), status)),
            Ok(Some(status)) => Err(TunnelError::Refused(name(), status)),
            Ok(None) => Err(TunnelError::NoResponse(name())),
            Err(error) => Err(down(error)),
        }
    }

    fn request(&self, target: &Target) -> String {
        let authority = match target {
            Target::Address(address) => address.to_string(),
            Target::Name(host, port) => format!("{host}:{port}"),
        };
        let authorization = self.proxy.authorization.as_ref().map(|value| format!("Proxy-Authorization: {}\r\n", value.expose()));
        format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{}\r\n", authorization.unwrap_or_default())
    }
}

/// Returns true for loopback and link-local addresses. Calls to these addresses bypass the proxy, because the proxy would
/// connect to itself or to its local network instead of this server's.
fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unicast_link_local(),
    }
}

/// Reads the status of the proxy's response. Returns `None` if the response is invalid. A successful response with bytes after
/// the headers is also invalid, because the host sends nothing before the client's first bytes.
async fn read_status(stream: &mut TcpStream) -> io::Result<Option<u16>> {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    let length = loop {
        let count = stream.read(&mut buffer).await?;
        head.extend_from_slice(&buffer[..count]);
        if let Some(at) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if count == 0 || head.len() > HEAD_LIMIT {
            return Ok(None);
        }
    };
    let status = status(&head);
    Ok(status.filter(|status| length == head.len() || !(200..300).contains(status)))
}

/// Parses the status from a status line such as `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<u16> {
    let [_, b' ', digits @ .., b' ' | b'\r'] = head.strip_prefix(b"HTTP/1.")?.get(..6)? else { return None };
    StatusCode::from_bytes(digits).ok().map(|status| status.as_u16())
}

impl Service<Uri> for Tunnel {
    type Response = TokioIo<TcpStream>;
    type Error = TunnelError;
    type Future = BoxFuture<'static, Result<Self::Response, TunnelError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TunnelError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let tunnel = self.clone();
        Box::pin(async move { tunnel.connect(uri).await.map(TokioIo::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_status_lines_are_parsed() {
        for (head, expected) in [
            ("HTTP/1.1 200 Connection established\r\n", Some(200)),
            ("HTTP/1.0 407\r\n", Some(407)),
            ("HTTP/1.1 2000 OK\r\n", None),
            ("HTTP/2 200\r\n", None),
            ("HTTP/1.1 20", None),
            ("SSH-2.0-OpenSSH\r\n", None),
            ("", None),
        ] {
            assert_eq!(status(head.as_bytes()), expected, "{head}");
        }
    }
}
