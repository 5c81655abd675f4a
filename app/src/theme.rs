use crate::context::{hub, with_headers};
use crate::cookies::Cookie;
use http::HeaderValue;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The appearance of the pages. A cookie stores the appearance, so that the server can render it and no script is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: &[Self] = Self::VARIANTS;

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    pub(crate) fn of_request() -> Self {
        let chosen = with_headers(|headers| Cookie::Theme.value(hub().config(), headers)?.parse().ok());
        chosen.unwrap_or(Self::System)
    }

    pub(crate) fn cookie(self) -> HeaderValue {
        Cookie::Theme.set(hub().config(), self.into_str())
    }
}
