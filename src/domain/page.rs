//! One page of a long list.

use serde::{Deserialize, Serialize};

/// Up to `limit` items and where the next page begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in the order the list promises.
    pub items: Vec<T>,
    /// Passed back as `cursor` it gives the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

/// How many items a page holds when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 25;
/// The most a page may hold.
pub const MAX_LIMIT: i64 = 100;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    limit: i64,
    /// Where the page begins: the `next_cursor` of the page before it.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// `None` when `limit` is outside 1 to [`MAX_LIMIT`].
    pub fn new(limit: Option<i64>, cursor: Option<String>) -> Option<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        (1..=MAX_LIMIT).contains(&limit).then_some(Self { limit, cursor })
    }

    /// How many items the page may hold.
    pub fn limit(&self) -> i64 {
        self.limit
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, cursor: None }
    }
}
