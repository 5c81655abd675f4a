//! What the server hands to every page and action: the hub, and who is asking.

use crate::session;
use http::{HeaderMap, request::Parts};
use leptos::{
    prelude::{expect_context, use_context},
    reactive::owner::with_context,
};
use lexicontract::{
    domain::problem::Problem,
    hub::Hub,
    rate_limit::networks,
    services::{Actor, Client, IdempotencyKey, Sender},
};
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Who is asking; `None` when nobody is signed in. The server's middleware decides it once per request.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Actor>);

/// The address of the client. The server's middleware decides it once per request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The network that limits count by.
    pub fn network(self) -> IpAddr {
        networks(self.0)[0]
    }
}

/// Whether an action refused a form because the user may not do that. The answer redirects, so its status does not show it.
#[derive(Clone, Debug, Default)]
pub struct FormRejection(Arc<AtomicBool>);

impl FormRejection {
    /// Whether the form was refused.
    pub fn is_refused(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Records for the server's middleware that the action refused the form.
pub(crate) fn record_form_rejection() {
    if let Some(refusal) = with_context(|parts: &Parts| parts.extensions.get::<FormRejection>().cloned()).flatten() {
        refusal.0.store(true, Ordering::Relaxed);
    }
}

/// The client of the request, for whom it may sign in.
pub(crate) fn client() -> Client {
    let address = with_context(|parts: &Parts| parts.extensions.get::<ClientAddress>().copied()).flatten();
    with_headers(|headers| Some(session::client(hub().config(), headers, address))).unwrap_or_default()
}

/// The hub. The server provides it to every page and action.
pub fn hub() -> Hub {
    expect_context::<Hub>()
}

/// Who is asking.
pub fn visitor() -> Visitor {
    use_context::<Visitor>().unwrap_or(Visitor(None))
}

/// The signed-in person.
///
/// # Errors
/// [`Problem::NotSignedIn`] when nobody is.
pub fn actor() -> Result<Actor, Problem> {
    visitor().0.ok_or(Problem::NotSignedIn)
}

/// The signed-in user and the idempotency key of the submitted form.
///
/// # Errors
/// [`Problem::NotSignedIn`] without a session.
pub fn sender() -> Result<Sender, Problem> {
    let form_post = with_context(|parts: &Parts| parts.extensions.get::<IdempotencyKey>().cloned()).flatten();
    Ok(Sender { actor: actor()?, form_post })
}

/// What `read` finds in the headers of the request.
pub(crate) fn with_headers<T>(read: impl FnOnce(&HeaderMap) -> Option<T>) -> Option<T> {
    with_context(|parts: &Parts| read(&parts.headers)).flatten()
}
