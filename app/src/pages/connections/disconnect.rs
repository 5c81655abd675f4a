use crate::pages::prelude::*;

pub(crate) fn disconnect() -> WebPage {
    let id = parameter("id");
    page("Disconnect", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let id: ConnectionId = parse_id(&id)?;
        let connection = hub().connection(&actor, &id).await?;
        let cancel = view! { <form method="get" action="/integrations">{submit("Cancel", Look::Secondary)}</form> };
        let question = stack((consequences(&connection), row((submit_button(&connection), cancel))));
        set_title(&title(&connection));
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(title(&connection), account(&connection), ())}
            {card("consequences", "What happens", (), question)}
            {row(link_button("View the connection", format!("/integrations/{id}"), Look::Secondary))}
        }))
    })
}

/// The confirmation as a dialog with the id `disconnect-{id}`, where `{id}` is the id of the connection.
pub(super) fn disconnect_dialog(connection: &Connection) -> AnyView {
    let content = view! { {muted(account(connection))} {consequences(connection)} };
    dialog(&format!("disconnect-{}", connection.id), title(connection), content, submit_button(connection))
}

fn submit_button(connection: &Connection) -> AnyView {
    post_button("/actions/disconnect", vec![("connection", connection.id.to_string()), form_id()], verb(connection), Look::Danger)
}

fn verb(connection: &Connection) -> &'static str {
    if connection.confirmation.is_some() { "Decline" } else { "Disconnect" }
}

fn consequences(connection: &Connection) -> AnyView {
    let name = &connection.integration.name;
    match connection.confirmation {
        Some(_) => text(format!(
            "The stored credentials are erased, and LexiContract’s access to {name} is revoked. Until now, LexiContract has read \
             only the account and the user who granted access."
        )),
        None => disconnect_consequences(connection.has_setup(), connectors::terms(&connection.integration.slug)),
    }
}

fn title(connection: &Connection) -> String {
    format!("{} {}?", verb(connection), connection.integration.name)
}

fn account(connection: &Connection) -> String {
    let account = connection.account_label.clone().unwrap_or_default();
    if connection.has_setup() { format!("{account} · {}", connection.environment.label()) } else { account }
}
