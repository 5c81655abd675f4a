pub(crate) mod connect_error;
pub(crate) mod error_text;
pub(crate) mod transient;
