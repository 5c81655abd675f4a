use super::connect::key_fields;
use crate::pages::prelude::*;
use lexicontract::domain::connection::catalogue::AuthType;

pub(super) fn reconnect_button(connection: &Connection, look: Look) -> AnyView {
    match connection.integration.auth_type {
        AuthType::OAuth2 => post_button("/actions/reconnect", vec![("connection", connection.id.to_string())], "Reconnect", look),
        AuthType::ApiKey => link_button("Reconnect", format!("/integrations/{}/reconnect", connection.id), look),
    }
}

pub(crate) fn reconnect() -> WebPage {
    let id = parameter("id");
    let (messages, form_state) = (messages(), FormState::take());
    page("Reconnect", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ConnectionId = parse_id(&id)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        let catalogue = hub.catalogue(&actor);
        let fields = catalogue.into_iter().find(|entry| entry.id == connection.integration.id).map(|entry| entry.fields);
        let inputs = match connection.integration.auth_type {
            AuthType::ApiKey => key_fields(&fields.unwrap_or_default(), &form_state),
            AuthType::OAuth2 => {
                text("You are redirected to the provider. Sign in to the same account and choose Allow; then you return here.")
            }
        };
        let title = format!("Reconnect {}", connection.integration.name);
        set_title(&title);
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(title, "Settings, webhook secret and history are kept.", ())}
            {messages}
            {form(&connection, inputs)}
        }))
    })
}

fn form(connection: &Connection, inputs: AnyView) -> AnyView {
    let buttons = row((submit("Reconnect", Look::Primary), link_button("Cancel", "/integrations", Look::Secondary)));
    let values = vec![("connection", connection.id.to_string()), form_id()];
    let account = connection.account_label.clone().unwrap_or("The same account".to_owned());
    card("reconnect", account, (), post_form("/actions/reconnect", values, stack((inputs, buttons))))
}
