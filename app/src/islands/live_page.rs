use super::polling::poll;
use crate::auto_refresh::Subject;
use crate::parts::freshness_line;
use leptos::prelude::*;

/// Keeps a page up to date: polls `subject` for changes, and shows a message while the page cannot be updated.
#[island]
pub fn LivePage(
    subject: Subject,
    /// Fingerprint of the data in the rendered page.
    known: String,
    /// URL from which the island fetches the page again.
    address: String,
) -> impl IntoView {
    freshness_line(poll(subject, known, address.clone()).into(), &address)
}
