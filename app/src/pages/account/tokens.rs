//! API tokens.

use crate::{
    context::{actor, hub},
    fingerprint::page_at,
    flash,
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page},
        request::query,
    },
    parts::{
        form::{
            button::{Look, hidden, submit},
            confirm::confirm,
            copy::shown_once,
            field::{Input, select_of},
            form_id::form_id,
        },
        icon::Icon,
        layout::{
            card::card,
            empty::empty,
            form_row, page_heading,
            prose::{code, link, muted},
            sections, stack,
            table::{Cell, next_page, table},
        },
        status::{moment::moment, pill::pill, tone::Tone},
    },
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::{ApiToken, TokenLifetime},
    page::Page,
    time::Timestamp,
};

/// The tokens, and a form for one more.
pub(crate) fn tokens() -> WebPage {
    let cursor = query("cursor");
    let (messages, refused) = (messages(), FormState::here());
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
            {card("create", "Create a token", ().into_any(), create(&refused))}
        }))
    })
}

fn list(tokens: &Page<ApiToken>, now: Timestamp) -> AnyView {
    if tokens.items.is_empty() {
        return empty(Icon::Key, "No tokens yet", "Create one below when a program needs to reach the API.", ().into_any());
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
    let has_expired = token.expires_at <= now;
    let expires = match has_expired {
        true => view! { {pill(Tone::Warn, "Expired")} " " {moment(token.expires_at, now)} }.into_any(),
        false => moment(token.expires_at, now),
    };
    let (words, consequence, do_it) = match has_expired {
        true => ("Remove", format!("“{}” no longer works. It disappears from this list.", token.name), "Remove token"),
        false => ("Revoke", format!("Programs that use “{}” are refused from then on.", token.name), "Revoke token"),
    };
    let values = vec![("token", token.id.to_string()), form_id()];
    let revoke = confirm((words, &token.name), Look::Quiet, consequence, "/actions/revoke_api_token", values, do_it);
    vec![
        ("Name", token.name.clone().into_any()),
        ("Begins with", code(format!("{}…", token.prefix))),
        ("Created by", token.created_by.clone().into_any()),
        ("Created", moment(token.created_at, now)),
        ("Expires", expires),
        ("Last used", used),
        ("", revoke),
    ]
}

fn create(refused: &FormState) -> AnyView {
    let name = Input { placeholder: "Nightly export".to_owned(), ..Input::text("name", "Name") };
    let days = TokenLifetime::CHOICES.map(|days| (days.to_string(), format!("{days} days"))).to_vec();
    let chosen = refused.value("expires_in_days").unwrap_or_else(|| TokenLifetime::default().days().to_string());
    let fields = form_row((
        refused.fill(name).help("It tells you later what the token is for.").view(),
        select_of("token-expiry", "expires_in_days", "Expires after", days, &chosen),
        submit("Create token", Look::Primary),
    ));
    let ends = muted(
        "A token ends when it expires, when you revoke it, when you change your password without keeping your tokens, and when an admin \
         disables or removes your account. Expired tokens disappear from the list after 30 days.",
    );
    view! {
        <form method="post" action="/actions/create_api_token">
            {hidden(vec![form_id()])}
            {stack((fields, ends))}
        </form>
    }
    .into_any()
}
