//! The page of the integrations board.

use super::{
    board::BoardData,
    card::{card, dialogs},
    receipt::receipt,
};
use crate::{fingerprint::digest, islands::IntegrationsBoard, pages::prelude::*, text::url::with_query};
use lexicontract::domain::connection::catalogue::Category;

pub(crate) fn integrations() -> WebPage {
    let category = query("category").and_then(|text| text.parse().ok());
    let search = query("q").unwrap_or_default();
    let receipt = query("receipt").and_then(|id| id.parse().ok());
    page("Integrations", async move {
        let (hub, actor) = (hub(), actor()?);
        let data = BoardData::read(&hub, &actor, receipt, category, search).await?;
        Ok(view(data))
    })
}

fn view(data: BoardData) -> AnyView {
    let names: Vec<(String, String)> = data.catalogue.iter().map(|entry| (entry.slug.clone(), entry.name.clone())).collect();
    let name_of = move |slug: &str| names.iter().find(|(known, _)| known == slug).map(|(_, name)| name.clone());
    let subject = Subject::Board { receipt: data.receipt.as_ref().map(|receipt| receipt.id.clone()) };
    let known = digest(&((&data.healths, &data.pending), &data.receipt));
    let receipt_id = data.receipt.as_ref().map(|receipt| receipt.id.to_string());
    let address = with_query("/integrations", [("receipt", receipt_id.as_deref())]);
    let cards = data.catalogue.iter().map(|entry| card(entry, data.matches(entry), &data)).collect();
    let is_any_shown = data.catalogue.iter().any(|entry| data.matches(entry));
    let toolbar =
        toolbar(board_search(data.search.clone(), data.category.map(|category| category.into_str())), categories(&data));
    let content = board(view! { {toolbar} {card_grid(cards)} {no_match(!is_any_shown)} });
    sections(view! {
        {page_heading("Integrations", "Connect the systems your contracts come from.", ())}
        {connect_messages(name_of, |slug| data.is_pending(slug))}
        {data.receipt.as_ref().map(|found| live("receipt", receipt(found, data.now)))}
        <IntegrationsBoard subject known address>
            {content}
        </IntegrationsBoard>
        {dialogs(&data)}
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
