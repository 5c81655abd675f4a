pub(crate) mod app_guide;
pub(crate) mod ask_to_connect;
pub(crate) mod pending_connection;
