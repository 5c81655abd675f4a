//! Pagination of lists.

use crate::api::problem::{ApiError, Result};
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use lexicontract::domain::{page::PageRequest, problem::Invalid};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Number of items, 1 to 100. The default is 25.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    pub limit: Option<String>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl PageQuery {
    fn page(self) -> Result<PageRequest> {
        let limit = self.limit.map(|text| text.parse::<i64>()).transpose().map_err(|_| Invalid::Limit)?;
        let cursor = self.cursor.filter(|cursor| !cursor.is_empty());
        PageRequest::new(limit, cursor).ok_or_else(|| Invalid::Limit.into())
    }
}

/// The page of a list that the query string requests.
pub struct PageOf(pub PageRequest);

impl<S: Send + Sync> FromRequestParts<S> for PageOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(query) = Query::<PageQuery>::from_request_parts(parts, state).await.map_err(|_| Invalid::Limit)?;
        query.page().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::problem::Problem;

    fn limit(text: &str) -> std::result::Result<i64, Problem> {
        PageQuery { limit: Some(text.to_owned()), cursor: None }.page().map(|page| page.limit()).map_err(ApiError::report)
    }

    #[test]
    fn the_limit_is_a_number_from_1_to_100() {
        assert_eq!(limit("1"), Ok(1));
        assert_eq!(limit("100"), Ok(100));
        for text in ["0", "101", "-1", "x", "", "1.5", "99999999999999999999"] {
            assert_eq!(limit(text), Err(Problem::Invalid(Invalid::Limit)), "{text}");
        }
        assert_eq!(PageQuery::default().page().unwrap().limit(), 25);
    }
}
