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
        self.look().0
    }

    pub fn icon(self) -> AnyView {
        icon(self.look().1)
    }

    fn look(self) -> (&'static str, Icon) {
        match self {
            Self::Neutral => ("bg-sunken text-muted", Icon::DASH),
            Self::Paused => ("bg-sunken text-muted", Icon::PAUSE),
            Self::Busy => ("bg-accent-soft text-accent", Icon::CLOCK),
            Self::Ok => ("bg-ok-soft text-ok", Icon::CHECK),
            Self::Warn => ("bg-warn-soft text-warn", Icon::WARNING),
            Self::Danger => ("bg-danger-soft text-danger", Icon::CROSS),
        }
    }
}

pub fn pill(tone: Tone, text: impl IntoView + 'static) -> AnyView {
    any_view! {
        <span class=format!("inline-flex items-center gap-1 rounded-full py-0.5 pr-2.5 pl-2 text-xs font-medium whitespace-nowrap {}", tone.colours())>
            {tone.icon()} <span>{text}</span>
        </span>
    }
}

elements! {
    /// A label for a category. Labels for states are pills.
    tag: span "inline-flex items-center rounded-sm border border-line px-1.5 text-xs text-muted";
}

/// A link that filters a list, with the number of entries that match the filter.
pub fn filter_link(text: &'static str, number: impl IntoView + 'static, address: String, is_chosen: bool) -> AnyView {
    any_view! {
        <a
            href=address
            aria-current=is_chosen.then_some("true")
            class="inline-flex min-h-9 items-center gap-2 rounded-full border border-line px-3 text-sm font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
        >
            {text}
            <span class="text-xs font-normal">{number}</span>
        </a>
    }
}
