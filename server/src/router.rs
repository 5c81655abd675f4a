//! All routes and middleware layers.

use crate::api::problem::ApiError;
use crate::api::{
    audit, auth, backlog, callback, connect_links, connections, contracts, deal_status, deliveries, download, fact_sheet,
    integrations, openapi, operations, organization, setup_package, tokens, upload, users, webhook,
};
use crate::identity::authentication;
use crate::layers::{
    authorization, client_address, detach, error_page, headers, host, idempotency, origin, panics, rejections, request_body,
    request_log, tenant_limits,
};
use crate::pages::{self, audit_file, docs, plain_form, static_files};
use crate::state::AppState;
use app::cookies::Cookie;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_request, map_response, map_response_with_state};
use axum::routing::{MethodRouter, get, post};
use lexicontract::domain::problem::Problem;
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The HTTP service without sockets. A request passes the layers from top to bottom. All layers are in one `ServiceBuilder`,
/// because the router would box each layer that is added separately.
pub fn router(state: AppState) -> Router {
    let (hub, (api, document)) = (state.hub.clone(), api(&state));
    let plain = plain_routes().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    let routes = api
        .merge(plain)
        .merge(docs::routes(document))
        .merge(static_files::routes(Path::new(&*state.leptos_options.site_root)))
        .merge(pages::routes(&state))
        .method_not_allowed_fallback(async || ApiError::from(Problem::MethodNotAllowed))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(state.clone(), detach::detach))
                .layer(from_fn(request_log::observe))
                .layer(map_response_with_state(hub.clone(), headers::add))
                .layer(from_fn_with_state(hub.clone(), host::check))
                .layer(map_request(plain_form::set_accept))
                .layer(from_fn_with_state(state.leptos_options.clone(), error_page::render))
                .layer(from_fn_with_state(hub.clone(), client_address::set))
                .layer(from_fn_with_state(hub.clone(), authentication::authenticate))
                .layer(from_fn_with_state(state.clone(), rejections::record))
                .layer(from_fn_with_state(hub.clone(), origin::require_same_origin))
                .layer(from_fn_with_state(state.clone(), authorization::authorize))
                .layer(from_fn_with_state(state.clone(), request_body::buffer))
                .layer(from_fn_with_state(state.clone(), tenant_limits::limit))
                .layer(CatchPanicLayer::custom(panics::respond))
                .layer(from_fn(idempotency::set_key)),
        )
        .with_state(state);
    // This layer wraps the whole router, because axum adds `Allow` after the layers of a route have run.
    Router::new().fallback_service(routes).layer(map_response(authorization::remove_allow_header))
}

pub fn api(state: &AppState) -> (Router<AppState>, OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::document())
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::me))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::list, users::invite))
        .routes(routes!(users::update, users::remove))
        .routes(routes!(organization::get, organization::update, organization::erase))
        .routes(routes!(organization::usage))
        .routes(routes!(audit::list))
        .routes(routes!(integrations::catalogue))
        .routes(routes!(integrations::auth))
        .routes(routes!(callback::finish))
        .routes(routes!(webhook::receive))
        .routes(routes!(webhook::receive_with_secret_in_path))
        .routes(routes!(deal_status::get))
        .routes(routes!(connections::list))
        .routes(routes!(connect_links::connect_links, connect_links::create_connect_link))
        .routes(routes!(connect_links::revoke_connect_link))
        .routes(routes!(integrations::connect, connections::get, connections::update, connections::disconnect))
        .routes(routes!(connections::reconnect))
        .routes(routes!(connections::confirm))
        .routes(routes!(connections::test))
        .routes(routes!(connections::make_webhook_secret))
        .routes(routes!(connections::end_previous_webhook_secrets))
        .routes(routes!(connections::create_outbound_secret))
        .routes(routes!(connections::end_previous_outbound_secrets))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(deliveries::refused_calls))
        .routes(routes!(deliveries::redeliver_failed))
        .routes(routes!(fact_sheet::fact_sheet))
        .routes(routes!(setup_package::download))
        .routes(routes!(connections::dry_run))
        .routes(routes!(backlog::preview, backlog::import))
        .routes(routes!(backlog::polling))
        .routes(routes!(deliveries::get))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(contracts::list, upload::create))
        .routes(routes!(contracts::get, contracts::update, contracts::erase))
        .routes(routes!(contracts::link, contracts::unlink))
        .routes(routes!(upload::create_version))
        .routes(routes!(contracts::timeline))
        .routes(routes!(contracts::change_status))
        .routes(routes!(contracts::retry_sync))
        .routes(routes!(contracts::file_version))
        .routes(routes!(contracts::deal_files))
        .routes(routes!(contracts::choose_file))
        .routes(routes!(contracts::dismiss_newer_version))
        .routes(routes!(download::version_file))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
        .routes(routes!(operations::security_txt))
        .split_for_parts();
    (router, openapi::complete(document, Cookie::Session.name(state.hub.config())))
}

/// Routes of handlers that are not in the OpenAPI document. Other modules add the routes of pages, server functions and static
/// files.
pub fn plain_routes() -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/actions/upload", post(upload::create_from_form)),
        ("/actions/upload_version/{id}", post(upload::create_version_from_form)),
        ("/settings/audit.csv", get(audit_file::download)),
        // Collections and the webhook accept paths with and without a trailing slash. The OpenAPI document contains only one of
        // the two paths.
        ("/api/v1/tokens/", get(tokens::list).post(tokens::create)),
        ("/api/v1/audit/", get(audit::list)),
        ("/api/v1/users/", get(users::list).post(users::invite)),
        ("/api/v1/integrations", get(integrations::catalogue)),
        ("/api/v1/integrations/{slug}/{webhook}/", post(webhook::receive)),
        ("/api/v1/integrations/{slug}/{webhook}/{secret}/", post(webhook::receive_with_secret_in_path)),
        ("/api/v1/integrations/organization/", get(connections::list)),
        (
            "/api/v1/integrations/organization/connect-links/",
            get(connect_links::connect_links).post(connect_links::create_connect_link),
        ),
        ("/api/v1/integrations/organization/{id}/deliveries/", get(deliveries::deliveries)),
        ("/api/v1/integrations/organization/{id}/refused-calls/", get(deliveries::refused_calls)),
        ("/api/v1/contracts", get(contracts::list).post(upload::create)),
        ("/api/v1/contracts/{id}/timeline/", get(contracts::timeline)),
    ]
}
