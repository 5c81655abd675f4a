use crate::parts::label_for;
use leptos::prelude::*;

pub fn text(text: impl IntoView + 'static) -> AnyView {
    any_view! { <p>{text}</p> }
}

elements! {
    muted: p "text-sm text-muted";
    error_text: p "text-danger";
    warning_text: p "text-warn";
    code: code "font-mono text-sm wrap-anywhere";
    note: div "text-sm text-muted";
}

pub fn link(text: impl Into<String>, address: impl Into<String>) -> AnyView {
    anchor(text.into(), address.into(), LINK, None)
}

/// A link whose text other links on the page share. Only screen readers read `of`.
pub fn link_for(text: &'static str, of: &str, address: String) -> AnyView {
    any_view! {
        <a href=address class=LINK>
            {label_for(text, of)}
        </a>
    }
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
    any_view! {
        <a href=address class=class target=target rel=target.map(|_| "noopener noreferrer")>
            {text}
        </a>
    }
}
