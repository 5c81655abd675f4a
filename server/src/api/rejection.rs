//! Responses to requests that a layer rejects, in the format that the client accepts.

use super::problem::ApiError;
use app::Fault;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use lexicontract::domain::problem::{Invalid, Problem};
use url::form_urlencoded;

/// The parts of a request that determine the format of the response.
pub struct Rejection {
    method: Method,
    uri: Uri,
    accepts_html: bool,
}

impl Rejection {
    pub fn of<B>(request: &http::Request<B>) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone(), accepts_html: accepts_html(request.headers()) }
    }

    /// Responds to programs with a problem. Redirects browsers to the sign-in page, or to the page that shows the rejection.
    pub fn into_response(self, problem: Problem) -> Response {
        let path = self.uri.path();
        let is_api = path == "/api" || path.starts_with("/api/");
        let is_read = matches!(self.method, Method::GET | Method::HEAD);
        match problem {
            _ if is_api => ApiError::from(problem).into_response(),
            Problem::NotSignedIn if is_read => Redirect::to(&sign_in_address(&self.uri)).into_response(),
            Problem::NotSignedIn if self.accepts_html => Redirect::to("/login").into_response(),
            // No redirect, because the request was not sent by a form of this site.
            Problem::CrossOrigin | Problem::UnsupportedMediaType | Problem::Invalid(Invalid::Body) if self.accepts_html => {
                ApiError::from(problem).into_response()
            }
            _ if path.starts_with("/actions/") && self.accepts_html => {
                Redirect::to(&format!("{}?problem={}", form_page(path), problem.code())).into_response()
            }
            _ if path.starts_with("/actions/") => server_function_error(problem),
            _ => ApiError::from(problem).into_response(),
        }
    }
}

/// The error of a server function, in the format that islands (interactive components in the browser) expect.
fn server_function_error(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = problem.retry_after_seconds().map(|seconds| [(RETRY_AFTER, HeaderValue::from(seconds))]);
    (status, retry_after, axum::Json(Fault::Problem(problem))).into_response()
}

/// Path of the page that shows the rejection of an action.
fn form_page(path: &str) -> &'static str {
    match path {
        "/actions/register" => "/register",
        "/actions/sign_in" | "/actions/accept_invitation" => "/login",
        "/actions/change_password" => "/account",
        "/actions/start_connect_link" => "/connect",
        _ => "/integrations",
    }
}

/// True if the client accepts HTML, like a browser that loads a page.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// Path of the sign-in page. The query contains the address to open after sign-in, which is always on this site.
fn sign_in_address(uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    if target == "/" || target.starts_with("//") || target.contains('\\') {
        return "/login".to_owned();
    }
    format!("/login?next={}", form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::Request;
    use http::header::LOCATION;

    fn reject(method: &str, uri: &str, accept: &str, problem: Problem) -> (StatusCode, Option<String>) {
        let request = Request::builder().method(method).uri(uri).header(ACCEPT, accept).body(Body::empty()).unwrap();
        let response = Rejection::of(&request).into_response(problem);
        let location = response.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (response.status(), location)
    }

    #[test]
    fn programs_get_a_problem_and_browsers_a_redirect() {
        let see = |address: &str| (StatusCode::SEE_OTHER, Some(address.to_owned()));
        let html = "text/html,application/xhtml+xml";
        assert_eq!(reject("GET", "/api/v1/users", html, Problem::NotSignedIn), (StatusCode::UNAUTHORIZED, None));
        assert_eq!(reject("GET", "/team", html, Problem::NotSignedIn), see("/login?next=%2Fteam"));
        assert_eq!(reject("POST", "/actions/connect", html, Problem::NotSignedIn), see("/login"));
        assert_eq!(
            reject("POST", "/actions/register", html, Problem::TooManyRequests),
            see("/register?problem=too_many_requests")
        );
        assert_eq!(reject("POST", "/actions/connect", html, Problem::CrossOrigin), (StatusCode::FORBIDDEN, None));
        let json = "application/json";
        assert_eq!(reject("POST", "/actions/connect", json, Problem::CrossOrigin), (StatusCode::FORBIDDEN, None));
    }

    #[test]
    fn the_sign_in_returns_only_to_this_site() {
        let address = |uri: &str| sign_in_address(&uri.parse().unwrap());
        assert_eq!(address("/contracts?q=a%20b&x=1"), "/login?next=%2Fcontracts%3Fq%3Da%2520b%26x%3D1");
        assert_eq!(address("//evil.example/x"), "/login");
        assert_eq!(address("/"), "/login");
    }
}
