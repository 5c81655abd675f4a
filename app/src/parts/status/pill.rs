//! A state in a word or two: picture, words and colour.

use super::tone::Tone;
use crate::parts::icon::icon;
use leptos::prelude::*;

/// A state.
pub fn pill(tone: Tone, words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! {
        <span class=format!("inline-flex items-center gap-1 rounded-full py-0.5 pr-2.5 pl-2 text-xs font-medium whitespace-nowrap {}", tone.colours())>
            {icon(tone.icon())} <span>{words}</span>
        </span>
    }
    .into_any()
}

/// A word that sorts things, without being a state.
pub fn tag(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! { <span class="inline-flex items-center rounded-sm border border-line px-1.5 text-xs text-muted">{words}</span> }
        .into_any()
}

/// One of several ways to see a list, with how much each shows.
pub fn choice(words: &'static str, number: AnyView, address: String, is_chosen: bool) -> AnyView {
    view! {
        <a
            href=address
            aria-current=is_chosen.then_some("true")
            class="inline-flex min-h-9 items-center gap-2 rounded-full border border-line px-3 text-sm font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
        >
            {words}
            <span class="text-xs font-normal">{number}</span>
        </a>
    }
    .into_any()
}
