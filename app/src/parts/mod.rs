//! Pieces of markup. The only place with utility classes: pages and islands compose these.

pub mod form;
pub mod icon;

pub mod layout;

pub mod status;
