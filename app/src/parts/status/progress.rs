//! How far something is.

use leptos::prelude::*;

/// A line of words with a bar below it; without a total only the words.
pub fn progress(words: String, done_of: Option<(i64, i64)>, more: AnyView) -> AnyView {
    let label = words.clone();
    view! {
        <li class="flex flex-col gap-1">
            <p class="font-medium">{words}</p>
            {done_of
                .map(|(done, total)| {
                    view! { <progress aria-label=label max=total.to_string() value=done.to_string() class="progress h-2 w-full"></progress> }
                })}
            <div class="text-sm text-muted empty:hidden">{more}</div>
        </li>
    }
    .into_any()
}

/// Several of them.
pub fn progresses(lines: Vec<AnyView>) -> AnyView {
    view! { <ul class="flex flex-col gap-4">{lines}</ul> }.into_any()
}
