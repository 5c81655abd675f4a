//! The question before a connection ends.

use super::integrations_board::Board;
use crate::parts::{
    board::{DIALOG, dialog_body},
    button::{Look, button_class, submit},
    disconnect::consequences,
};
use leptos::{html::Dialog, prelude::*};

/// The dialog; it opens when a card asks for it.
pub(super) fn dialog(board: Board) -> AnyView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if board.ending.with(Option::is_some)
            && let Some(dialog) = node.get()
        {
            // A dialog that is open already stays open; there is nothing else to do about the refusal.
            drop(dialog.show_modal());
        }
    });
    let close = move |_| {
        if let Some(dialog) = node.get() {
            dialog.close();
        }
    };
    let name = move || board.ending.with(|ending| ending.as_ref().map(|(_, name)| name.clone())).unwrap_or_default();
    let id = move || board.ending.with(|ending| ending.as_ref().map(|(id, _)| id.to_string())).unwrap_or_default();
    let buttons = view! {
        <button type="button" class=button_class(Look::Secondary) on:click=close>
            "Cancel"
        </button>
        <form method="post" action="/actions/disconnect">
            <input type="hidden" name="connection" value=id />
            {submit("Disconnect", Look::Danger)}
        </form>
    };
    view! {
        <dialog node_ref=node class=DIALOG aria-labelledby="disconnect-title" aria-describedby="disconnect-text">
            {dialog_body(
                (move || format!("Disconnect {}?", name())).into_any(),
                (move || consequences(&name())).into_any(),
                buttons.into_any(),
            )}
        </dialog>
    }
    .into_any()
}
