//! The frame of the pages behind the sign-in.

use super::{account::appearance::appearance, request::path};
use crate::{
    context::visitor,
    parts::{
        icon::Icon,
        layout::frame::{Person, Place, beside, person, side},
    },
};
use leptos::prelude::*;
use lexicontract::{domain::account::users::Role, services::Actor};

const PLACES: [(&str, &str, Icon); 6] = [
    ("/integrations", "Integrations", Icon::Plug),
    ("/contracts", "Contracts", Icon::Document),
    ("/team", "Team", Icon::People),
    ("/settings", "Settings", Icon::Sliders),
    ("/settings/tokens", "API tokens", Icon::Key),
    ("/settings/audit", "Audit log", Icon::List),
];

const FOR_ADMINS: [&str; 2] = ["/team", "/settings/audit"];

/// Navigation and the person beside a page.
pub(super) fn layout(content: AnyView) -> AnyView {
    let here = path();
    let current = current_place(&here);
    let is_admin = visitor().0.is_some_and(|actor| actor.role >= Role::Admin);
    let places = PLACES
        .into_iter()
        .filter(|(address, ..)| is_admin || !FOR_ADMINS.contains(address))
        .map(|(address, words, picture)| Place { address, words, picture, is_current: current == Some(address) })
        .collect();
    // Without somebody signed in the frame has no name; the page itself says why.
    let signed_in = visitor().0.map(|actor| person(of(actor), appearance()));
    beside(side(places, signed_in.into_any()), content)
}

/// The place that a page is at or below; the most exact one where places are below each other.
fn current_place(path: &str) -> Option<&'static str> {
    let is_here = |address: &str| path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    PLACES.into_iter().map(|(address, ..)| address).filter(|address| is_here(address)).max_by_key(|address| address.len())
}

fn of(actor: Actor) -> Person {
    Person { name: actor.name, email: actor.email, role: actor.role.label(), organization: actor.organization_name }
}

#[cfg(test)]
mod tests {
    use super::current_place;

    #[test]
    fn one_place_is_current_and_it_is_the_most_exact_one() {
        for (path, place) in [
            ("/settings", Some("/settings")),
            ("/settings/tokens", Some("/settings/tokens")),
            ("/contracts/con_1", Some("/contracts")),
            ("/teams", None),
            ("/account", None),
        ] {
            assert_eq!(current_place(path), place, "{path}");
        }
    }
}
