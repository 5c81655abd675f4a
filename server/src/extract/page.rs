//! Pagination of lists.

use crate::api::problem::{ApiError, Result};
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Invalid;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Number of items, 1 to 100. The default is 25.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    pub limit: Option<String>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

pub struct PageOf(pub PageRequest);

impl<S: Send + Sync> FromRequestParts<S> for PageOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(query) = Query::<PageQuery>::from_request_parts(parts, state).await.map_err(|_| Invalid::Limit)?;
        let limit = query.limit.map(|text| text.parse::<i64>()).transpose().map_err(|_| Invalid::Limit)?;
        let cursor = query.cursor.filter(|cursor| !cursor.is_empty());
        Ok(Self(PageRequest::new(limit, cursor).ok_or(Invalid::Limit)?))
    }
}
