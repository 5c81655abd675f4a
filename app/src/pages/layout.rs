use super::request::here;
use crate::pages::prelude::*;
use crate::theme::Theme;

const NAVIGATION: [(&str, &str, Icon); 6] = [
    ("/integrations", "Integrations", Icon::PLUG),
    ("/contracts", "Contracts", Icon::DOCUMENT),
    ("/team", "Team", Icon::PEOPLE),
    ("/settings", "Settings", Icon::SLIDERS),
    ("/settings/tokens", "API tokens", Icon::KEY),
    ("/settings/audit", "Audit log", Icon::LIST),
];

const ADMIN_ONLY: [&str; 2] = ["/team", "/settings/audit"];

pub(super) fn layout(content: AnyView) -> AnyView {
    let path = path();
    let current = current_item(&path);
    let is_admin = visitor().0.is_some_and(|actor| actor.role >= Role::Admin);
    let items = NAVIGATION
        .into_iter()
        .filter(|(address, ..)| is_admin || !ADMIN_ONLY.contains(address))
        .map(|(address, label, icon)| NavItem { address, label, icon, is_current: current == Some(address) })
        .collect();
    // Without a session, the page has no user menu and redirects to the sign-in page.
    let menu = visitor().0.map(|Actor { name, email, role, organization_name, .. }| {
        user_menu(SignedInUser { name, email, role: role.label(), organization: organization_name }, appearance())
    });
    page_frame(sidebar(items, menu), content)
}

pub(super) fn appearance() -> AnyView {
    let theme = Theme::of_request();
    theme_switch(Theme::ALL.iter().map(|choice| (choice.into_str(), choice.label(), *choice == theme)).collect(), here())
}

/// The longest address of a navigation item that is a prefix of `path`.
fn current_item(path: &str) -> Option<&'static str> {
    let is_here = |address: &str| path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    NAVIGATION.into_iter().map(|(address, ..)| address).filter(|address| is_here(address)).max_by_key(|address| address.len())
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
