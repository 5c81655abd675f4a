//! Keyset pagination. A query reads one row more than the page size. The additional row shows that a next page exists.

use crate::domain::ids::{Id, Kind};
use crate::domain::page::{Page, PageRequest};
use crate::domain::problem::{Invalid, Problem};

/// Parses the id of the last row on the previous page; `None` for the first page.
pub(super) fn cursor<K: Kind>(page: &PageRequest) -> Result<Option<Id<K>>, Problem> {
    page.cursor.as_deref().map(str::parse).transpose().map_err(|_| Invalid::Cursor.into())
}

/// Removes the additional row and converts the remaining rows to a page.
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
