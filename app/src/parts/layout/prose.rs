//! Running text.

use leptos::prelude::*;

/// A paragraph.
pub fn text(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! { <p>{words}</p> }.into_any()
}

/// A paragraph that explains.
pub fn muted(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! { <p class="text-sm text-muted">{words}</p> }.into_any()
}

/// What is wrong, in words.
pub fn fault(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! { <p class="text-danger">{words}</p> }.into_any()
}

/// What happens next by itself.
pub fn waiting(words: AnyView) -> AnyView {
    view! { <p class="text-warn">{words}</p> }.into_any()
}

/// Letter for letter what a program wants.
pub fn code(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    view! { <code class="font-mono text-sm wrap-anywhere">{words}</code> }.into_any()
}

/// A link in running text.
pub fn link(words: impl Into<String>, address: impl Into<String>) -> AnyView {
    let (words, address): (String, String) = (words.into(), address.into());
    view! {
        <a href=address class=LINK>
            {words}
        </a>
    }
    .into_any()
}

/// A link whose words matter more than that they lead somewhere.
pub fn quiet_link(words: impl Into<String>, address: impl Into<String>) -> AnyView {
    let (words, address): (String, String) = (words.into(), address.into());
    view! {
        <a href=address class="underline decoration-edge decoration-1 underline-offset-3 hover:text-accent hover:decoration-accent">
            {words}
        </a>
    }
    .into_any()
}

/// A link to another site, in a new tab.
pub fn external(words: impl Into<String>, address: impl Into<String>) -> AnyView {
    let (words, address): (String, String) = (words.into(), address.into());
    view! {
        <a href=address class=LINK target="_blank" rel="noopener noreferrer">
            {words}
        </a>
    }
    .into_any()
}

const LINK: &str = "font-medium text-accent underline decoration-1 underline-offset-3 hover:text-accent-strong";
