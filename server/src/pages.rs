//! The pages and server functions of `app`, and what answers at addresses that nobody knows.

use crate::{authentication::Visitor, problem::Failure, state::AppState};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Redirect, Response},
};
use http::{Method, StatusCode, Uri, request::Parts};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::LeptosRoutes;
use lexicontract::{domain::problem::Problem, hub::Hub};

/// Pages, server functions, and the page for unknown addresses.
pub fn routes(state: &AppState) -> Router<AppState> {
    app::actions::register_all();
    let (hub, options) = (state.hub.clone(), state.leptos_options.clone());
    let context = move || provide(&hub);
    let shell = move || app::shell(options.clone());
    let not_found = leptos_axum::render_app_async_with_context(context.clone(), shell.clone());
    Router::new().leptos_routes_with_context(state, app::routes(), context, shell).fallback(move |request: Request| async move {
        if !is_page(&request) {
            return Failure(Problem::NotFound).into_response();
        }
        if let Some(address) = without_slash(request.uri()) {
            return Redirect::permanent(&address).into_response();
        }
        as_not_found(not_found(request).await)
    })
}

/// What pages and server functions find in their context.
fn provide(hub: &Hub) {
    let visitor = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned());
    provide_context(hub.clone());
    provide_context(visitor.unwrap_or(Visitor(None)));
}

fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let is_program = ["/api", "/actions"].iter().any(|prefix| path.strip_prefix(prefix).is_some_and(is_whole_segment));
    matches!(*request.method(), Method::GET | Method::HEAD) && !is_program
}

/// The address of a page without the slash that somebody put at its end. Never one that a browser takes for another site's.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/').filter(|path| path.len() > 1)?;
    let is_own = path.split('/').skip(1).all(|part| !part.is_empty()) && !path.contains('\\');
    is_own.then(|| uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

fn is_whole_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

fn as_not_found(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_leads_to_the_page_and_never_elsewhere() {
        let address = |uri: &str| without_slash(&uri.parse().unwrap());
        assert_eq!(address("/contracts/").as_deref(), Some("/contracts"));
        assert_eq!(address("/contracts/ctr_1/?x=1").as_deref(), Some("/contracts/ctr_1?x=1"));
        for other in ["/", "//", "/contracts", "//evil.example/", "/a//b/", "/a\\b/"] {
            assert_eq!(other.parse::<Uri>().ok().and_then(|uri| without_slash(&uri)), None, "{other}");
        }
    }
}
