//! The frame of the pages that require sign-in: sidebar and user menu.

use crate::{context::visitor, pages::prelude::*};

const NAVIGATION: [(&str, &str, Icon); 6] = [
    ("/integrations", "Integrations", Icon::Plug),
    ("/contracts", "Contracts", Icon::Document),
    ("/team", "Team", Icon::People),
    ("/settings", "Settings", Icon::Sliders),
    ("/settings/tokens", "API tokens", Icon::Key),
    ("/settings/audit", "Audit log", Icon::List),
];

const ADMIN_ONLY: [&str; 2] = ["/team", "/settings/audit"];

pub(super) fn layout(content: AnyView) -> AnyView {
    let here = path();
    let current = current_item(&here);
    let is_admin = visitor().0.is_some_and(|actor| actor.role >= Role::Admin);
    let items = NAVIGATION
        .into_iter()
        .filter(|(address, ..)| is_admin || !ADMIN_ONLY.contains(address))
        .map(|(address, label, icon)| NavItem { address, label, icon, is_current: current == Some(address) })
        .collect();
    // If there is no session, the user menu is missing. The content of the page handles the missing session.
    let signed_in = visitor().0.map(|actor| user_menu(user_of(actor), appearance()));
    page_frame(sidebar(items, signed_in), content)
}

/// The address of the current navigation item: the longest address that is a prefix of `path`.
fn current_item(path: &str) -> Option<&'static str> {
    let is_here = |address: &str| path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    NAVIGATION.into_iter().map(|(address, ..)| address).filter(|address| is_here(address)).max_by_key(|address| address.len())
}

fn user_of(actor: Actor) -> SignedInUser {
    SignedInUser { name: actor.name, email: actor.email, role: actor.role.label(), organization: actor.organization_name }
}

#[cfg(test)]
mod tests {
    use super::current_item;

    #[test]
    fn longest_matching_item_is_current() {
        for (path, item) in [
            ("/settings", Some("/settings")),
            ("/settings/tokens", Some("/settings/tokens")),
            ("/contracts/con_1", Some("/contracts")),
            ("/teams", None),
            ("/account", None),
        ] {
            assert_eq!(current_item(path), item, "{path}");
        }
    }
}
