//! The progress of work.

use leptos::prelude::*;

/// A text with a progress bar. `done_of` contains the completed and the total amount. If it is `None`, there is no bar.
pub fn progress(text: String, done_of: Option<(i64, i64)>, more: impl IntoView + 'static) -> AnyView {
    let label = text.clone();
    view! {
        <li class="flex flex-col gap-1">
            <p class="font-medium">{text}</p>
            {done_of
                .map(|(done, total)| {
                    view! { <progress aria-label=label max=total.to_string() value=done.to_string() class="progress h-2 w-full"></progress> }
                })}
            <div class="text-sm text-muted empty:hidden">{more}</div>
        </li>
    }
    .into_any()
}

pub fn progress_list(lines: Vec<AnyView>) -> AnyView {
    view! { <ul class="flex flex-col gap-4">{lines}</ul> }.into_any()
}
