//! Light, dark, or what the system says: a cookie, so that the first byte of a page already knows it and no script is needed.

use crate::{context::with_headers, session};
use http::HeaderValue;

const NAME: &str = "lexicontract_theme";
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

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

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or(Self::System)
    }

    /// The choice of this request's browser.
    pub(crate) fn of_request() -> Self {
        with_headers(|headers| session::value_of(headers, NAME)).map_or(Self::System, |text| Self::parse(&text))
    }

    /// The header that keeps the choice.
    pub(crate) fn cookie(self) -> HeaderValue {
        let text = format!("{NAME}={}; Path=/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax", self.as_str());
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("lexicontract_theme=system; Path=/"))
    }
}
