//! Cursor pagination.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `null` on the last page.
    pub next_cursor: Option<String>,
}

pub const DEFAULT_LIMIT: i64 = 25;
pub const MAX_LIMIT: i64 = 100;

#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    limit: i64,
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Creates a request; `None` if `limit` is not from 1 to [`MAX_LIMIT`].
    pub fn new(limit: Option<i64>, cursor: Option<String>) -> Option<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        (1..=MAX_LIMIT).contains(&limit).then_some(Self { limit, cursor })
    }

    /// Creates a request for the page at `cursor` with the default size. `None` requests the first page.
    pub fn at(cursor: Option<String>) -> Self {
        Self { cursor, ..Self::default() }
    }

    pub fn limit(&self) -> i64 {
        self.limit
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, cursor: None }
    }
}
