//! Forms that a user submits after the session has ended. An encrypted cookie keeps the form until the user has signed in again.

use crate::api::rejection::accepts_html;
use crate::layers::origin::PageBefore;
use crate::limits::request_body::{self, BodyTimeouts};
use app::saved_form::{PAGE, SavedForm};
use app::session;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use http::header::SET_COOKIE;
use lexicontract::hub::Hub;
use url::form_urlencoded;

/// Size limit of a saved form. Larger forms are not saved.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// True if the request is an HTML form that a browser submits to an action.
pub fn is_form(request: &Request) -> bool {
    let is_action = request.uri().path().starts_with("/actions/");
    *request.method() == Method::POST && is_action && accepts_html(request.headers())
}

/// Saves the form, and redirects to the sign-in page. After sign-in, the user sees the saved form. If the form could not be
/// saved, the user sees the page with the empty form.
pub async fn keep(hub: &Hub, request: Request) -> Response {
    // The user is the last account that signed in with this browser.
    let user = hub.last_account(&session::client(hub.config(), request.headers(), None));
    let (back, form) = read(request).await;
    match form.zip(user).and_then(|(form, user)| form.cookie(hub, &user)) {
        Some(cookie) => ([(SET_COOKIE, cookie)], Redirect::to(&sign_in(PAGE, ""))).into_response(),
        None => Redirect::to(&sign_in(&back, "&problem=not_signed_in")).into_response(),
    }
}

/// Returns the path of the page with the form, and the submitted form. The form is `None` if it contains files or is too large.
async fn read(request: Request) -> (String, Option<SavedForm>) {
    let action = request.uri().path().to_owned();
    let page = request.extensions().get::<PageBefore>();
    let back = page.map_or_else(|| "/integrations".to_owned(), |page| page.0.clone());
    let mut body = None;
    if request_body::is_form(request.headers()) {
        let timeouts = BodyTimeouts::of(request.extensions());
        body = request_body::read(request.into_body(), MAX_BODY_BYTES, timeouts).await.ok();
    }
    let fields: Option<Vec<(String, String)>> = body.map(|body| form_urlencoded::parse(&body.bytes).into_owned().collect());
    let back = fields.as_deref().and_then(|fields| form_page(&action, fields)).unwrap_or(back);
    let form = fields.map(|fields| SavedForm { action, back: back.clone(), fields });
    (back, form)
}

fn sign_in(next: &str, rest: &str) -> String {
    format!("/login?next={}{rest}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
}

/// Path of the page that contains only the form to connect an integration. Users can also submit this form from a dialog, and a
/// dialog has no path.
fn form_page(action: &str, fields: &[(String, String)]) -> Option<String> {
    let (_, integration) = fields.iter().find(|(name, _)| name == "integration").filter(|_| action == "/actions/connect")?;
    let slug = integration.strip_prefix("int_")?;
    slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-').then(|| format!("/integrations/connect/{slug}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::{ACCEPT, CONTENT_TYPE};

    async fn read_form(path: &str, kind: &str, body: &str) -> (String, bool) {
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
    async fn forms_with_secrets_or_files_are_not_kept() {
        let saved = ("/team".to_owned(), true);
        let not_saved = ("/team".to_owned(), false);
        assert_eq!(read_form("/actions/invite_user", FORM, "name=Grace&email=g%40example.com").await, saved);
        assert_eq!(read_form("/actions/change_password", FORM, "current_password=x").await, not_saved);
        let key = "integration=int_pipedrive&fields%5Bapi_key%5D=k";
        assert_eq!(read_form("/actions/connect", FORM, key).await, ("/integrations/connect/pipedrive".to_owned(), false));
        assert_eq!(read_form("/actions/connect", FORM, "integration=int_..%2F&fields%5Bx%5D=k").await, not_saved);
        assert_eq!(read_form("/actions/upload", "multipart/form-data; boundary=b", "--b--").await, not_saved);
        assert_eq!(read_form("/actions/invite_user", FORM, &format!("name={}", "x".repeat(20_000))).await, not_saved);
    }

    #[test]
    fn request_of_a_program_is_not_a_form() {
        let request = Request::post("/actions/fingerprint").header(ACCEPT, "application/json").body(Body::empty()).unwrap();
        assert!(!is_form(&request));
        assert!(!is_form(&Request::get("/actions/x").header(ACCEPT, "text/html").body(Body::empty()).unwrap()));
    }
}
