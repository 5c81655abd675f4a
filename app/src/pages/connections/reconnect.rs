//! Connect an existing connection again.

use super::connect::key_fields;
use crate::{
    context::{actor, hub},
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page, set_title},
        request::parameter,
    },
    parts::{
        form::{
            button::{Look, hidden, link, submit},
            form_id::form_id,
        },
        layout::{back, card::card, page_heading, prose::text, row, sections, stack},
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::Role,
    connection::{Connection, catalogue::AuthType},
    ids::ConnectionId,
    problem::Problem,
};

/// Asks for a new key, or for the way to the provider.
pub(crate) fn reconnect() -> WebPage {
    let id = parameter("id");
    let (messages, refused) = (messages(), FormState::here());
    page("Reconnect", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        let catalogue = hub.catalogue(&actor);
        let fields = catalogue.into_iter().find(|entry| entry.id == connection.integration.id).map(|entry| entry.fields);
        let inputs = match connection.integration.auth_type {
            AuthType::ApiKey => key_fields(&fields.unwrap_or_default(), &refused),
            AuthType::OAuth2 => {
                text("You go to the provider, sign in to the same account and choose Allow. Then you are back here.")
            }
        };
        set_title(&format!("Reconnect {}", connection.integration.name));
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(
                format!("Reconnect {}", connection.integration.name),
                "Its settings, its webhook secret and its history stay.".into_any(),
                ().into_any(),
            )}
            {messages}
            {form(&connection, inputs)}
        }))
    })
}

fn form(connection: &Connection, inputs: AnyView) -> AnyView {
    let buttons = row((submit("Reconnect", Look::Primary), link("Cancel", "/integrations", Look::Secondary)));
    let form = view! {
        <form method="post" action="/actions/reconnect">
            {hidden(vec![("connection", connection.id.to_string()), form_id()])}
            {stack((inputs, buttons))}
        </form>
    };
    card("reconnect", connection.account_label.clone().unwrap_or("The same account".to_owned()), ().into_any(), form.into_any())
}
