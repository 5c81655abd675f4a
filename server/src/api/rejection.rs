//! What a layer answers when it lets a request no further, in the form that the caller reads.

use super::problem::ApiError;
use app::Fault;
use axum::response::{IntoResponse, Redirect, Response};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri,
    header::{ACCEPT, RETRY_AFTER},
};
use lexicontract::domain::problem::{Invalid, Problem};
use url::form_urlencoded;

/// What of a request decides the form of the answer.
pub struct Rejection {
    method: Method,
    uri: Uri,
    wants_html: bool,
}

impl Rejection {
    /// Remembers the form in which the caller of this request reads answers.
    pub fn of<B>(request: &http::Request<B>) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone(), wants_html: accepts_html(request.headers()) }
    }

    /// Programs get a problem. Browsers get a page: the one to sign in on, or the one whose form was posted.
    pub fn answer(self, problem: Problem) -> Response {
        let path = self.uri.path();
        let is_api = path == "/api" || path.starts_with("/api/");
        let is_read = matches!(self.method, Method::GET | Method::HEAD);
        match problem {
            _ if is_api => ApiError::from(problem).into_response(),
            Problem::NotSignedIn if is_read => see_other(&sign_in_address(&self.uri)),
            Problem::NotSignedIn if self.wants_html => see_other("/login"),
            // Whoever is led here from elsewhere has no form of ours to go back to.
            Problem::CrossOrigin if self.wants_html => ApiError::from(problem).into_response(),
            // None of our forms is like that.
            Problem::UnsupportedMediaType | Problem::Invalid(Invalid::Body) if self.wants_html => {
                ApiError::from(problem).into_response()
            }
            _ if path.starts_with("/actions/") && self.wants_html => {
                see_other(&format!("{}?problem={}", form_page(path), problem.code()))
            }
            _ if path.starts_with("/actions/") => fault(problem),
            _ => ApiError::from(problem).into_response(),
        }
    }
}

/// What islands read: the error of a server function.
fn fault(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = problem.retry_after_seconds();
    let mut response = (status, axum::Json(Fault::Problem(problem))).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// The page that the form of an action is on, as far as a layer refuses it.
fn form_page(path: &str) -> &'static str {
    match path {
        "/actions/register" => "/register",
        "/actions/sign_in" | "/actions/accept_invitation" => "/login",
        "/actions/change_password" => "/account",
        _ => "/integrations",
    }
}

/// Whether a browser shows the answer as a page.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// The sign-in page with the way back. The path is our own: it begins with one slash, never two.
fn sign_in_address(uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    match target {
        "/" => "/login".to_owned(),
        _ if target.starts_with("//") || target.contains('\\') => "/login".to_owned(),
        _ => format!("/login?next={}", form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::{Request, header::LOCATION};

    fn answer(method: &str, uri: &str, accept: &str, problem: Problem) -> (StatusCode, Option<String>) {
        let request = Request::builder().method(method).uri(uri).header(ACCEPT, accept).body(Body::empty()).unwrap();
        let response = Rejection::of(&request).answer(problem);
        let location = response.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (response.status(), location)
    }

    #[test]
    fn programs_get_a_status_and_browsers_a_page() {
        let see = |address: &str| (StatusCode::SEE_OTHER, Some(address.to_owned()));
        let html = "text/html,application/xhtml+xml";
        assert_eq!(answer("GET", "/api/v1/users", html, Problem::NotSignedIn), (StatusCode::UNAUTHORIZED, None));
        assert_eq!(answer("GET", "/team", html, Problem::NotSignedIn), see("/login?next=%2Fteam"));
        assert_eq!(answer("POST", "/actions/connect", html, Problem::NotSignedIn), see("/login"));
        assert_eq!(
            answer("POST", "/actions/register", html, Problem::TooManyRequests),
            see("/register?problem=too_many_requests")
        );
        assert_eq!(answer("POST", "/actions/connect", html, Problem::CrossOrigin), (StatusCode::FORBIDDEN, None));
        let json = "application/json";
        assert_eq!(answer("POST", "/actions/connect", json, Problem::CrossOrigin), (StatusCode::FORBIDDEN, None));
    }

    #[test]
    fn the_way_back_never_leaves_this_site() {
        let address = |uri: &str| sign_in_address(&uri.parse().unwrap());
        assert_eq!(address("/contracts?q=a%20b&x=1"), "/login?next=%2Fcontracts%3Fq%3Da%2520b%26x%3D1");
        assert_eq!(address("//evil.example/x"), "/login");
        assert_eq!(address("/"), "/login");
    }
}
