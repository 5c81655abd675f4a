//! Requests to the router and their responses.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use serde_json::Value;

/// The origin of the site under test.
pub const ORIGIN: &str = "http://127.0.0.1:3000";

pub struct Call {
    builder: http::request::Builder,
    body: Body,
}

impl Call {
    pub fn new(method: &str, path: &str) -> Self {
        Self { builder: Request::builder().method(method).uri(path), body: Body::empty() }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds the cookie, and the `Origin` header that a page of this site sends.
    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie).header("origin", ORIGIN)
    }

    pub fn json(self, value: &Value) -> Self {
        let mut call = self.header("content-type", "application/json");
        call.body = Body::from(value.to_string());
        call
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub fn request(self) -> Request<Body> {
        self.builder.body(self.body).unwrap()
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {:?}", self.status, self.body))
    }

    /// The error code of a problem response (RFC 9457); empty for other responses.
    pub fn code(&self) -> String {
        match self.headers.get(header::CONTENT_TYPE) {
            Some(kind) if kind == "application/problem+json" => self.json()["code"].as_str().unwrap().to_owned(),
            _ => String::new(),
        }
    }

    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The cookie with this name, as `name=value`.
    #[track_caller]
    pub fn cookie_named(&self, name: &str) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        let cookie = set.map(|value| value.split(';').next().unwrap()).find(|pair| pair.starts_with(&format!("{name}=")));
        cookie.unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// The first cookie that the response sets, as `name=value`.
    pub fn cookie(&self) -> String {
        let value = self.headers[header::SET_COOKIE].to_str().unwrap();
        value.split(';').next().unwrap().to_owned()
    }
}
