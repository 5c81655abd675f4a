//! Pills and tags, and the meaning of their colours.

use crate::parts::{Icon, icon};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Busy,
    Ok,
    Warn,
    /// The user has to act.
    Danger,
    Paused,
}

impl Tone {
    pub fn colours(self) -> &'static str {
        match self {
            Self::Neutral | Self::Paused => "bg-sunken text-muted",
            Self::Busy => "bg-accent-soft text-accent",
            Self::Ok => "bg-ok-soft text-ok",
            Self::Warn => "bg-warn-soft text-warn",
            Self::Danger => "bg-danger-soft text-danger",
        }
    }

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

pub fn pill(tone: Tone, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! {
        <span class=format!("inline-flex items-center gap-1 rounded-full py-0.5 pr-2.5 pl-2 text-xs font-medium whitespace-nowrap {}", tone.colours())>
            {icon(tone.icon())} <span>{text}</span>
        </span>
    }
    .into_any()
}

/// A label for a category. (A pill is the label for a state.)
pub fn tag(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <span class="inline-flex items-center rounded-sm border border-line px-1.5 text-xs text-muted">{text}</span> }
        .into_any()
}

/// A link that filters a list, with the number of entries that match the filter.
pub fn filter_link(text: &'static str, number: impl IntoView + 'static, address: String, is_chosen: bool) -> AnyView {
    view! {
        <a
            href=address
            aria-current=is_chosen.then_some("true")
            class="inline-flex min-h-9 items-center gap-2 rounded-full border border-line px-3 text-sm font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
        >
            {text}
            <span class="text-xs font-normal">{number}</span>
        </a>
    }
    .into_any()
}
