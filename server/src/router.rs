//! Every route and every layer.

use crate::{
    api::{
        audit, auth, callback, connections, contracts, deliveries, download, health, integrations, openapi, organization,
        problem::ApiError, security_txt, setup_package, tokens, upload, users, webhook,
    },
    identity::authentication,
    layers::{
        authorization, client_address, detach, error_page, headers, host, idempotency, origin, panics, rejected_form, request_log,
    },
    limits::{request_body, tenant_limits},
    pages::{self, audit_file, docs, plain_form, static_files},
    state::AppState,
};
use app::cookies::Cookie;
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state, map_response},
    routing::{MethodRouter, get, post},
};
use lexicontract::domain::problem::Problem;
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The whole server but its sockets. Of the layers, the first one listed sees a request first. They are one stack, because the router
/// boxes what it is given each by each.
pub fn router(state: AppState) -> Router {
    let (api, document) = api(&state);
    let plain = plain_routes().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    let routes = api
        .merge(plain)
        .merge(docs::routes(document))
        .merge(static_files::routes(Path::new(&*state.leptos_options.site_root)))
        .merge(pages::routes(&state))
        .method_not_allowed_fallback(async || ApiError::from(Problem::MethodNotAllowed))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(state.clone(), detach::run_to_the_end))
                .layer(from_fn(request_log::observe))
                .layer(from_fn_with_state(state.clone(), headers::secure))
                .layer(from_fn_with_state(state.clone(), host::require_own))
                .layer(from_fn(plain_form::complete))
                .layer(from_fn_with_state(state.clone(), error_page::show))
                .layer(from_fn_with_state(state.clone(), client_address::remember))
                .layer(from_fn_with_state(state.clone(), authentication::authenticate))
                .layer(from_fn_with_state(state.clone(), rejected_form::record))
                .layer(from_fn_with_state(state.clone(), origin::require_same_origin))
                .layer(from_fn_with_state(state.clone(), authorization::admit))
                .layer(from_fn_with_state(state.clone(), request_body::buffer))
                .layer(from_fn_with_state(state.clone(), tenant_limits::share))
                .layer(CatchPanicLayer::custom(panics::answer))
                .layer(from_fn(idempotency::recognise)),
        )
        .with_state(state);
    // A route adds `Allow` outside its layers.
    Router::new().fallback_service(routes).layer(map_response(authorization::hide_methods))
}

/// The API and the document that describes it. A route is added here once, and is in both.
pub fn api(state: &AppState) -> (Router<AppState>, OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::beginning())
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::me))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::list, users::invite))
        .routes(routes!(users::update, users::remove))
        .routes(routes!(organization::get, organization::update))
        .routes(routes!(organization::usage))
        .routes(routes!(audit::list))
        .routes(routes!(integrations::catalogue))
        .routes(routes!(integrations::auth))
        .routes(routes!(callback::finish))
        .routes(routes!(webhook::receive))
        .routes(routes!(connections::list))
        .routes(routes!(integrations::connect, connections::get, connections::update, connections::disconnect))
        .routes(routes!(connections::reconnect))
        .routes(routes!(connections::confirm))
        .routes(routes!(connections::test))
        .routes(routes!(connections::make_webhook_secret))
        .routes(routes!(connections::end_previous_webhook_secrets))
        .routes(routes!(connections::deliveries))
        .routes(routes!(setup_package::download))
        .routes(routes!(connections::dry_run))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(contracts::list, upload::create))
        .routes(routes!(contracts::get))
        .routes(routes!(contracts::timeline))
        .routes(routes!(contracts::change_status))
        .routes(routes!(contracts::retry_sync))
        .routes(routes!(download::version_file))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(security_txt::security_txt))
        .split_for_parts();
    (router, openapi::complete(document, Cookie::Session.name(state.hub.config())))
}

/// Every route that the document does not name. Tests go through this list and through the document, and no others are allowed.
pub fn plain_routes() -> Vec<(&'static str, MethodRouter<AppState>)> {
    let mut routes = other_slash();
    routes.push(("/actions/upload", post(upload::create_from_form)));
    routes.push(("/settings/audit.csv", get(audit_file::download)));
    routes
}

/// Collections and the webhook answer with and without a slash at the end. The document has the form of the contract.
fn other_slash() -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/api/v1/tokens/", get(tokens::list).post(tokens::create)),
        ("/api/v1/audit/", get(audit::list)),
        ("/api/v1/users/", get(users::list).post(users::invite)),
        ("/api/v1/integrations", get(integrations::catalogue)),
        ("/api/v1/integrations/{slug}/{webhook}/", post(webhook::receive)),
        ("/api/v1/integrations/organization/", get(connections::list)),
        ("/api/v1/integrations/organization/{id}/deliveries/", get(connections::deliveries)),
        ("/api/v1/contracts", get(contracts::list).post(upload::create)),
        ("/api/v1/contracts/{id}/timeline/", get(contracts::timeline)),
    ]
}
