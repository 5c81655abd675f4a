//! Extractors for the hub and a caller with a role. The role is checked before the body is read, so a caller without the role gets
//! 403 instead of errors about the body.

use crate::api::problem::{ApiError, Result};
use crate::identity::authentication::Visitor;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use lexicontract::services::Actor;

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident $role:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub Hub, pub Actor);

        impl<S: Send + Sync> FromRequestParts<S> for $name
        where
            Hub: FromRef<S>,
        {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
                let actor = parts.extensions.get::<Visitor>().and_then(|visitor| visitor.0.clone()).ok_or(Problem::NotSignedIn)?;
                actor.require(Role::$role)?;
                Ok(Self(Hub::from_ref(state), actor))
            }
        }
    )*};
}

callers! {
    /// A caller with any role. Requests without an identity get 401.
    Caller Viewer;
    Member Member;
    Admin Admin;
}
