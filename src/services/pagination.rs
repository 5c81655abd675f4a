//! Cuts a list that was read one item too long into a page and the place where the next one begins.

use crate::domain::{
    ids::{Id, Kind},
    page::{Page, PageRequest},
    problem::{Invalid, Problem},
};

/// Where the page begins, as an id.
pub(super) fn cursor<K: Kind>(page: &PageRequest) -> Result<Option<Id<K>>, Problem> {
    page.cursor.as_deref().map(str::parse).transpose().map_err(|_| Invalid::Cursor.into())
}

/// `rows` holds one more than the page when there is a next one.
pub(super) fn cut<Row, Item, K: Kind>(
    mut rows: Vec<Row>,
    page: &PageRequest,
    id: impl Fn(&Row) -> &Id<K>,
    item: impl Fn(Row) -> Item,
) -> Page<Item> {
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| has_more).map(|row| id(row).to_string());
    Page { items: rows.into_iter().map(item).collect(), next_cursor }
}
