//! From a request to a page.
//!
//! Everything is read before anything is made, and a page is made in one go: its status and its headers are still open when its content
//! is known, and there is nothing to stream.

use crate::{
    pages::{Address, Route},
    shell::shell,
};
use axum::{
    body::Body,
    response::{Html, IntoResponse},
};
use http::{Response, request::Parts};
use hydration_context::SsrSharedContext;
use leptos::{config::LeptosOptions, nonce::provide_nonce, prelude::*, reactive::computed::ScopedFuture};
use leptos_axum::ResponseOptions;
use std::sync::{Arc, PoisonError};

/// Answers with a page. `parameters` are the parts of its path that have a name; `provide` adds to the context what pages ask.
pub async fn document(
    route: &Route,
    options: &LeptosOptions,
    request: Parts,
    parameters: Vec<(String, String)>,
    provide: impl FnOnce(),
) -> Response<Body> {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let response = ResponseOptions::default();
    let making = owner.with(|| {
        provide_context(Address::new(&request.uri, parameters));
        provide_context(request);
        provide_context(response.clone());
        provide_nonce();
        provide();
        ScopedFuture::new_untracked((route.page)().make())
    });
    let made = making.await;
    let html = owner.with(|| shell(options, made).to_html());
    owner.unset_with_forced_cleanup();
    answer(html, &response)
}

fn answer(html: String, options: &ResponseOptions) -> Response<Body> {
    let mut response = Html(html).into_response();
    let parts = std::mem::take(&mut *options.0.write().unwrap_or_else(PoisonError::into_inner));
    if let Some(status) = parts.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(parts.headers);
    response
}
