//! Error pages and rejected forms.

pub(crate) mod not_found;
pub(crate) mod rejected_form;
