//! Paragraphs, code and links.

use leptos::prelude::*;

pub fn text(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <p>{text}</p> }.into_any()
}

pub fn muted(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <p class="text-sm text-muted">{text}</p> }.into_any()
}

pub fn error_text(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <p class="text-danger">{text}</p> }.into_any()
}

pub fn warning_text(text: impl IntoView + 'static) -> AnyView {
    view! { <p class="text-warn">{text}</p> }.into_any()
}

pub fn code(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <code class="font-mono text-sm wrap-anywhere">{text}</code> }.into_any()
}

pub fn link(text: impl Into<String>, address: impl Into<String>) -> AnyView {
    anchor(text.into(), address.into(), LINK, None)
}

/// A link in the colour of the surrounding text.
pub fn quiet_link(text: impl Into<String>, address: impl Into<String>) -> AnyView {
    const QUIET: &str = "underline decoration-edge decoration-1 underline-offset-3 hover:text-accent hover:decoration-accent";
    anchor(text.into(), address.into(), QUIET, None)
}

/// A link to another site, which opens in a new tab.
pub fn external(text: impl Into<String>, address: impl Into<String>) -> AnyView {
    anchor(text.into(), address.into(), LINK, Some("_blank"))
}

const LINK: &str = "font-medium text-accent underline decoration-1 underline-offset-3 hover:text-accent-strong";

fn anchor(text: String, address: String, class: &'static str, target: Option<&'static str>) -> AnyView {
    view! {
        <a href=address class=class target=target rel=target.map(|_| "noopener noreferrer")>
            {text}
        </a>
    }
    .into_any()
}
