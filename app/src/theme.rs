//! Light, dark, or what the system says: a cookie, so that the first byte of a page already knows it and no script is needed.

use crate::{
    context::{hub, with_headers},
    cookies::Cookie,
};
use http::HeaderValue;

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }

    /// The choice of this request's browser.
    pub(crate) fn of_request() -> Self {
        let chosen = with_headers(|headers| Self::parse(&Cookie::Theme.value(hub().config(), headers)?));
        chosen.unwrap_or(Self::System)
    }

    /// The header that keeps the choice.
    pub(crate) fn cookie(self) -> HeaderValue {
        Cookie::Theme.set(hub().config(), self.as_str())
    }
}
