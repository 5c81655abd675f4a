//! The island that keeps a page up to date.

use super::polling::poll;
use crate::{auto_refresh::Subject, parts::freshness_line};
use leptos::prelude::*;

/// Polls `subject` for changes, and shows a message while the page cannot be updated.
#[island]
pub fn LivePage(
    subject: Subject,
    /// The fingerprint of the data in the rendered page.
    known: String,
    /// The address from which the island fetches the page again.
    address: String,
) -> impl IntoView {
    freshness_line(poll(subject, known, address.clone()).into(), &address)
}
