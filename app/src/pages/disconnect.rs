//! The question before a connection ends, as a page.

use super::{page::page, request::parameter};
use crate::{
    context::{actor, hub},
    parts::{
        button::{Look, link, post, submit},
        card::card,
        disconnect::consequences,
        layout::{back, page_heading, row, sections, stack},
    },
};
use leptos::prelude::*;
use lexicontract::domain::{ids::ConnectionId, people::Role, problem::Problem};

/// Says what will stop, and asks.
#[component]
pub(super) fn Disconnect() -> impl IntoView {
    let id = parameter("id");
    page("Disconnect", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub().connection(&actor, &id).await?;
        let name = connection.integration.name;
        let buttons = row((
            post("/actions/disconnect", vec![("connection", id.to_string())], "Disconnect", Look::Danger),
            view! { <form method="get" action="/integrations">{submit("Cancel", Look::Secondary)}</form> },
        ));
        let account = connection.account_label.unwrap_or_default();
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(format!("Disconnect {name}?"), account.into_any(), ().into_any())}
            {card("consequences", "What happens", ().into_any(), stack((consequences(&name), buttons)))}
            {row(link("Look at the connection first", format!("/integrations/{id}"), Look::Secondary))}
        }))
    })
}
