use crate::parts::{Look, submit};
use leptos::prelude::*;

/// A modal dialog with a button `Cancel` and other `buttons`.
///
/// The dialog is in a `<template>` element. The script `enhance.js` opens the dialog when the user clicks a link or button with
/// the id of the template in `data-dialog`. If scripts are disabled, the link or button leads to a page with the content of the
/// dialog.
pub fn dialog(id: &str, title: String, content: impl IntoView + 'static, buttons: impl IntoView + 'static) -> AnyView {
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let (labelled_by, described_by) = (title_id.clone(), text_id.clone());
    any_view! {
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
                    <div class="flex flex-wrap justify-end gap-2">
                        <form method="dialog">{submit("Cancel", Look::Secondary)}</form>
                        {buttons}
                    </div>
                </div>
            </dialog>
        </template>
    }
}
