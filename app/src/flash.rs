//! Values that a page shows exactly once, after the form that created them has redirected to the page.
//!
//! Each value is stored in an encrypted cookie that belongs to one session and one page and expires after a minute. Showing the
//! page deletes the cookie. Values are stored neither in addresses nor in the memory of a server.

use crate::context::{hub, visitor};
use crate::cookies::{append, seal, take as take_cookie};
use lexicontract::services::SealedCookie;

pub(crate) fn keep(page: &str, value: &str) {
    let Some(actor) = visitor().0 else { return };
    append(seal(&hub(), SealedCookie::Once { session: &actor.via, page }, value));
}

/// Returns the value that was kept for the page at `page`, and deletes its cookie.
pub(crate) fn take(page: &str) -> Option<String> {
    take_cookie(SealedCookie::Once { session: &visitor().0?.via, page })
}
