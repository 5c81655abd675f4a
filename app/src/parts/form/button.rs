//! Buttons, and links that look like buttons. At least 40 pixels high.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    /// One of several.
    Secondary,
    /// Beside others, quietly.
    Quiet,
    /// Ends something.
    Danger,
}

/// The classes of a button.
pub fn button_class(look: Look) -> String {
    const SHAPE: &str = "inline-flex min-h-10 items-center justify-center gap-2 rounded-md border px-4 py-2 text-sm \
                         font-medium no-underline transition-colors disabled:opacity-60";
    let colours = match look {
        Look::Primary => "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
        Look::Secondary => "border-edge bg-raised text-ink hover:bg-sunken",
        Look::Quiet => "border-transparent bg-transparent text-accent hover:bg-accent-soft",
        Look::Danger => "border-transparent bg-danger text-on-danger hover:bg-danger-strong",
    };
    format!("{SHAPE} {colours}")
}

/// The button that sends its form.
pub fn submit(words: impl Into<String>, look: Look) -> AnyView {
    let words: String = words.into();
    view! {
        <button type="submit" class=button_class(look)>
            {words}
        </button>
    }
    .into_any()
}

/// The button that sends its form, where there are several with the same words: `of` says to those who cannot see the row which one
/// this is.
pub fn submit_of_one(words: &'static str, of: &str, look: Look) -> AnyView {
    view! {
        <button type="submit" class=button_class(look)>
            {words_of(words, of)}
        </button>
    }
    .into_any()
}

/// Words, and what they are about for those who cannot see where they stand.
pub fn words_of(words: &'static str, of: &str) -> AnyView {
    let of = format!(" {of}");
    view! {
        <span>
            <span>{words}</span>
            <span class="sr-only">{of}</span>
        </span>
    }
    .into_any()
}

/// The button that sends a form elsewhere on the page.
pub fn submit_of(form: String, words: impl Into<String>, look: Look) -> AnyView {
    let words: String = words.into();
    view! {
        <button type="submit" form=form class=button_class(look)>
            {words}
        </button>
    }
    .into_any()
}

/// A link to a place where something is done.
pub fn link(words: impl Into<String>, address: impl Into<String>, look: Look) -> AnyView {
    let (words, address): (String, String) = (words.into(), address.into());
    view! {
        <a href=address class=button_class(look)>
            {words}
        </a>
    }
    .into_any()
}

/// A form that is one button: posts `values` to an action.
pub fn post(action: &'static str, values: Vec<(&'static str, String)>, words: impl Into<String>, look: Look) -> AnyView {
    let words: String = words.into();
    view! {
        <form method="post" action=action>
            {hidden(values)}
            {submit(words, look)}
        </form>
    }
    .into_any()
}

/// The same where there are several with the same words.
pub fn post_of_one(
    action: &'static str,
    values: Vec<(&'static str, String)>,
    words: &'static str,
    of: &str,
    look: Look,
) -> AnyView {
    view! {
        <form method="post" action=action>
            {hidden(values)}
            {submit_of_one(words, of, look)}
        </form>
    }
    .into_any()
}

/// Values that a form sends along.
pub fn hidden(values: Vec<(&'static str, String)>) -> AnyView {
    values.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view().into_any()
}
