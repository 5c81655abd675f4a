//! The pages and server functions of `app`, and the fallback for unknown paths.

pub mod audit_file;
pub mod docs;
pub(crate) mod plain_form;
pub mod site;
pub mod static_files;

use crate::api::problem::ApiError;
use crate::identity::authentication::Visitor;
use crate::state::AppState;
use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::request::Parts;
use http::{Method, Uri};
use leptos::prelude::provide_context;
use leptos::reactive::owner::with_context;
use leptos_axum::LeptosRoutes;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;

pub fn routes(state: &AppState) -> Router<AppState> {
    app::actions::register_all();
    let hub = state.hub.clone();
    // Adds only the routes of the server functions, because the list of pages is empty.
    let actions = Router::new().leptos_routes_with_context(state, Vec::new(), move || provide(&hub), || ());
    let with_pages = app::ROUTES.iter().fold(actions, |router, route| {
        router.route(route.path, get(async move |state, parameters, request| show(route, state, parameters, request).await))
    });
    with_pages.fallback(fallback)
}

type Parameters = Result<RawPathParams, RawPathParamsRejection>;

async fn show(route: &app::Route, State(state): State<AppState>, parameters: Parameters, request: Request) -> Response {
    // Parameters that are not UTF-8 are treated as missing.
    let parameters = parameters.iter().flat_map(RawPathParams::iter).map(|(name, value)| (name.to_owned(), value.to_owned()));
    document(&state, route, parameters.collect(), request.into_parts().0).await
}

async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    if !is_page(&request) {
        return ApiError::from(Problem::NotFound).into_response();
    }
    match without_slash(request.uri()) {
        Some(address) => Redirect::permanent(&address).into_response(),
        None => document(&state, &app::NOT_FOUND, Vec::new(), request.into_parts().0).await,
    }
}

/// Renders a page. The caller must have checked that the request is authorized.
pub async fn document(state: &AppState, route: &app::Route, parameters: Vec<(String, String)>, request: Parts) -> Response {
    app::document(route, &state.leptos_options, request, parameters, || provide(&state.hub)).await
}

fn provide(hub: &Hub) {
    let visitor = with_context(|parts: &Parts| parts.extensions.get::<Visitor>().cloned()).flatten();
    provide_context(hub.clone());
    provide_context(visitor.unwrap_or(Visitor(None)));
}

/// True if a request is for a page or a static file, not for the API or an action.
pub fn is_page(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && !is_program(request.uri().path())
}

/// True if a path belongs to the API or an action. All other paths are read-only.
pub fn is_program(path: &str) -> bool {
    matches!(path.split('/').nth(1), Some("api" | "actions"))
}

/// The address without the trailing slash. `None` if there is no trailing slash, or if the result could be another site, such as
/// `//host`.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/').filter(|path| path.len() > 1)?;
    let is_own = path.split('/').skip(1).all(|part| !part.is_empty()) && !path.contains('\\');
    is_own.then(|| uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_is_removed_without_leaving_the_site() {
        let address = |uri: &str| without_slash(&uri.parse().unwrap());
        assert_eq!(address("/contracts/").as_deref(), Some("/contracts"));
        assert_eq!(address("/contracts/ctr_1/?x=1").as_deref(), Some("/contracts/ctr_1?x=1"));
        for other in ["/", "//", "/contracts", "//evil.example/", "/a//b/", "/a\\b/"] {
            assert_eq!(other.parse::<Uri>().ok().and_then(|uri| without_slash(&uri)), None, "{other}");
        }
    }
}
