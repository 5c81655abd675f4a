//! Database errors: classification, log text without values from rows, connection errors.

pub(crate) mod connect_error;
pub(crate) mod error_text;
pub(crate) mod transient;
