//! Pieces of markup. The only place with utility classes: pages and islands compose these.

pub mod tone;

pub mod icon;

pub mod button;
pub mod copy;
pub mod field;
#[cfg(feature = "ssr")]
pub mod form_id;
pub mod options;

pub mod empty;
pub mod freshness;
pub mod moment;
pub mod notice;
pub mod number;
pub mod pill;
pub mod progress;
pub mod prose;
pub mod toast;

pub mod card;
pub mod confirm;
pub mod dialog;
pub mod disclosure;
pub mod document;
pub mod layout;
pub mod list;
pub mod table;

pub mod board;
pub mod disconnect;
pub mod operator_warnings;
pub mod standing;
pub mod status;

pub mod frame;
