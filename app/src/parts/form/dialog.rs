//! Modal dialogs with a question or a form.
//!
//! Each dialog is in a `<template>` element. A link or button with the id of the template in `data-dialog` opens the dialog,
//! through the script `enhance.js`. If scripts are disabled, the link or button leads to a page with the same content.

use crate::parts::{Look, button_class};
use leptos::prelude::*;

/// A dialog with a heading, content and buttons. The button `Cancel` is added automatically.
pub fn dialog(id: &str, title: String, content: impl IntoView + 'static, buttons: impl IntoView + 'static) -> AnyView {
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let (labelled_by, described_by) = (title_id.clone(), text_id.clone());
    view! {
        <template id=id.to_owned()>
            <dialog
                aria-labelledby=labelled_by
                aria-describedby=described_by
                class="m-auto w-[calc(100%-2rem)] max-w-lg rounded-lg border border-line bg-raised p-5 text-ink shadow-dialog sm:p-6"
            >
                <div class="flex flex-col gap-4">
                    <h2 id=title_id class="text-xl font-semibold">
                        {title}
                    </h2>
                    <div id=text_id class="flex flex-col gap-4">
                        {content}
                    </div>
                    <div class="flex flex-wrap justify-end gap-2">{cancel()} {buttons}</div>
                </div>
            </dialog>
        </template>
    }
    .into_any()
}

fn cancel() -> AnyView {
    view! {
        <form method="dialog">
            <button type="submit" class=button_class(Look::Secondary)>
                "Cancel"
            </button>
        </form>
    }
    .into_any()
}

/// A button that opens a dialog. If scripts are disabled, the button leads to `address`.
pub fn dialog_button(label: &'static str, look: Look, dialog_id: String, address: String) -> AnyView {
    view! {
        <form method="get" action=address>
            <button type="submit" data-dialog=dialog_id class=button_class(look)>
                {label}
            </button>
        </form>
    }
    .into_any()
}

/// A link that opens a dialog. If scripts are disabled, the link leads to `address`.
pub fn dialog_link(label: String, look: Look, dialog_id: String, address: String) -> AnyView {
    view! {
        <a href=address data-dialog=dialog_id class=button_class(look)>
            {label}
        </a>
    }
    .into_any()
}
