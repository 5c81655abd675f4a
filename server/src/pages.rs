//! The pages and server functions of `app`, and what answers at addresses that nobody knows.

use crate::{api::upload, audit_file, authentication::Visitor, problem::Failure, state::AppState};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{Method, StatusCode, request::Parts};
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
    Router::new()
        .leptos_routes_with_context(state, app::routes(), context, shell)
        .route("/actions/upload", post(upload::create_from_form))
        .route("/settings/audit.csv", get(audit_file::download))
        .fallback(move |request: Request| async move {
            if !is_page(&request) {
                return Failure(Problem::NotFound).into_response();
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

fn is_whole_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

fn as_not_found(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
