//! Limits the concurrent requests of each organization. This layer does not limit requests without an identity.

use crate::api::rejection::Rejection;
use crate::identity::authentication::Visitor;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let Some(organization) = visitor.and_then(|visitor| Some(visitor.0.as_ref()?.organization_id.clone())) else {
        return next.run(request).await;
    };
    match state.tenant_limits.requests.acquire(&organization).await {
        Ok(_permit) => next.run(request).await,
        Err(problem) => Rejection::of(&request).into_response(problem),
    }
}
