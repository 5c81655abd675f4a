//! API tokens.

use super::{
    messages::messages,
    page::{WebPage, page},
    refused::Refused,
    request::query,
};
use crate::{
    context::{actor, hub},
    flash,
    parts::{
        button::{Look, hidden, submit},
        card::card,
        confirm::confirm,
        copy::shown_once,
        empty::empty,
        field::Input,
        form_id::form_id,
        icon::Icon,
        layout::{form_row, page_heading, sections},
        moment::moment,
        prose::{code, link},
        table::{Cell, next_page, table},
    },
    watch::page_at,
    words::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::domain::{page::Page, people::ApiToken, time::Timestamp};

/// The tokens, and a form for one more.
pub(super) fn tokens() -> WebPage {
    let cursor = query("cursor");
    let (messages, refused) = (messages(), Refused::here());
    page("API tokens", async move {
        let (hub, actor) = (hub(), actor()?);
        let tokens = hub.api_tokens(&actor, &page_at(cursor)).await?;
        let made = flash::take("/settings/tokens").map(|token| {
            let note = "Send it as “Authorization: Bearer …”. We keep only a digest of it, so nobody can show it again.";
            shown_once("new-token", "New API token", token, note)
        });
        let lead = view! { "Programs act with their maker’s role. " {link("API documentation", "/api/docs")} };
        Ok(sections(view! {
            {page_heading("API tokens", lead.into_any(), ().into_any())}
            {messages}
            {made}
            {card("tokens", "Tokens", ().into_any(), list(&tokens, hub.clock().now()))}
            {card("create", "Make a token", ().into_any(), create(&refused))}
        }))
    })
}

fn list(tokens: &Page<ApiToken>, now: Timestamp) -> AnyView {
    if tokens.items.is_empty() {
        return empty(Icon::Key, "No tokens yet", "Make one below when a program needs to reach the API.", ().into_any());
    }
    let rows = tokens.items.iter().map(|token| row(token, now)).collect();
    let more = tokens.next_cursor.as_deref().map(|cursor| format!("/settings/tokens?cursor={}", escape(cursor)));
    view! { {table("API tokens", rows)} {next_page(more)} }.into_any()
}

fn row(token: &ApiToken, now: Timestamp) -> Vec<Cell> {
    let used = match token.last_used_at {
        Some(at) => moment(at, now),
        None => "Never".into_any(),
    };
    let revoke = confirm(
        ("Revoke", &token.name),
        Look::Quiet,
        format!("Programs that use “{}” are refused from then on.", token.name),
        "/actions/revoke_api_token",
        vec![("token", token.id.to_string()), form_id()],
        "Revoke token",
    );
    vec![
        ("Name", token.name.clone().into_any()),
        ("Begins with", code(format!("{}…", token.prefix))),
        ("Made by", token.created_by.clone().into_any()),
        ("Made", moment(token.created_at, now)),
        ("Last used", used),
        ("", revoke),
    ]
}

fn create(refused: &Refused) -> AnyView {
    let name = Input { placeholder: "Nightly export".to_owned(), ..Input::text("name", "Name") };
    view! {
        <form method="post" action="/actions/create_api_token">
            {hidden(vec![form_id()])}
            {form_row((
                refused.fill(name).help("It tells you later what the token is for.").view(),
                submit("Create token", Look::Primary),
            ))}
        </form>
    }
    .into_any()
}
