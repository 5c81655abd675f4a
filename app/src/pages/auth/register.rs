//! Make an organization.

use crate::{
    context::{hub, visitor},
    pages::{
        account::appearance::appearance,
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, ready_page},
    },
    parts::{
        form::{
            button::{Look, submit},
            field::Input,
        },
        layout::{
            frame::{alone, panel},
            prose::link,
            stack,
        },
    },
};
use leptos::prelude::*;

/// Asks for the organization and its first admin.
pub(in crate::pages) fn register() -> WebPage {
    if visitor().0.is_some() {
        leptos_axum::redirect("/integrations");
    }
    let sign_in = view! { <p>"Already have an account? " {link("Sign in", "/login")}</p> };
    let content = match hub().config().registration_open {
        true => panel(
            "Create your account",
            "You become the admin of a new organization, and can invite the others afterwards.",
            stack((form(&FormState::here()), sign_in)),
        ),
        false => panel(
            "Registration is closed",
            "New organizations are made by the operator of this server. Ask an admin of your organization for an invitation.",
            sign_in.into_any(),
        ),
    };
    ready_page("Create your account", alone(view! { {messages()} {content} }.into_any(), appearance()))
}

fn form(refused: &FormState) -> AnyView {
    let organization = Input { autocomplete: "organization", ..Input::text("organization", "Organization") };
    let name = Input { autocomplete: "name", ..Input::text("name", "Name") };
    let password = Input { min_length: Some(12), ..Input::password("new-password") }.help("At least 12 characters.");
    view! {
        <form method="post" action="/actions/register">
            {stack((
                refused.fill(organization).view(),
                refused.fill(name).view(),
                refused.fill(Input::email("username")).view(),
                refused.fill(password).view(),
                submit("Create account", Look::Primary),
            ))}
        </form>
    }
    .into_any()
}
