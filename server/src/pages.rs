//! The pages and server functions of `app`.

use crate::{api::upload, authentication::Visitor, problem::Failure, state::AppState};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::post,
};
use leptos::{config::LeptosOptions, prelude::provide_context};
use leptos_axum::LeptosRoutes;
use lexicontract::{domain::problem::Problem, hub::Hub};

/// Pages, server functions, and what answers for addresses that nobody knows.
pub fn routes(state: &AppState) -> Router<AppState> {
    app::actions::register_all();
    let (hub, options) = (state.hub.clone(), state.leptos_options.clone());
    Router::new()
        .leptos_routes_with_context(state, app::routes(), move || provide(&hub), shell(options))
        .route("/actions/upload", post(upload::create_from_form))
        .route("/actions/{*name}", post(act))
        .fallback(unknown)
}

/// What pages and actions find in their context.
fn provide(hub: &Hub) {
    provide_context(hub.clone());
    let visitor =
        leptos::prelude::use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned());
    provide_context(visitor.unwrap_or(Visitor(None)));
}

fn shell(options: LeptosOptions) -> impl Fn() -> leptos::prelude::AnyView + Clone + Send + Sync + 'static {
    use leptos::prelude::IntoAny;
    move || app::shell(options.clone()).into_any()
}

async fn act(State(state): State<AppState>, request: Request) -> Response {
    let hub = state.hub;
    leptos_axum::handle_server_fns_with_context(move || provide(&hub), request).await.into_response()
}

/// An address that nobody knows: a problem below `/api`, else a page.
async fn unknown(State(state): State<AppState>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Failure(Problem::NotFound).into_response();
    }
    let hub = state.hub;
    leptos_axum::render_app_async_with_context(move || provide(&hub), shell(state.leptos_options))(request).await
}
