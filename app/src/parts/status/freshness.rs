//! The status line of pages that update automatically.

use crate::{parts::link, text::url::escape};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Current,
    Unreachable,
    SignedOut,
    Gone,
}

/// The reason why the page at `address` is out of date. The line is empty while the page is up to date.
pub fn freshness_line(freshness: Signal<Freshness>, address: &str) -> AnyView {
    let sign_in = format!("/login?next={}", escape(address));
    let is_unreachable = move || freshness.get() == Freshness::Unreachable;
    let is_gone = move || freshness.get() == Freshness::Gone;
    let is_signed_out = move || freshness.get() == Freshness::SignedOut;
    view! {
        <div role="status" class="text-sm text-warn empty:hidden">
            {move || is_unreachable().then_some("Not up to date: the server does not respond. Retrying automatically.")}
            {move || is_gone().then_some("The content of this page has been removed. You see its last state.")}
            {move || {
                is_signed_out()
                    .then(|| {
                        view! {
                            <span>
                                "Not up to date: you are signed out. " {link("Sign in", sign_in.clone())} " to continue."
                            </span>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
