//! What a colour means. Every use says the same in words, too.

use crate::parts::icon::Icon;

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Neutral,
    /// Under way.
    Busy,
    /// As it should be.
    Ok,
    /// Look at it.
    Warn,
    /// Act.
    Danger,
    /// Halted by a person.
    Paused,
}

impl Tone {
    /// Text and background.
    pub fn colours(self) -> &'static str {
        match self {
            Self::Neutral | Self::Paused => "bg-sunken text-muted",
            Self::Busy => "bg-accent-soft text-accent",
            Self::Ok => "bg-ok-soft text-ok",
            Self::Warn => "bg-warn-soft text-warn",
            Self::Danger => "bg-danger-soft text-danger",
        }
    }

    /// The picture that says the same.
    pub fn icon(self) -> Icon {
        match self {
            Self::Neutral => Icon::Dash,
            Self::Busy => Icon::Clock,
            Self::Ok => Icon::Check,
            Self::Warn => Icon::Warning,
            Self::Danger => Icon::Cross,
            Self::Paused => Icon::Pause,
        }
    }
}
