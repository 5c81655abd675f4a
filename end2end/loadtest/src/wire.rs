//! HTTP/1.1 client for one connection. The tests do not use a client library, because it would use more CPU time than the
//! measured server.

use crate::Outcome;
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// `Host` header of all requests, and host in the `PUBLIC_URL` of all servers. The name does not resolve, so no server can be
/// reached by its public URL.
const HOST: &str = "unreachable.invalid";
pub const PUBLIC_URL: &str = "https://unreachable.invalid";
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    /// Body of the response; empty after [`Wire::send_and_count`].
    pub body: Vec<u8>,
    /// Length of the body in bytes.
    pub length: usize,
}

pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {HOST}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method != "GET" {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

pub fn json_request(method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Vec<u8> {
    let all: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
    request(method, path, &all, body.to_string().as_bytes())
}

impl Wire {
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.exchange(request, true).await
    }

    /// Sends a request and reads the complete response. Returns only the length of the body, without its bytes.
    pub async fn send_and_count(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.exchange(request, false).await
    }

    /// Sends a request, and closes the connection without waiting for the response.
    pub async fn send_and_hang_up(mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await
    }

    async fn exchange(&mut self, request: &[u8], keeps_body: bool) -> io::Result<Answer> {
        let exchange = async {
            self.stream.write_all(request).await?;
            self.buffer.clear();
            let head_length = self.read_head().await?;
            let rest = self.buffer.split_off(head_length);
            let head = String::from_utf8_lossy(&self.buffer).into_owned();
            let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(|| broken("no status"))?;
            let (body, length) = self.read_body(&head, rest, keeps_body).await?;
            Ok(Answer { status, head, body, length })
        };
        timeout(TIMEOUT, exchange).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn read_head(&mut self) -> io::Result<usize> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(at + 4);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(broken("closed before the answer"));
            }
        }
    }

    async fn read_body(&mut self, head: &str, rest: Vec<u8>, keeps_body: bool) -> io::Result<(Vec<u8>, usize)> {
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim())
        };
        let is_chunked = header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let wanted: Option<usize> = header("content-length").and_then(|value| value.parse().ok());
        let (mut body, mut length) = (rest, 0);
        length += body.len();
        // A chunked body is not decoded, because only its end and its approximate length are needed.
        while match wanted {
            Some(wanted) => length < wanted,
            None => is_chunked && !body.ends_with(b"0\r\n\r\n"),
        } {
            if !keeps_body && body.len() > 64 * 1024 {
                body.drain(..body.len() - 8);
            }
            let count = self.stream.read_buf(&mut body).await?;
            if count == 0 {
                return Err(broken("closed within the answer"));
            }
            length += count;
        }
        Ok((if keeps_body { body } else { Vec::new() }, length))
    }
}

impl Answer {
    pub fn json(&self) -> Outcome<Value> {
        serde_json::from_slice(&self.body).map_err(|_| format!("{}\n{}", self.head, String::from_utf8_lossy(&self.body)).into())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// Returns the response if it has the expected status, and an error otherwise.
    pub fn expect(self, status: u16) -> Outcome<Self> {
        match self.status == status {
            true => Ok(self),
            false => Err(format!("expected {status}:\n{}{}", self.head, String::from_utf8_lossy(&self.body)).into()),
        }
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, what)
}
