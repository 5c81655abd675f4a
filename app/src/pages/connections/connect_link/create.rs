//! The page on which an admin creates connect links, and sees and revokes the open ones.

use crate::connect_link::open_links;
use crate::pages::connections::connect::environments;
use crate::pages::prelude::*;
use lexicontract::connectors::guide::ConnectGuide;
use lexicontract::domain::connection::connect_link::ConnectLink;

pub(crate) fn create_page() -> WebPage {
    let slug = parameter("slug");
    let (messages, form_state) = (messages(), FormState::take());
    page("Ask an administrator", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let integration = hub.catalogue(&actor).into_iter().find(|entry| entry.slug == slug && entry.available);
        let oauth = connectors::find(&slug).and_then(|connector| connector.oauth());
        let (Some(integration), Some(oauth)) = (integration, oauth) else { return Err(Problem::NotFound.into()) };
        let terms = connectors::terms(&slug);
        let links: Vec<_> = open_links(&hub, &actor).await?.into_iter().filter(|link| link.integration.slug == slug).collect();
        let lead = format!(
            "Create a link for {}, who needs no account here: the link leads to the consent at {}.",
            administrator(terms),
            terms.provider
        );
        let now = hub.clock().now();
        Ok(sections(view! {
            {back(format!("Connect {}", integration.name), format!("/integrations/connect/{slug}"))}
            {page_heading("Ask an administrator", lead, ())}
            {messages}
            {flash::take(&path()).map(new_link)}
            {card("create", "Create a link", (), form(&integration, oauth.method().guide, &form_state))}
            {card("links", "Open links", (), list(&links, now))}
        }))
    })
}

/// The provider's administrator in the middle of a sentence.
fn administrator(terms: &Terms) -> String {
    let name = terms.administrator;
    name.strip_prefix("Your ").map_or_else(|| name.to_owned(), |name| format!("your {name}"))
}

fn new_link(url: String) -> AnyView {
    let note = "Send it to the administrator yourself. It can be used once, within 24 hours. Anyone who has the link can \
                connect their own account, so check the account before you confirm the connection. The link can’t be shown again.";
    shown_once("connect-link", "Connect link", url, note)
}

fn form(integration: &Integration, guide: &'static ConnectGuide, form_state: &FormState) -> AnyView {
    let next = "The administrator signs in and chooses Allow. Then the connection waits here until an admin of your organization has \
                checked the account and confirms it.";
    let buttons = row((submit("Create connect link", Look::Primary), link_button("Cancel", "/integrations", Look::Secondary)));
    let values = vec![("integration", integration.id.to_string()), form_id()];
    let content = stack((environments(guide, form_state), muted(next), buttons));
    post_form("/actions/create_connect_link", values, content)
}

fn list(links: &[ConnectLink], now: Timestamp) -> AnyView {
    if links.is_empty() {
        return empty(Icon::PLUG, "No open links", "Links that were used or have expired are not listed.", ());
    }
    table("Open connect links", links.iter().map(|link| link_row(link, now)).collect())
}

fn link_row(link: &ConnectLink, now: Timestamp) -> Vec<Cell> {
    let environment = link.environment_name().to_owned();
    let values = vec![("link", link.id.to_string()), ("integration", link.integration.id.to_string()), form_id()];
    let revoke = Confirm {
        label: "Revoke",
        of: &format!("the link for {environment}"),
        look: Look::Quiet,
        consequence: "The link no longer works, and its page asks the visitor to request a new one.".to_owned(),
        action: "/actions/revoke_connect_link",
        values,
        submit: "Revoke link",
    };
    vec![
        ("Environment", environment.into_any()),
        ("Created by", link.created_by.clone().into_any()),
        ("Created", moment(link.created_at, now)),
        ("Expires", moment(link.expires_at, now)),
        ("", revoke.view()),
    ]
}
