//! The page that a person clicks through, and the style that the consent page shares.

/// The forms' targets.
pub mod actions;
/// Escaped text, and the frame around every page.
pub mod frame;
/// The list of Opportunities.
pub mod home;
/// The tables of what happened.
pub mod logs;
/// The addresses.
pub mod routes;
