//! Who is calling, in handlers that nobody may call without an identity.

use crate::{api::problem::ApiError, identity::authentication::Visitor};
use axum::extract::FromRequestParts;
use http::request::Parts;
use lexicontract::{
    domain::{account::users::Role, problem::Problem},
    services::Actor,
};

/// The caller. The access rule lets nobody through without one; this asks again, so that a route cannot forget it.
pub struct Caller(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let visitor = parts.extensions.get::<Visitor>();
        visitor.and_then(|visitor| visitor.0.clone()).map(Self).ok_or(ApiError::from(Problem::NotSignedIn))
    }
}

/// A caller who works on contracts. Asked before the body is read: who may not do it learns nothing about what would be accepted.
pub struct Member(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        with_role(parts, state, Role::Member).await.map(Self)
    }
}

/// A caller who administers the organization. Asked before the body is read, too.
pub struct Admin(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        with_role(parts, state, Role::Admin).await.map(Self)
    }
}

async fn with_role<S: Send + Sync>(parts: &mut Parts, state: &S, role: Role) -> Result<Actor, ApiError> {
    let Caller(actor) = Caller::from_request_parts(parts, state).await?;
    actor.require(role)?;
    Ok(actor)
}
