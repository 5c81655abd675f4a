//! The switch for the appearance: light, dark or system.

use crate::{
    pages::{prelude::*, request::here},
    theme::Theme,
};

pub(super) fn appearance() -> AnyView {
    let theme = Theme::of_request();
    theme_switch(Theme::ALL.iter().map(|choice| (choice.into_str(), choice.label(), *choice == theme)).collect(), here())
}
