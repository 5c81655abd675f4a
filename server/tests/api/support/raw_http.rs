//! HTTP/1.1 requests over a socket. Responses are kept byte for byte.

use super::call::ORIGIN;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct RawRequest {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

pub struct RawResponse {
    pub head: String,
    pub body: Vec<u8>,
}

impl RawRequest {
    pub fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub fn post(path: &str) -> Self {
        Self { method: "POST", ..Self::get(path) }
    }

    pub fn with_method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie).header("origin", ORIGIN)
    }

    pub fn json(self, body: &Value) -> Self {
        Self { body: body.to_string(), ..self.header("content-type", "application/json") }
    }

    pub fn xml(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self.header("content-type", "text/xml") }
    }

    /// Sets the form body and the headers that a browser without JavaScript sends with it.
    pub fn form(self, body: &str) -> Self {
        let request = self.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
        Self { body: body.to_owned(), ..request.header("sec-fetch-site", "same-origin") }
    }

    pub fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub async fn send(&self, address: &str) -> RawResponse {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.method,
            self.path,
            ORIGIN.trim_start_matches("http://")
        );
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("the answer has a head");
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { decode_chunks(&answer[end + 4..]) } else { answer[end + 4..].to_vec() };
        RawResponse { head, body }
    }
}

/// Decodes a chunked body.
fn decode_chunks(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            break;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + length]);
        rest = &rest[line + 4 + length..];
    }
    body
}

impl RawResponse {
    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The first cookie that the response sets, as `name=value`.
    pub fn cookie(&self) -> String {
        let set = self.header("set-cookie").unwrap_or_else(|| panic!("no cookie in {}", self.head));
        set.split(';').next().unwrap().to_owned()
    }

    /// The cookie with this name, as `name=value`.
    pub fn cookie_named(&self, name: &str) -> String {
        let rest =
            self.head.split(&format!("set-cookie: {name}=")).nth(1).unwrap_or_else(|| panic!("no {name} in {}", self.head));
        format!("{name}={}", rest.split(';').next().unwrap())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}\n{}", self.head, String::from_utf8_lossy(&self.body)))
    }
}
