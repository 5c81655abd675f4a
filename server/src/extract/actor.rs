//! Who is calling, in handlers that nobody may call without an identity.

use crate::{authentication::Visitor, problem::Failure};
use axum::extract::FromRequestParts;
use http::request::Parts;
use lexicontract::{domain::problem::Problem, services::Actor};

/// The caller. The access rule lets nobody through without one; this asks again, so that a route cannot forget it.
pub struct Caller(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let visitor = parts.extensions.get::<Visitor>();
        visitor.and_then(|visitor| visitor.0.clone()).map(Self).ok_or(Failure(Problem::NotSignedIn))
    }
}
