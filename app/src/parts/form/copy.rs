use crate::islands::CopyButton;
use leptos::prelude::*;

pub fn copyable(id: &'static str, label: &'static str, text: String) -> AnyView {
    any_view! {
        <div class="flex flex-col gap-1">
            <span class="text-sm font-medium" id=format!("{id}-label")>
                {label}
            </span>
            <div class="flex flex-wrap items-center gap-2">
                <code
                    id=id
                    aria-labelledby=format!("{id}-label")
                    class="min-w-0 flex-1 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm break-all select-all"
                >
                    {text}
                </code>
                <CopyButton target=id.to_owned() />
            </div>
        </div>
    }
}

/// A text that is shown only once, such as a secret. The text must not be inside a part that islands replace, because the
/// replacement does not contain the text.
pub fn shown_once(id: &'static str, label: &'static str, text: String, note: &'static str) -> AnyView {
    any_view! {
        <div class="flex flex-col gap-3 rounded-lg border border-accent bg-accent-soft p-4">
            {copyable(id, label, text)}
            <p class="text-sm">{note}</p>
        </div>
    }
}
