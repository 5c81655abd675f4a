//! Keeps a page current. Without WebAssembly the page is as it was when it was asked for.

use super::keep_current::keep_current;
use crate::{auto_refresh::Subject, parts::status::freshness::freshness_line};
use leptos::prelude::*;

/// Watches `subject`, whose page is at `address`.
#[island]
pub fn LivePage(
    /// What the page shows.
    subject: Subject,
    /// Its state when the page was rendered.
    known: String,
    /// Where the newer page is to be had.
    address: String,
) -> impl IntoView {
    freshness_line(keep_current(subject, known, address.clone()).into(), &address)
}
