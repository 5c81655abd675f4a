//! Gives people a page where a layer or a handler answered with a problem: a fault of ours, a database that does not answer.

use crate::{api::problem::PROBLEM_JSON, extract::saved_form, state::AppState};
use app::{ERROR_PAGE_POLICY, error_page, text::next_path::safe};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{
    HeaderName, HeaderValue, Method,
    header::{ACCEPT, ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use lexicontract::domain::problem::Problem;

/// What the status means for programs, whatever the form of the body.
const KEPT: [HeaderName; 3] = [RETRY_AFTER, ALLOW, WWW_AUTHENTICATE];

/// Replaces the problem by a page when a browser asked for one. The status stays.
pub async fn show(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let again = match asks_for_page(&request) {
        true => Some(safe(request.uri().path()).unwrap_or("/").to_owned()),
        // There is nothing to be read at the address of a form.
        false => saved_form::is_form(&request).then(|| "/".to_owned()),
    };
    let response = next.run(request).await;
    match (again, response.extensions().get::<Problem>()) {
        (Some(again), Some(problem)) if is_problem(&response) => {
            let page = error_page(&state.leptos_options, problem, &again);
            as_page(page, &response)
        }
        _ => response,
    }
}

fn asks_for_page(request: &Request) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    is_read && accept.contains("text/html") && !request.uri().path().starts_with("/api/")
}

fn is_problem(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON)
}

fn as_page(page: String, response: &Response) -> Response {
    let mut answer = (response.status(), Html(page)).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ERROR_PAGE_POLICY));
    for name in KEPT {
        if let Some(value) = response.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    answer
}
