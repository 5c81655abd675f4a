//! The built front end and other static files. Files with a hash in their name never change, so they can be cached permanently.

use crate::api::problem::ApiError;
use crate::state::AppState;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, VARY};
use http::{HeaderValue, StatusCode};
use lexicontract::domain::problem::Problem;
use std::path::Path;
use tower_http::services::{ServeDir, ServeFile};

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ONE_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Minimum length of a hash. Shorter parts of a file name are versions or extensions.
const SHORTEST_HASH: usize = 8;

const FOLDERS: [&str; 3] = ["pkg", "icons", "connectors"];
const FILES: [&str; 3] = ["favicon.ico", "favicon.svg", "robots.txt"];

pub fn routes(site_root: &Path) -> Router<AppState> {
    let mut router = Router::new();
    for folder in FOLDERS {
        let files = ServeDir::new(site_root.join(folder)).precompressed_br().precompressed_gzip();
        router = router.nest_service(&format!("/{folder}"), files.append_index_html_on_directories(false));
    }
    for file in FILES {
        router = router.route_service(&format!("/{file}"), ServeFile::new(site_root.join(file)));
    }
    router.layer(middleware::from_fn(cache)).layer(middleware::map_response(add_problem))
}

/// Adds a problem body to 405 responses from the file services.
async fn add_problem(response: Response) -> Response {
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
        response.headers_mut().insert(CACHE_CONTROL, if is_hashed { IMMUTABLE } else { ONE_HOUR });
        response.headers_mut().insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    }
    response
}

/// True if the name has the form `name.hash.extension`, which cargo-leptos generates.
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
    fn only_names_with_a_hash_are_immutable() {
        assert!(has_hash("/pkg/lexicontract.Ab3_xY-9abcd.wasm"));
        for path in ["/pkg/lexicontract.wasm", "/pkg/lexicontract.min.js", "/favicon.ico", "/pkg/", "/pkg/jquery.3.1.js"] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
