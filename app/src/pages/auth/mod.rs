//! The pages before the sign-in.

pub(super) mod invitation;
pub(super) mod login;
pub(super) mod register;
pub(crate) mod saved_form;
