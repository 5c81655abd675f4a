//! Replaces a problem response with an HTML page if a browser requested a page.

use crate::api::problem::PROBLEM_JSON;
use crate::api::rejection::accepts_html;
use crate::extract::saved_form;
use app::text::url::safe;
use app::{ERROR_PAGE_POLICY, error_page};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::header::{ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method};
use leptos::config::LeptosOptions;
use lexicontract::domain::problem::Problem;

const KEPT: [HeaderName; 3] = [RETRY_AFTER, ALLOW, WWW_AUTHENTICATE];

pub async fn render(State(options): State<LeptosOptions>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let retry_path = if is_read && accepts_html(request.headers()) && !path.starts_with("/api/") {
        Some(safe(path).unwrap_or("/").to_owned())
    } else {
        // The retry link is `/`, because the address of an action cannot be opened as a page.
        saved_form::is_form(&request).then(|| "/".to_owned())
    };
    let response = next.run(request).await;
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    match (retry_path, response.extensions().get::<Problem>()) {
        (Some(retry_path), Some(problem)) if is_problem => with_body(&response, error_page(&options, problem, &retry_path)),
        _ => response,
    }
}

fn with_body(problem: &Response, page: String) -> Response {
    let mut response = (problem.status(), Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ERROR_PAGE_POLICY));
    headers.extend(KEPT.into_iter().filter_map(|name| problem.headers().get(&name).cloned().map(|value| (name, value))));
    response
}
