//! Dialogs: a question or a form above the page.
//!
//! Each waits in a `<template>`, where nothing finds it, and is opened by whatever carries its id in `data-dialog`; a few lines of
//! script in the shell do that. Without script the same link or button leads to a page with the same words.

use super::button::{Look, button_class};
use leptos::prelude::*;

/// A dialog with a heading, its content, and the buttons below it. `Cancel` is among them already.
pub fn dialog(id: &str, title: String, content: AnyView, buttons: AnyView) -> AnyView {
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

/// Closes the dialog that it is in.
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

/// A button that asks first: opens the dialog, or leads to the page with the same question.
pub fn asking_button(words: &'static str, look: Look, dialog_id: String, address: String) -> AnyView {
    view! {
        <form method="get" action=address>
            <button type="submit" data-dialog=dialog_id class=button_class(look)>
                {words}
            </button>
        </form>
    }
    .into_any()
}

/// A link to a form that opens as a dialog where it can.
pub fn asking_link(words: String, look: Look, dialog_id: String, address: String) -> AnyView {
    view! {
        <a href=address data-dialog=dialog_id class=button_class(look)>
            {words}
        </a>
    }
    .into_any()
}
