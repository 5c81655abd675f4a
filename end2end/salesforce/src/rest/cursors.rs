//! Pages of query results. A cursor belongs to the access token that created it.

use super::versions::CURRENT;
use crate::random;
use serde_json::{Value, json};
use std::collections::VecDeque;

const MAX_CURSORS: usize = 100;

#[derive(Debug)]
pub struct Cursor {
    id: String,
    access_token: String,
    rows: Vec<Value>,
    page_size: usize,
}

/// Returns the first page of a query result. If there are more pages, stores a cursor for them.
pub fn first_page(cursors: &mut VecDeque<Cursor>, rows: Vec<Value>, page_size: usize, access_token: &str) -> Value {
    let letters = random::text(15).replace(['.', '_'], "0");
    let cursor = Cursor { id: format!("0r8{letters}"), access_token: access_token.to_owned(), rows, page_size: page_size.max(1) };
    let page = cursor.page(0);
    if page["done"] == false {
        if cursors.len() == MAX_CURSORS {
            cursors.pop_front();
        }
        cursors.push_back(cursor);
    }
    page
}

/// Returns a later page of a query result. Returns `None` if the access token has no cursor with this locator.
pub fn next_page(cursors: &VecDeque<Cursor>, locator: &str, access_token: &str) -> Option<Value> {
    let (id, offset) = locator.rsplit_once('-')?;
    let offset = offset.parse().ok()?;
    let cursor = cursors.iter().find(|cursor| cursor.id == id && cursor.access_token == access_token)?;
    (offset <= cursor.rows.len()).then(|| cursor.page(offset))
}

impl Cursor {
    fn page(&self, offset: usize) -> Value {
        let end = self.rows.len().min(offset.saturating_add(self.page_size));
        let is_done = end == self.rows.len();
        let mut page = json!({ "totalSize": self.rows.len(), "done": is_done, "records": self.rows[offset..end] });
        if !is_done {
            page["nextRecordsUrl"] = format!("/services/data/{CURRENT}/query/{}-{end}", self.id).into();
        }
        page
    }
}
