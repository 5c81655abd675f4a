//! A form that arrives after its session has ended: the browser keeps it while its person signs in again.

use crate::{
    layers::origin::PageBefore,
    limits::request_body::{self, BodyTimeouts},
};
use app::{
    saved_form::{PAGE, SavedForm},
    session,
};
use axum::{
    extract::Request,
    response::{IntoResponse, Redirect, Response},
};
use http::{
    Method,
    header::{ACCEPT, SET_COOKIE},
};
use lexicontract::hub::Hub;
use url::form_urlencoded;

/// Larger forms are not kept.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Whether a person has sent a form of one of our pages.
pub fn is_form(request: &Request) -> bool {
    let says =
        |name, word: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).is_some_and(|v| v.contains(word));
    *request.method() == Method::POST && request.uri().path().starts_with("/actions/") && says(ACCEPT, "text/html")
}

/// Leads to the sign-in, and from there to what was not sent; when it cannot be kept, to the page that it was on.
pub async fn keep(hub: &Hub, request: Request) -> Response {
    // The session has ended, so it is the browser that says whose it was.
    let user = hub.last_account(&session::client(hub.config(), request.headers(), None));
    let (back, form) = read(request).await;
    match form.zip(user).and_then(|(form, user)| form.cookie(hub, &user)) {
        Some(cookie) => ([(SET_COOKIE, cookie)], Redirect::to(&sign_in(PAGE, ""))).into_response(),
        None => Redirect::to(&sign_in(&back, "&problem=not_signed_in")).into_response(),
    }
}

/// The page that the form was on, and the form, unless it is one with files or too long.
async fn read(request: Request) -> (String, Option<SavedForm>) {
    let action = request.uri().path().to_owned();
    let back = page_before(&request);
    let body = match request_body::is_form(request.headers()) {
        true => {
            let timeouts = BodyTimeouts::of(request.extensions());
            request_body::read(request.into_body(), MAX_BODY_BYTES, timeouts).await.ok()
        }
        false => None,
    };
    let fields: Option<Vec<(String, String)>> = body.map(|body| form_urlencoded::parse(&body.bytes).into_owned().collect());
    let back = fields.as_deref().and_then(|fields| form_page(&action, fields)).unwrap_or(back);
    let form = fields.map(|fields| SavedForm { action, back: back.clone(), fields });
    (back, form)
}

fn sign_in(next: &str, rest: &str) -> String {
    format!("/login?next={}{rest}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
}

/// The path of the page with the form. The request has been checked to come from our own origin.
fn page_before(request: &Request) -> String {
    request.extensions().get::<PageBefore>().map_or_else(|| "/integrations".to_owned(), |page| page.0.clone())
}

/// The page of a form that may have stood in a dialog on another one.
fn form_page(action: &str, fields: &[(String, String)]) -> Option<String> {
    let (_, integration) = fields.iter().find(|(name, _)| name == "integration").filter(|_| action == "/actions/connect")?;
    let slug = integration.strip_prefix("int_")?;
    slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-').then(|| format!("/integrations/connect/{slug}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::CONTENT_TYPE;

    async fn kept(path: &str, kind: &str, body: &str) -> (String, bool) {
        let request = Request::post(path)
            .header(ACCEPT, "text/html")
            .header(CONTENT_TYPE, kind)
            .extension(PageBefore("/team".to_owned()))
            .body(Body::from(body.to_owned()))
            .unwrap();
        assert!(is_form(&request));
        let (back, form) = read(request).await;
        (back, form.is_some_and(|form| form.may_be_kept()))
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn a_form_is_kept_and_a_secret_or_a_file_is_not() {
        let sent_again = ("/team".to_owned(), true);
        let done_again = ("/team".to_owned(), false);
        assert_eq!(kept("/actions/invite_user", FORM, "name=Grace&email=g%40example.com").await, sent_again);
        assert_eq!(kept("/actions/change_password", FORM, "current_password=x").await, done_again);
        let key = "integration=int_pipedrive&fields%5Bapi_key%5D=k";
        assert_eq!(kept("/actions/connect", FORM, key).await, ("/integrations/connect/pipedrive".to_owned(), false));
        assert_eq!(kept("/actions/connect", FORM, "integration=int_..%2F&fields%5Bx%5D=k").await, done_again);
        assert_eq!(kept("/actions/upload", "multipart/form-data; boundary=b", "--b--").await, done_again);
        assert_eq!(kept("/actions/invite_user", FORM, &format!("name={}", "x".repeat(20_000))).await, done_again);
    }

    #[test]
    fn what_a_program_sends_is_no_form() {
        let request = Request::post("/actions/fingerprint").header(ACCEPT, "application/json").body(Body::empty()).unwrap();
        assert!(!is_form(&request));
        assert!(!is_form(&Request::get("/actions/x").header(ACCEPT, "text/html").body(Body::empty()).unwrap()));
    }
}
