use crate::pages::{Address, Route};
use crate::shell::shell;
use axum::body::Body;
use axum::response::{Html, IntoResponse};
use http::Response;
use http::request::Parts;
use hydration_context::SsrSharedContext;
use leptos::config::LeptosOptions;
use leptos::nonce::provide_nonce;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;
use std::sync::{Arc, PoisonError};

/// Renders a page. `parameters` contains the names and values of the path parameters. `provide` adds values to the Leptos
/// context.
///
/// The content of a page can set the status and headers, because the page reads all data before it renders and the response is
/// not streamed.
pub async fn document(
    route: &Route,
    options: &LeptosOptions,
    request: Parts,
    parameters: Vec<(String, String)>,
    provide: impl FnOnce(),
) -> Response<Body> {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let response = ResponseOptions::default();
    let rendering = owner.with(|| {
        provide_context(Address::new(&request.uri, parameters));
        provide_context(request);
        provide_context(response.clone());
        provide_nonce();
        provide();
        ScopedFuture::new_untracked((route.page)().render())
    });
    let page = rendering.await;
    let html = owner.with(|| shell(options, page).to_html());
    owner.unset_with_forced_cleanup();
    with_options(html, &response)
}

fn with_options(html: String, options: &ResponseOptions) -> Response<Body> {
    let mut response = Html(html).into_response();
    let parts = std::mem::take(&mut *options.0.write().unwrap_or_else(PoisonError::into_inner));
    if let Some(status) = parts.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(parts.headers);
    response
}
