//! Reads what is posted to server functions: refuses what they do not take, and recognizes a form by the id that it carries, so that
//! repeating it changes nothing.
//!
//! The idempotency key travels in the request's extensions, separate from the user.

use crate::{api::rejection::Rejection, extract::saved_form::is_form, limits::request_body::RequestBody};
use app::actions;
use axum::{extract::Request, middleware::Next, response::Response};
use http::Method;
use lexicontract::services::IdempotencyKey;
use url::form_urlencoded;

pub use actions::FORM_ID;

/// Hands the form that asks on to whatever answers.
pub async fn recognise(mut request: Request, next: Next) -> Response {
    if !actions::is_server_function(request.uri().path()) || *request.method() != Method::POST {
        return next.run(request).await;
    }
    let body = request.extensions().get::<RequestBody>().map(|body| body.0.clone()).unwrap_or_default();
    if let Err(problem) = actions::check(request.uri().path(), request.headers(), &body) {
        return Rejection::of(&request).answer(problem);
    }
    let post = post(request.uri().path(), &body).filter(|_| is_form(&request));
    if let Some(post) = post {
        request.extensions_mut().insert(post);
    }
    next.run(request).await
}

/// The post of a form that carries an id; what it is worth stands in its whole body.
fn post(path: &str, body: &[u8]) -> Option<IdempotencyKey> {
    let (_, id) = form_urlencoded::parse(body).find(|(name, value)| name == FORM_ID && !value.is_empty())?;
    Some(IdempotencyKey::new(&id, &[path.as_bytes(), body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_form_with_an_id_is_recognised() {
        assert_eq!(post("/actions/redeliver", b"delivery=dlv_1"), None);
        assert_eq!(post("/actions/redeliver", b"delivery=dlv_1&form_id="), None);
        let first = post("/actions/redeliver", b"delivery=dlv_1&form_id=a");
        assert_eq!(first, post("/actions/redeliver", b"delivery=dlv_1&form_id=a"));
        for (path, body) in [
            ("/actions/redeliver", b"delivery=dlv_1&form_id=b"),
            ("/actions/redeliver", b"delivery=dlv_2&form_id=a"),
            ("/actions/disconnect", b"delivery=dlv_1&form_id=a"),
        ] {
            assert!(first.is_some() && post(path, body) != first, "{path}");
        }
    }
}
