//! Limits the concurrent requests of each organization. Other limits apply to requests without an identity.

use crate::{api::rejection::Rejection, identity::authentication::Visitor, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

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
