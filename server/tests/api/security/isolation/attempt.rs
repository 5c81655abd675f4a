//! One request to a route, and the comparable part of its response.

use super::fixture::{Fixture, TestUser};
use super::table::{Row, UPLOAD, Who};
use crate::security::delayed_bodies::DelayedBody;
use crate::support::call::{Answer, Call};
use url::form_urlencoded;

pub const MULTIPART: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nA\r\n\
    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--b--\r\n";

pub struct Attempt<'r> {
    row: &'r Row,
    id: String,
    accept: &'static str,
    /// Name and value of the header that contains the request's origin.
    from: (&'static str, &'static str),
    referrer: Option<&'static str>,
    body: Option<&'static str>,
    content_type: Option<&'static str>,
}

/// The parts of a response that tests compare. Nonces and the requested id are replaced, because these values differ between
/// responses.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    pub status: u16,
    pub location: Option<String>,
    pub kind: Option<String>,
    pub body: String,
}

impl<'r> Attempt<'r> {
    pub fn of(row: &'r Row, id: &str) -> Self {
        let accept = if row.is_page() { "text/html" } else { "application/json" };
        Self {
            row,
            id: id.to_owned(),
            accept,
            from: ("sec-fetch-site", "same-origin"),
            referrer: None,
            body: None,
            content_type: None,
        }
    }

    /// Makes the request a form, as a browser without JavaScript submits it.
    pub fn sent_as_form(self) -> Self {
        Self { accept: "text/html", ..self }
    }

    /// Replaces the header that contains the origin of the request.
    pub fn from(self, header: &'static str, value: &'static str) -> Self {
        Self { from: (header, value), ..self }
    }

    pub fn with_body(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    pub fn with_content_type(self, kind: &'static str) -> Self {
        Self { content_type: Some(kind), ..self }
    }

    pub fn with_referrer(self, referrer: &'static str) -> Self {
        Self { referrer: Some(referrer), ..self }
    }

    /// The path, with values for all parameters.
    pub fn path(&self, fixture: &Fixture) -> String {
        let path = self.fill(fixture, self.row.path()).replace("{number}", "1").replace("{token}", "none");
        // Only Salesforce has an OAuth flow, connect links and webhooks.
        let path = path.replace("/api/v1/integrations/{slug}/", "/api/v1/integrations/salesforce/");
        let path = path.replace("/integrations/connect/{slug}/link", "/integrations/connect/salesforce/link");
        let path = path.replace("{webhook}/{secret}", "outbound/wrong");
        path.replace("{webhook}", "webhook").replace("{slug}", "pipedrive")
    }

    fn fill(&self, fixture: &Fixture, text: &str) -> String {
        let text = text.replace("{id}", &self.id).replace("{record}", fixture.opportunity());
        text.replace("{connection}", fixture.connection())
    }

    /// Sends half of the body, runs `between`, then sends the rest.
    pub async fn send_delayed(self, fixture: &Fixture, person: &TestUser, between: impl AsyncFnOnce()) -> Outcome {
        let id = self.id.clone();
        let delayed = DelayedBody::hold(&fixture.server, self.call(fixture, Some(person)).request()).await;
        between().await;
        Outcome::of(&delayed.complete().await, &id)
    }

    pub async fn send(self, fixture: &Fixture, person: Option<&TestUser>) -> Outcome {
        let id = self.id.clone();
        Outcome::of(&fixture.server.send(self.call(fixture, person)).await, &id)
    }

    fn call(self, fixture: &Fixture, person: Option<&TestUser>) -> Call {
        let body = self.fill(fixture, self.body.unwrap_or(self.row.body));
        let mut call = Call::new(self.row.method(), &self.path(fixture)).header("accept", self.accept);
        if self.row.method() != "GET" {
            call = call.header(self.from.0, self.from.1);
        }
        if let Some(referrer) = self.referrer {
            call = call.header("referer", referrer);
        }
        if let Some(person) = person {
            call = call.header("cookie", &person.cookie);
        }
        match body.as_str() {
            body if self.content_type.is_some() => {
                call.header("content-type", self.content_type.unwrap_or_default()).body(body.to_owned())
            }
            "" if self.row.is_action() => call.header("content-type", "application/x-www-form-urlencoded"),
            "" => call,
            UPLOAD => call.header("content-type", "multipart/form-data; boundary=b").body(MULTIPART),
            body if body.starts_with('{') => call.header("content-type", "application/json").body(body.to_owned()),
            form => call.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned()),
        }
    }
}

impl Outcome {
    fn of(answer: &Answer, id: &str) -> Self {
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let mut body = String::from_utf8_lossy(&answer.body).into_owned();
        let policy = header("content-security-policy").unwrap_or_default();
        if let Some((_, rest)) = policy.split_once("'nonce-") {
            body = body.replace(rest.split('\'').next().unwrap(), "NONCE");
        }
        Self {
            status: answer.status,
            location: header("location").map(|location| without(&location, id)),
            kind: header("content-type"),
            body: without(&body, id),
        }
    }

    pub fn redirects_to_sign_in(&self) -> bool {
        self.location.as_deref().is_some_and(|location| location.starts_with("/login"))
    }

    /// True if the request was rejected because of the role. A form with a file is redirected; other requests get 403.
    pub fn is_forbidden(&self) -> bool {
        self.status == 403 || self.location.as_deref().is_some_and(|location| location.ends_with("?problem=forbidden"))
    }

    /// True if the response shows that the caller was authorized. On a route that is open to everyone, the response must be a
    /// redirect or have the status in `row`.
    pub fn is_authorized(&self, row: &Row) -> bool {
        let is_rejection = match row.who {
            Who::Anyone(status) => status != self.status && !(300..400).contains(&self.status),
            _ => matches!(self.status, 401 | 404 | 405) || self.is_forbidden() || self.redirects_to_sign_in(),
        };
        !is_rejection && self.status < 500
    }

    pub fn requires_sign_in(&self, row: &Row) -> bool {
        if row.is_page() { self.status == 303 && self.redirects_to_sign_in() } else { self.status == 401 }
    }
}

/// Replaces the id in all its forms with `ID`: as sent, decoded, and escaped for HTML.
fn without(text: &str, id: &str) -> String {
    if id.is_empty() {
        return text.to_owned();
    }
    let meant = form_urlencoded::parse(format!("x={id}").as_bytes()).next().unwrap().1.into_owned();
    let written = meant.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [written.as_str(), meant.as_str(), id].iter().fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}
