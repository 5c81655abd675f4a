//! The integrations board.

use super::{
    card::{card, dialogs},
    receipt::receipt,
};
use crate::{
    auto_refresh::Subject,
    context::{actor, hub},
    fingerprint::word,
    islands::IntegrationsBoard,
    pages::{
        messages::connect_messages,
        page::{WebPage, page},
        request::query,
    },
    parts::layout::{
        board::{board, board_search, category_link, grid, no_match, searchable, toolbar},
        card::live,
        page_heading, sections,
    },
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        connection::{
            Connection,
            catalogue::{Category, Integration},
            disconnection::Disconnection,
            health::ConnectionHealth,
        },
        ids::DisconnectionId,
        time::Timestamp,
    },
    hub::{self, Hub},
    services::Actor,
};

/// What the board shows.
pub(crate) struct Shown {
    pub catalogue: Vec<Integration>,
    pub healths: Vec<ConnectionHealth>,
    pub pending: Vec<Connection>,
    pub receipt: Option<Disconnection>,
    pub is_admin: bool,
    pub now: Timestamp,
    category: Option<Category>,
    search: String,
}

/// What can be connected, what is, and how it stands.
pub(crate) fn integrations() -> WebPage {
    let category = query("category").and_then(|text| Category::parse(&text));
    let search = query("q").unwrap_or_default();
    let receipt = query("receipt").and_then(|id| id.parse().ok());
    page("Integrations", async move {
        let (hub, actor) = (hub(), actor()?);
        let shown = read(&hub, &actor, receipt, category, search).await?;
        Ok(view(shown))
    })
}

async fn read(
    hub: &Hub,
    actor: &Actor,
    receipt: Option<DisconnectionId>,
    category: Option<Category>,
    search: String,
) -> hub::Result<Shown> {
    let (healths, pending) = hub.connection_healths(actor).await?;
    Ok(Shown {
        catalogue: hub.catalogue(actor),
        healths,
        pending,
        receipt: match receipt {
            // Only a receipt of this organization is shown; another one is as good as none.
            Some(id) => hub.disconnection(actor, &id).await.ok(),
            None => None,
        },
        is_admin: actor.role >= lexicontract::domain::account::users::Role::Admin,
        now: hub.clock().now(),
        category,
        search,
    })
}

fn view(shown: Shown) -> AnyView {
    let names: Vec<(String, String)> = shown.catalogue.iter().map(|entry| (entry.slug.clone(), entry.name.clone())).collect();
    let name_of = move |slug: &str| names.iter().find(|(known, _)| known == slug).map(|(_, name)| name.clone());
    let subject = Subject::Board { receipt: shown.receipt.as_ref().map(|receipt| receipt.id.clone()) };
    let known = word(&((&shown.healths, &shown.pending), &shown.receipt));
    let address = match &shown.receipt {
        Some(receipt) => format!("/integrations?receipt={}", receipt.id),
        None => "/integrations".to_owned(),
    };
    let cards: String = shown.catalogue.iter().map(|entry| card(entry, is_shown(entry, &shown), &shown).to_string()).collect();
    let is_any_shown = shown.catalogue.iter().any(|entry| is_shown(entry, &shown));
    let toolbar = toolbar(board_search(shown.search.clone(), shown.category.map(Category::as_str)), categories(&shown));
    let content = board(view! { {toolbar} {grid(cards)} {no_match(!is_any_shown)} });
    sections(view! {
        {page_heading("Integrations", "Connect the systems your contracts come from.".into_any(), ().into_any())}
        {connect_messages(name_of, |slug| waits_for_confirmation(slug, &shown))}
        {shown.receipt.as_ref().map(|found| live("receipt", receipt(found, shown.now)))}
        <IntegrationsBoard subject known address>
            {content}
        </IntegrationsBoard>
        {dialogs(&shown)}
    })
}

/// Whether the newest connection of an integration waits for confirmation.
fn waits_for_confirmation(slug: &str, shown: &Shown) -> bool {
    let is_of = |connection: &Connection| connection.integration.slug == slug;
    let pending = shown.pending.iter().filter(|connection| is_of(connection)).map(|connection| connection.created_at).max();
    let connected = shown.healths.iter().filter(|health| is_of(&health.connection)).map(|health| health.connected_at).max();
    pending > connected
}

fn categories(shown: &Shown) -> AnyView {
    let words = (!shown.search.is_empty()).then(|| format!("q={}", escape(&shown.search)));
    let link = |category: Option<Category>| {
        let category_word = category.map(Category::as_str);
        let parts: Vec<String> = category_word.map(|word| format!("category={word}")).into_iter().chain(words.clone()).collect();
        let separator = if parts.is_empty() { "" } else { "?" };
        category_link(category_word, format!("/integrations{separator}{}", parts.join("&")), category == shown.category)
    };
    std::iter::once(None).chain(Category::ALL.map(Some)).map(link).collect_view().into_any()
}

fn is_shown(integration: &Integration, shown: &Shown) -> bool {
    shown.category.is_none_or(|category| integration.category == category)
        && searchable(integration).contains(shown.search.trim_ascii().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use lexicontract::connectors::CONNECTORS;
    use std::path::Path;

    #[test]
    fn every_integration_has_a_picture() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/connectors");
        for connector in CONNECTORS {
            assert!(folder.join(format!("{}.svg", connector.slug)).is_file(), "{} has none", connector.slug);
        }
    }
}
