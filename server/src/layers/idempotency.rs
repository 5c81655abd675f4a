//! Checks POST requests to server functions, and sets the idempotency key of forms with an id.

use crate::api::rejection::Rejection;
use crate::extract::saved_form::is_form;
use crate::limits::request_body::RequestBody;
use app::actions::{self, FORM_ID};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use lexicontract::services::IdempotencyKey;
use url::form_urlencoded;

/// Rejects fields and content types that the server function does not accept. Sets the extension [`IdempotencyKey`].
pub async fn set_key(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !actions::is_server_function(path) || *request.method() != Method::POST {
        return next.run(request).await;
    }
    let body = request.extensions().get::<RequestBody>().map(|body| body.0.clone()).unwrap_or_default();
    if let Err(problem) = actions::check(path, request.headers(), &body) {
        return Rejection::of(&request).into_response(problem);
    }
    if let Some(key) = key(path, &body).filter(|_| is_form(&request)) {
        request.extensions_mut().insert(key);
    }
    next.run(request).await
}

/// The idempotency key of a form with an id, derived from the id, the path and the body.
fn key(path: &str, body: &[u8]) -> Option<IdempotencyKey> {
    let (_, id) = form_urlencoded::parse(body).find(|(name, value)| name == FORM_ID && !value.is_empty())?;
    Some(IdempotencyKey::new(&id, &[path.as_bytes(), body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_form_with_an_id_has_a_key() {
        assert_eq!(key("/actions/redeliver", b"delivery=dlv_1"), None);
        assert_eq!(key("/actions/redeliver", b"delivery=dlv_1&form_id="), None);
        let first = key("/actions/redeliver", b"delivery=dlv_1&form_id=a");
        assert_eq!(first, key("/actions/redeliver", b"delivery=dlv_1&form_id=a"));
        for (path, body) in [
            ("/actions/redeliver", b"delivery=dlv_1&form_id=b"),
            ("/actions/redeliver", b"delivery=dlv_2&form_id=a"),
            ("/actions/disconnect", b"delivery=dlv_1&form_id=a"),
        ] {
            assert!(first.is_some() && key(path, body) != first, "{path}");
        }
    }
}
