//! A state in a word or two: picture, words and colour.

use super::{icon::icon, tone::Tone};
use leptos::prelude::*;

/// A state.
pub fn pill(tone: Tone, words: &'static str) -> AnyView {
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
