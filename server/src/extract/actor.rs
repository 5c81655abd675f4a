//! Extractors for the caller and the caller's role. They run before the body is read, so a caller without the required role gets
//! 403 instead of errors about the body.

use crate::{
    api::problem::{ApiError, Result},
    identity::authentication::Visitor,
};
use axum::extract::FromRequestParts;
use http::request::Parts;
use lexicontract::{
    domain::{account::users::Role, problem::Problem},
    services::Actor,
};

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident $role:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub Actor);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
                let actor = parts.extensions.get::<Visitor>().and_then(|visitor| visitor.0.clone()).ok_or(Problem::NotSignedIn)?;
                actor.require(Role::$role)?;
                Ok(Self(actor))
            }
        }
    )*};
}

callers! {
    /// A caller with any role. The authorization layer has already rejected callers without an identity; this extractor checks
    /// again.
    Caller Viewer;
    Member Member;
    Admin Admin;
}
