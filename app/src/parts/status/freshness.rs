//! Whether a live page is still kept up to date, and what to do when it is not.

use crate::{parts::layout::prose::link, text::next_path::escape};
use leptos::prelude::*;

/// Whether what a page shows is as the server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is.
    Current,
    /// The server does not answer.
    Unreachable,
    /// The session has ended.
    SignedOut,
    /// What it shows has been removed.
    Gone,
}

/// A line that says why the page at `address` is not up to date; nothing while it is.
pub fn freshness_line(freshness: Signal<Freshness>, address: &str) -> AnyView {
    let sign_in = format!("/login?next={}", escape(address));
    let is_unreachable = move || freshness.get() == Freshness::Unreachable;
    let is_gone = move || freshness.get() == Freshness::Gone;
    let is_signed_out = move || freshness.get() == Freshness::SignedOut;
    view! {
        <div role="status" class="text-sm text-warn empty:hidden">
            {move || is_unreachable().then_some("Not up to date: the server does not answer. This page tries again by itself.")}
            {move || is_gone().then_some("What this page shows has been removed meanwhile. It is as it last was.")}
            {move || {
                is_signed_out()
                    .then(|| {
                        view! {
                            <span>
                                "Not up to date: you are signed out. " {link("Sign in", sign_in.clone())} " to go on from here."
                            </span>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
