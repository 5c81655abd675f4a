//! The built front end and the few files beside it. File names with a hash never change their content.

use crate::{api::problem::ApiError, state::AppState};
use axum::{
    Router,
    extract::Request,
    middleware,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, VARY},
};
use lexicontract::domain::problem::Problem;
use std::path::Path;
use tower_http::services::{ServeDir, ServeFile};

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Shorter parts of a file name are versions or extensions.
const SHORTEST_HASH: usize = 8;

const FOLDERS: [&str; 3] = ["pkg", "icons", "connectors"];
const FILES: [&str; 3] = ["favicon.ico", "favicon.svg", "robots.txt"];

/// The files below the site's folder.
pub fn routes(site_root: &Path) -> Router<AppState> {
    let mut router = Router::new();
    for folder in FOLDERS {
        let files = ServeDir::new(site_root.join(folder)).precompressed_br().precompressed_gzip();
        router = router.nest_service(&format!("/{folder}"), files.append_index_html_on_directories(false));
    }
    for file in FILES {
        router = router.route_service(&format!("/{file}"), ServeFile::new(site_root.join(file)));
    }
    router.layer(middleware::from_fn(cache)).layer(middleware::map_response(explain_method))
}

/// Gives 405, which the file services answer without a body, the body of the other routes.
async fn explain_method(response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let mut problem = ApiError::from(Problem::MethodNotAllowed).into_response();
    if let Some(methods) = response.headers().get(ALLOW) {
        problem.headers_mut().insert(ALLOW, methods.clone());
    }
    problem
}

async fn cache(request: Request, next: Next) -> Response {
    let is_hashed = has_hash(request.uri().path());
    let mut response = next.run(request).await;
    if matches!(response.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED) {
        let how_long = if is_hashed { FOREVER } else { AN_HOUR };
        response.headers_mut().insert(CACHE_CONTROL, how_long);
        response.headers_mut().insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    }
    response
}

/// Whether the name is of the form `name.hash.extension`, as cargo-leptos makes them.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.');
    let (Some(_extension), Some(hash), Some(_name)) = (parts.next(), parts.next(), parts.next()) else { return false };
    hash.len() >= SHORTEST_HASH && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_forever() {
        assert!(has_hash("/pkg/lexicontract.Ab3_xY-9abcd.wasm"));
        for path in ["/pkg/lexicontract.wasm", "/pkg/lexicontract.min.js", "/favicon.ico", "/pkg/", "/pkg/jquery.3.1.js"] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
