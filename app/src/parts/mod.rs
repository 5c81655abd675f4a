//! Reusable view fragments, which pages and islands compose. Only this module uses the CSS utility classes.

/// Defines functions that put their content into an element with a fixed class. Each entry has the form `name: tag "class";`.
macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident: $tag:ident $class:literal;)+) => {$(
        $(#[$doc])*
        pub fn $name(content: impl IntoView + 'static) -> AnyView {
            leptos::html::$tag().class($class).child(content).into_any()
        }
    )+};
}

mod form;
mod icon;
mod layout;
mod status;

pub use form::*;
pub use icon::*;
pub use layout::*;
pub use status::*;
