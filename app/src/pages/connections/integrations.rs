use super::card::{card, dialogs};
use super::receipt::receipt;
use crate::connect_link::open_links;
use crate::fingerprint;
use crate::islands::IntegrationsBoard;
use crate::pages::prelude::*;
use lexicontract::domain::connection::catalogue::Category;
use lexicontract::domain::connection::connect_link::ConnectLink;
use lexicontract::domain::connection::disconnection::Disconnection;
use lexicontract::domain::ids::DisconnectionId;

pub(crate) fn integrations() -> WebPage {
    let category = query("category").and_then(|text| text.parse().ok());
    let search = query("q").unwrap_or_default();
    let receipt = query("receipt").and_then(|id| id.parse().ok());
    page("Integrations", async move {
        let (hub, actor) = (hub(), actor()?);
        Ok(view(&BoardData::read(&hub, &actor, receipt, category, search).await?))
    })
}

fn view(data: &BoardData) -> AnyView {
    let name_of = |slug: &str| data.catalogue.iter().find(|entry| entry.slug == slug).map(|entry| entry.name.clone());
    let subject = Subject::Board { receipt: data.receipt.as_ref().map(|receipt| receipt.id.clone()) };
    let known = fingerprint::board(data.healths.clone(), &data.pending, &data.links, data.receipt.as_ref());
    let receipt_id = data.receipt.as_ref().map(|receipt| receipt.id.to_string());
    let address = with_query("/integrations", [("receipt", receipt_id.as_deref())]);
    let cards: Vec<AnyView> = data.catalogue.iter().map(|entry| card(entry, data.matches(entry), data)).collect();
    let is_any_shown = data.catalogue.iter().any(|entry| data.matches(entry));
    let search = board_search(data.search.clone(), data.category.map(|category| category.into_str()));
    let content = board(view! { {toolbar(search, categories(data))} {card_grid(cards)} {no_match(!is_any_shown)} });
    sections(view! {
        {page_heading("Integrations", "Connect the systems your contracts come from.", ())}
        {connect_messages(name_of, |slug| data.is_pending(slug))}
        {data.receipt.as_ref().map(|found| live("receipt", receipt(found, data.now)))}
        <IntegrationsBoard subject known address>
            {content}
        </IntegrationsBoard>
        {dialogs(data)}
    })
}

fn categories(data: &BoardData) -> AnyView {
    let search = Some(data.search.as_str()).filter(|search| !search.is_empty());
    let link = |category: Option<Category>| {
        let name = category.map(|category| category.into_str());
        category_link(name, with_query("/integrations", [("category", name), ("q", search)]), category == data.category)
    };
    std::iter::once(None).chain(Category::ALL.iter().copied().map(Some)).map(link).collect_view().into_any()
}

pub(super) struct BoardData {
    pub catalogue: Vec<Integration>,
    pub healths: Vec<ConnectionHealth>,
    pub pending: Vec<Connection>,
    pub links: Vec<ConnectLink>,
    receipt: Option<Disconnection>,
    pub is_admin: bool,
    pub now: Timestamp,
    category: Option<Category>,
    search: String,
}

impl BoardData {
    async fn read(
        hub: &Hub,
        actor: &Actor,
        receipt: Option<DisconnectionId>,
        category: Option<Category>,
        search: String,
    ) -> hub::Result<Self> {
        let (healths, pending) = hub.connection_healths(actor).await?;
        Ok(Self {
            catalogue: hub.catalogue(actor),
            healths,
            pending,
            links: open_links(hub, actor).await?,
            receipt: match receipt {
                // An unknown receipt is ignored.
                Some(id) => hub.disconnection(actor, &id).await.ok(),
                None => None,
            },
            is_admin: actor.role >= Role::Admin,
            now: hub.clock().now(),
            category,
            search,
        })
    }

    /// Returns true if an admin must confirm the newest connection to an integration.
    fn is_pending(&self, slug: &str) -> bool {
        let is_of = |connection: &Connection| connection.integration.slug == slug;
        let pending = self.pending.iter().filter(|connection| is_of(connection)).map(|connection| connection.created_at).max();
        let connected = self.healths.iter().filter(|health| is_of(&health.connection)).map(|health| health.connected_at).max();
        pending > connected
    }

    fn matches(&self, integration: &Integration) -> bool {
        self.category.is_none_or(|category| integration.category == category)
            && searchable(integration).contains(self.search.trim_ascii().to_ascii_lowercase().as_str())
    }
}

#[cfg(test)]
mod tests {
    use lexicontract::connectors::CONNECTORS;
    use std::path::Path;

    #[test]
    fn every_integration_has_a_logo() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/connectors");
        for connector in CONNECTORS {
            assert!(folder.join(format!("{}.svg", connector.slug)).is_file(), "{} has no logo", connector.slug);
        }
    }
}
