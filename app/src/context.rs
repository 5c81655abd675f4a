//! What the server hands to every page and action: the hub, and who is asking.

use http::{HeaderMap, request::Parts};
use leptos::{
    prelude::{expect_context, use_context},
    reactive::owner::with_context,
};
use lexicontract::{domain::problem::Problem, hub::Hub, services::Actor};

/// Who is asking; `None` when nobody is signed in. The server's middleware decides it once per request.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Actor>);

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

/// What `read` finds in the headers of the request.
pub(crate) fn with_headers<T>(read: impl FnOnce(&HeaderMap) -> Option<T>) -> Option<T> {
    with_context(|parts: &Parts| read(&parts.headers)).flatten()
}
