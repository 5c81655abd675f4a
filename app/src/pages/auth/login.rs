//! Sign in.

use crate::{
    context::{hub, visitor},
    pages::{
        account::appearance::appearance,
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, ready_page},
        request::query,
    },
    parts::{
        form::{
            button::{Look, hidden, submit},
            field::Input,
        },
        layout::{
            frame::{alone, panel},
            prose::{link, muted},
            stack,
        },
        status::{notice::notice, tone::Tone},
    },
    saved_form,
    text::next_path::safe,
};
use leptos::prelude::*;

/// Asks for address and password, and goes on to where the visitor wanted to go.
pub(in crate::pages) fn login() -> WebPage {
    let next = query("next").filter(|path| safe(path).is_some()).unwrap_or_default();
    if visitor().0.is_some() {
        leptos_axum::redirect(safe(&next).unwrap_or("/integrations"));
    }
    let kept = (next == saved_form::PAGE).then(|| {
        let words = "Your session had ended, so your last step was not done. Sign in: it is kept, and you can send it then.";
        notice(Tone::Busy, None, words.to_owned())
    });
    let refused = FormState::here();
    let form = view! {
        <form method="post" action="/actions/sign_in">
            {hidden(vec![("next", next)])}
            {stack((
                refused.fill(Input::email("username")).view(),
                Input::password("current-password").view(),
                submit("Sign in", Look::Primary),
            ))}
        </form>
    };
    let register = match hub().config().registration_open {
        true => view! { <p>"New here? " {link("Create an account", "/register")}</p> }.into_any(),
        false => muted("Accounts are made by invitation. Ask an admin of your organization."),
    };
    let panel = panel("Sign in", "Contracts from your CRM, and their status back in it.", stack((form, register)));
    ready_page("Sign in", alone(view! { {messages()} {kept} {panel} }.into_any(), appearance()))
}
