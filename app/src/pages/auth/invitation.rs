//! Accept an invitation: choose a password.

use crate::{
    context::hub,
    pages::{
        account::appearance::appearance,
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page},
        request::parameter,
    },
    parts::{
        form::{
            button::{Look, hidden, submit},
            field::Input,
        },
        layout::{
            frame::{alone, panel},
            stack,
        },
    },
};
use leptos::prelude::*;
use lexicontract::{domain::problem::Problem, secret::Secret};

/// Says who invites whom, and asks for a password.
pub(in crate::pages) fn invitation() -> WebPage {
    let token = parameter("token");
    let (messages, refused) = (messages(), FormState::here());
    page("Invitation", async move {
        let invitation = hub().invitation(&Secret::from(token.as_str())).await?.ok_or(Problem::InvitationInvalid)?;
        let lead = format!("{} invites you. Choose a password for {}.", invitation.organization_name, invitation.email);
        Ok(panel("Join your team", lead, form(token, invitation.email, &refused)))
    })
    .within(|content| alone(view! { {messages} {content} }.into_any(), appearance()))
}

fn form(token: String, email: String, refused: &FormState) -> AnyView {
    let password = Input { min_length: Some(12), ..Input::password("new-password") }.help("At least 12 characters.");
    view! {
        <form method="post" action="/actions/accept_invitation">
            {hidden(vec![("token", token)])}
            // Password managers keep the address from here; the server knows it from the invitation.
            <input type="hidden" autocomplete="username" value=email />
            {stack((refused.fill(password).view(), submit("Set password and sign in", Look::Primary)))}
        </form>
    }
    .into_any()
}
