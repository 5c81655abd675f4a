//! The switch between light, dark and what the system says.

use crate::{pages::request::here, parts::layout::frame::theme_switch, theme::Theme};
use leptos::prelude::AnyView;

/// The switch; it leads back to this page.
pub(crate) fn appearance() -> AnyView {
    let theme = Theme::of_request();
    theme_switch(Theme::ALL.map(|choice| (choice.as_str(), choice.label(), choice == theme)).to_vec(), here())
}
