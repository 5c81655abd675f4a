//! Values that a page shows exactly once, after the form that made them has redirected.
//!
//! They travel in sealed cookies that live a minute and belong to one session and one page, which erases them: never in an address and
//! never in the server's memory, so it works without JavaScript and with any number of servers.

use crate::{
    context::{hub, visitor},
    cookies::{append, seal, take as take_cookie},
};
use http::HeaderValue;
use lexicontract::{
    hub::Hub,
    services::{Actor, SealedCookie},
};
use serde::{Serialize, de::DeserializeOwned};

/// Keeps a value for the page at `page`.
pub(crate) fn keep(page: &str, value: &str) {
    let Some(actor) = visitor().0 else { return };
    append(seal(&hub(), SealedCookie::Once { session: &actor.via, page }, value));
}

/// Takes the value kept for the page at `page`, and erases it.
pub(crate) fn take(page: &str) -> Option<String> {
    take_cookie(SealedCookie::Once { session: &visitor().0?.via, page })
}

/// Keeps what was typed into the form of the page at `page`, unless it is too long. It never holds a password, a key or a file.
pub(crate) fn keep_form_state(page: &str, typed: &impl Serialize) {
    append(form_state_cookie(&hub(), visitor().0.as_ref(), page, typed));
}

/// The header that keeps it.
pub fn form_state_cookie(hub: &Hub, actor: Option<&Actor>, page: &str, typed: &impl Serialize) -> Option<HeaderValue> {
    let session = actor.map(|actor| &actor.via);
    seal(hub, SealedCookie::FormState { session, page }, &serde_json::to_string(typed).ok()?)
}

/// Takes what was typed into the form of the page at `page`, and erases it.
pub(crate) fn take_form_state<T: DeserializeOwned>(page: &str) -> Option<T> {
    let visitor = visitor().0;
    let session = visitor.as_ref().map(|actor| &actor.via);
    serde_json::from_str(&take_cookie(SealedCookie::FormState { session, page })?).ok()
}
