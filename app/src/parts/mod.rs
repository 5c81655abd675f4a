//! Reusable view fragments, which pages and islands compose. Only this module uses the CSS utility classes.

mod form;
mod icon;
mod layout;
mod status;

pub use form::*;
pub use icon::*;
pub use layout::*;
pub use status::*;
