use crate::parts::link;
use crate::text::url::escape;
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
    let is = move |state: Freshness| freshness.get() == state;
    any_view! {
        <div role="status" class="text-sm text-warn empty:hidden">
            {move || is(Freshness::Unreachable).then_some("Not up to date: the server does not respond. Retrying automatically.")}
            {move || is(Freshness::Gone).then_some("The content of this page has been removed. You are seeing its last state.")}
            {move || {
                is(Freshness::SignedOut).then(|| {
                    view! { <span>"Not up to date: you are signed out. " {link("Sign in", sign_in.clone())} " to continue."</span> }
                })
            }}
        </div>
    }
}
