//! The simulator's web page, for demonstrations. The OAuth consent page uses the layout of this page.

pub mod actions;
pub mod frame;
pub mod home;
pub mod logs;
pub mod routes;
