//! The id of a form that must have one effect, however often it is sent.

use lexicontract::random::new_secret;

/// A hidden field whose value no other form has, for what is not the same when it is done twice: among the `values` of
/// [`hidden`](crate::parts::form::button::hidden).
pub fn form_id() -> (&'static str, String) {
    ("form_id", new_secret("").expose().clone())
}
