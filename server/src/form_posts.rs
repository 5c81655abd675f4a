//! Reads what is posted to server functions: refuses what they do not take, and recognizes a form by the id that it carries, so that
//! repeating it changes nothing.
//!
//! Here once for every action: whoever acts is handed on together with the form that asks.

use crate::{authentication::Visitor, extract::read_body, refusal::Refusal, unfinished::is_form};
use app::actions;
use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use http::Method;
use lexicontract::services::FormPost;
use url::form_urlencoded;

pub use actions::FORM_ID;

/// More than any form of ours without a file holds.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// Hands the form that asks on to whatever answers.
pub async fn recognise(request: Request, next: Next) -> Response {
    if !actions::is_server_function(request.uri().path()) || *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (refusal, is_form) = (Refusal::of(&request), is_form(&request));
    let (mut parts, body) = request.into_parts();
    let body = match read_body(body, MAX_FORM_BYTES).await {
        Ok(body) => body,
        Err(failure) => return refusal.answer(failure.0),
    };
    if let Err(problem) = actions::check(parts.uri.path(), &parts.headers, &body) {
        return refusal.answer(problem);
    }
    if let (true, Some(post), Some(visitor)) = (is_form, post(parts.uri.path(), &body), parts.extensions.get_mut::<Visitor>()) {
        visitor.0 = visitor.0.take().map(|actor| actor.with_form_post(post));
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// The post of a form that carries an id; what it is worth stands in its whole body.
fn post(path: &str, body: &[u8]) -> Option<FormPost> {
    let (_, id) = form_urlencoded::parse(body).find(|(name, value)| name == FORM_ID && !value.is_empty())?;
    Some(FormPost::new(&id, &[path.as_bytes(), body]))
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
