//! Buttons, and links that look like buttons. They are at least 40 pixels high.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Primary,
    Secondary,
    /// For an action that is repeated on the page, for example in each row of a table.
    Quiet,
    Danger,
}

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

pub fn submit(label: impl IntoView + 'static, look: Look) -> AnyView {
    submit_or_open(label, look, None, None)
}

/// A submit button that is outside of its form. `form` is the id of the form.
pub fn submit_form(form: String, label: String, look: Look) -> AnyView {
    submit_or_open(label, look, Some(form), None)
}

/// A button that opens a dialog. If scripts are disabled, the button leads to `address`.
pub fn dialog_button(label: &'static str, look: Look, dialog_id: String, address: String) -> AnyView {
    any_view! { <form method="get" action=address>{submit_or_open(label, look, None, Some(dialog_id))}</form> }
}

fn submit_or_open(label: impl IntoView + 'static, look: Look, form: Option<String>, dialog: Option<String>) -> AnyView {
    any_view! {
        <button type="submit" form=form data-dialog=dialog class=button_class(look)>
            {label}
        </button>
    }
}

pub fn link_button(label: impl IntoView + 'static, address: impl Into<String>, look: Look) -> AnyView {
    link_or_open(label, address.into(), look, None)
}

/// A link that opens a dialog. If scripts are disabled, the link leads to `address`.
pub fn dialog_link(label: String, look: Look, dialog_id: String, address: String) -> AnyView {
    link_or_open(label, address, look, Some(dialog_id))
}

fn link_or_open(label: impl IntoView + 'static, address: String, look: Look, dialog: Option<String>) -> AnyView {
    any_view! {
        <a href=address data-dialog=dialog class=button_class(look)>
            {label}
        </a>
    }
}

/// A label that several buttons on the page share. `of` distinguishes the buttons, but only for screen readers.
pub fn label_for(label: &'static str, of: &str) -> AnyView {
    let of = format!(" {of}");
    any_view! {
        <span>
            <span>{label}</span>
            <span class="sr-only">{of}</span>
        </span>
    }
}

/// A form that submits `content` and the hidden `values` to an action.
pub fn post_form(action: &'static str, values: Vec<(&'static str, String)>, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        <form method="post" action=action>
            {hidden(values)}
            {content}
        </form>
    }
}

/// A form that consists of a button and submits the hidden `values` to an action.
pub fn post_button(
    action: &'static str,
    values: Vec<(&'static str, String)>,
    label: impl IntoView + 'static,
    look: Look,
) -> AnyView {
    post_form(action, values, submit(label, look))
}

pub fn hidden(values: Vec<(impl Into<String>, String)>) -> AnyView {
    let fields = values.into_iter().map(|(name, value)| {
        let name: String = name.into();
        view! { <input type="hidden" name=name value=value /> }
    });
    fields.collect_view().into_any()
}

/// The name and the value of a hidden field with a unique idempotency key.
#[cfg(feature = "ssr")]
pub fn form_id() -> (&'static str, String) {
    ("form_id", lexicontract::random::new_secret("").expose().clone())
}
