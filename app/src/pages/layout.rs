//! The frame of the pages behind the sign-in.

use super::request::path;
use crate::{
    context::visitor,
    parts::{
        frame::{Person, Place, beside, person, side, theme_switch},
        icon::Icon,
    },
    theme::Theme,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use lexicontract::{domain::people::Role, services::Actor};

const PLACES: [(&str, &str, Icon); 4] = [
    ("/integrations", "Integrations", Icon::Plug),
    ("/contracts", "Contracts", Icon::Document),
    ("/team", "Team", Icon::People),
    ("/settings/tokens", "API tokens", Icon::Key),
];

/// Navigation, the person, and the page.
#[component]
pub(super) fn Layout() -> impl IntoView {
    let here = path();
    let is_here = |address: &str| here.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_admin = visitor().0.is_some_and(|actor| actor.role >= Role::Admin);
    let places = PLACES
        .into_iter()
        .filter(|(address, ..)| is_admin || *address != "/team")
        .map(|(address, words, picture)| Place { address, words, picture, is_current: is_here(address) })
        .collect();
    let theme = Theme::of_request();
    let choices = Theme::ALL.into_iter().map(|choice| (choice.as_str(), choice.label(), choice == theme)).collect();
    let switch = theme_switch(choices, here.clone());
    // Without somebody signed in the frame has no name; the page itself says why.
    let signed_in = visitor().0.map(|actor| person(of(actor), switch));
    beside(side(places, signed_in.into_any()), view! { <Outlet /> }.into_any())
}

fn of(actor: Actor) -> Person {
    Person { name: actor.name, email: actor.email, role: actor.role.label(), organization: actor.organization_name }
}
