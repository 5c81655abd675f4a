//! The question before a connection ends: as a dialog, and as a page.

use crate::{
    context::{actor, hub},
    pages::{
        page::{WebPage, page, set_title},
        request::parameter,
    },
    parts::{
        form::{
            button::{Look, link, post, submit},
            dialog::dialog,
            disconnect::consequences,
            form_id::form_id,
        },
        layout::{
            back,
            card::card,
            page_heading,
            prose::{muted, text},
            row, sections, stack,
        },
    },
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::{account::users::Role, connection::Connection, ids::ConnectionId, problem::Problem},
};

/// Says what will stop, and asks.
pub(crate) fn disconnect() -> WebPage {
    let id = parameter("id");
    page("Disconnect", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub().connection(&actor, &id).await?;
        let buttons = row((
            do_it(&connection),
            view! { <form method="get" action="/integrations">{submit("Cancel", Look::Secondary)}</form> },
        ));
        let question = stack((what_happens(&connection), buttons));
        set_title(&title(&connection));
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(title(&connection), whose(&connection).into_any(), ().into_any())}
            {card("consequences", "What happens", ().into_any(), question)}
            {row(link("Look at the connection first", format!("/integrations/{id}"), Look::Secondary))}
        }))
    })
}

/// The same as a dialog, which `data-dialog="disconnect-{id}"` opens.
pub(crate) fn disconnect_dialog(connection: &Connection) -> AnyView {
    let content = view! { {muted(whose(connection))} {what_happens(connection)} };
    dialog(&format!("disconnect-{}", connection.id), title(connection), content.into_any(), do_it(connection))
}

fn do_it(connection: &Connection) -> AnyView {
    post("/actions/disconnect", vec![("connection", connection.id.to_string()), form_id()], verb(connection), Look::Danger)
}

/// A connection that waits for confirmation is declined.
fn verb(connection: &Connection) -> &'static str {
    if connection.confirmation.is_some() { "Decline" } else { "Disconnect" }
}

fn what_happens(connection: &Connection) -> AnyView {
    let name = &connection.integration.name;
    match connection.confirmation {
        Some(_) => text(format!(
            "The stored credentials are erased and the access at {name} is revoked. Nothing was read but the account."
        )),
        None => consequences(connection.has_setup(), connectors::terms(&connection.integration.slug)),
    }
}

fn title(connection: &Connection) -> String {
    format!("{} {}?", verb(connection), connection.integration.name)
}

fn whose(connection: &Connection) -> String {
    let account = connection.account_label.clone().unwrap_or_default();
    if connection.has_setup() { format!("{account} · {}", connection.environment.label()) } else { account }
}
