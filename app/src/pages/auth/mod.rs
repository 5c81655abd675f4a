pub(super) mod invitation;
pub(super) mod login;
pub(super) mod register;
pub(super) mod saved_form;
