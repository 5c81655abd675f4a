//! Fields, buttons and dialogs.

pub mod button;
pub mod confirm;
pub mod copy;
pub mod dialog;
pub mod disconnect;
pub mod field;
#[cfg(feature = "ssr")]
pub mod form_id;
pub mod options;
