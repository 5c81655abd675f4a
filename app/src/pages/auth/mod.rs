//! Pages for sign-in, registration and invitations, and for a form that was submitted after the session had ended.

pub(super) mod invitation;
pub(super) mod login;
pub(super) mod register;
pub(super) mod saved_form;
