//! Values that a page shows exactly once, after the form that created them has redirected to the page.
//!
//! The values are stored in encrypted cookies that expire after a minute. Each cookie belongs to one session and one page, and
//! showing the page deletes the cookie. The values are never in an address or in the server's memory. They therefore work without
//! JavaScript and with any number of servers.

use crate::{
    context::{hub, visitor},
    cookies::{append, seal, take as take_cookie},
};
use lexicontract::services::SealedCookie;

pub(crate) fn keep(page: &str, value: &str) {
    let Some(actor) = visitor().0 else { return };
    append(seal(&hub(), SealedCookie::Once { session: &actor.via, page }, value));
}

/// Returns the value that was kept for the page at `page`, and deletes its cookie.
pub(crate) fn take(page: &str) -> Option<String> {
    take_cookie(SealedCookie::Once { session: &visitor().0?.via, page })
}
