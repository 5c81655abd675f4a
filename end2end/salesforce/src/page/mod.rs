//! The web page for demonstrations. The consent page uses the same layout.

pub mod actions;
pub mod frame;
pub mod home;
pub mod logs;
pub mod routes;
