use super::{
    cast::{Cast, Player},
    table::{Row, UPLOAD, Who},
};
use crate::{
    call::{Answer, Call},
    withheld::Withheld,
};
use url::form_urlencoded;

const MULTIPART: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nA\r\n\
    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--b--\r\n";

/// One try of a route.
pub struct Attempt<'r> {
    row: &'r Row,
    id: String,
    accept: &'static str,
    /// Where the browser says that the request comes from.
    from: (&'static str, &'static str),
    referrer: Option<&'static str>,
    body: Option<&'static str>,
    content_type: Option<&'static str>,
}

/// What of an answer can be compared: ids that were asked for and nonces are taken out.
#[derive(Debug, PartialEq)]
pub struct Seen {
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

    /// As a browser without JavaScript sends it.
    pub fn posted(self) -> Self {
        Self { accept: "text/html", ..self }
    }

    /// As a page of another site sends it.
    pub fn from(self, header: &'static str, value: &'static str) -> Self {
        Self { from: (header, value), ..self }
    }

    /// With a body that the route would not accept from anybody.
    pub fn with_body(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With a content type that does not fit the body.
    pub fn with_content_type(self, kind: &'static str) -> Self {
        Self { content_type: Some(kind), ..self }
    }

    /// From a page of that address, as it claims.
    pub fn led_by(self, referrer: &'static str) -> Self {
        Self { referrer: Some(referrer), ..self }
    }

    /// The address, with everything filled in.
    pub fn path(&self, cast: &Cast) -> String {
        let path = self.fill(cast, self.row.path()).replace("{number}", "1").replace("{token}", "none");
        // Only Salesforce has a flow and a webhook.
        let path = path.replace("/api/v1/integrations/{slug}/", "/api/v1/integrations/salesforce/");
        path.replace("{webhook}", "webhook").replace("{slug}", "pipedrive")
    }

    fn fill(&self, cast: &Cast, text: &str) -> String {
        text.replace("{id}", &self.id).replace("{record}", cast.opportunity())
    }

    /// Sends half of the body, runs `between`, then sends the rest.
    pub async fn send_held_back(self, cast: &Cast, person: &Player, between: impl AsyncFnOnce()) -> Seen {
        let id = self.id.clone();
        let withheld = Withheld::hold(&cast.server, self.call(cast, Some(person)).request()).await;
        between().await;
        Seen::of(&withheld.complete().await, &id)
    }

    pub async fn send(self, cast: &Cast, person: Option<&Player>) -> Seen {
        let id = self.id.clone();
        Seen::of(&cast.server.send(self.call(cast, person)).await, &id)
    }

    fn call(self, cast: &Cast, person: Option<&Player>) -> Call {
        let body = self.fill(cast, self.body.unwrap_or(self.row.body));
        let mut call = Call::new(self.row.method(), &self.path(cast)).header("accept", self.accept);
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

impl Seen {
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

    pub fn leads_to_sign_in(&self) -> bool {
        self.location.as_deref().is_some_and(|location| location.starts_with("/login"))
    }

    /// With the status; or, after a form with a file, on its page.
    pub fn is_forbidden(&self) -> bool {
        self.status == 403 || self.location.as_deref().is_some_and(|location| location.ends_with("?problem=forbidden"))
    }

    /// Whether the answer does not turn the caller away. What anyone may do has been tried by strangers.
    pub fn is_about_the_content(&self, row: &Row) -> bool {
        let is_about_the_caller = match row.who {
            Who::Anyone(status) => status != self.status && !(300..400).contains(&self.status),
            _ => matches!(self.status, 401 | 404 | 405) || self.is_forbidden() || self.leads_to_sign_in(),
        };
        !is_about_the_caller && self.status < 500
    }

    pub fn asks_to_sign_in(&self, row: &Row) -> bool {
        if row.is_page() { self.status == 303 && self.leads_to_sign_in() } else { self.status == 401 }
    }
}

/// The id as it was sent, as it was meant, and as a page writes it.
fn without(text: &str, id: &str) -> String {
    if id.is_empty() {
        return text.to_owned();
    }
    let meant = form_urlencoded::parse(format!("x={id}").as_bytes()).next().unwrap().1.into_owned();
    let written = meant.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [written.as_str(), meant.as_str(), id].iter().fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}
