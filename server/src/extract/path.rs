//! Path parameters. A malformed value gets the same 404 response as an unknown value.

use crate::api::problem::{ApiError, Result};
use axum::extract;
use http::request::Parts;
use lexicontract::domain::problem::Problem;
use std::str::FromStr;

pub struct Param<T>(pub T);

impl<T: FromStr, S: Send + Sync> extract::FromRequestParts<S> for Param<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let path = extract::Path::<String>::from_request_parts(parts, state).await;
        path.ok().and_then(|path| path.parse().ok()).map(Self).ok_or(Problem::NotFound.into())
    }
}

pub struct Params<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr, S: Send + Sync> extract::FromRequestParts<S> for Params<A, B> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let pair = extract::Path::<(String, String)>::from_request_parts(parts, state).await;
        let parse = |(first, second): (String, String)| Some(Self(first.parse().ok()?, second.parse().ok()?));
        pair.ok().and_then(|path| parse(path.0)).ok_or(Problem::NotFound.into())
    }
}
