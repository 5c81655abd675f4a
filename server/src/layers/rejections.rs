//! Records rejected requests from users and API tokens in the audit log. Requests without an identity are not recorded, because
//! they belong to no organization.

use super::request_log::pattern;
use crate::identity::authentication::Visitor;
use crate::state::AppState;
use app::context::FormRejection;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use lexicontract::domain::problem::Problem;

/// Records responses with the status 403. Also records rejected forms, whose responses are redirects.
pub async fn record(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().and_then(|visitor| visitor.0.clone());
    let Some(actor) = visitor else { return next.run(request).await };
    let (method, route) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let form = request.uri().path().starts_with("/actions/").then(FormRejection::default);
    if let Some(form) = &form {
        request.extensions_mut().insert(form.clone());
    }
    let response = next.run(request).await;
    let is_rejected = response.extensions().get::<Problem>().is_some_and(|problem| problem.status() == 403);
    if is_rejected || response.status() == StatusCode::FORBIDDEN || form.is_some_and(|form| form.is_rejected()) {
        state.hub.record_rejection(&actor, format!("{method} {}", pattern(route.as_ref())));
    }
    response
}
