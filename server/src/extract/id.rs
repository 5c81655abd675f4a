//! Ids in paths: one that is malformed is answered exactly like one that is unknown.

use crate::api::problem::ApiError;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use lexicontract::domain::{
    ids::{Id, Kind},
    problem::Problem,
};
use serde::de::DeserializeOwned;

/// The one id of a path.
pub struct PathId<K>(pub Id<K>);

impl<K: Kind, S: Send + Sync> FromRequestParts<S> for PathId<K> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::from(Problem::NotFound))?;
        text.parse().map(Self).map_err(|_| ApiError::from(Problem::NotFound))
    }
}

/// Texts of a path, such as slugs; what is not UTF-8 is as unknown as any other.
pub struct PathText<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathText<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(texts) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| ApiError::from(Problem::NotFound))?;
        Ok(Self(texts))
    }
}

/// An id and, behind it, a number.
pub struct PathIdAndNumber<K>(pub Id<K>, pub i64);

impl<K: Kind, S: Send + Sync> FromRequestParts<S> for PathIdAndNumber<K> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let not_found = || ApiError::from(Problem::NotFound);
        let Path((id, number)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        Ok(Self(id.parse().map_err(|_| not_found())?, number.parse().map_err(|_| not_found())?))
    }
}
