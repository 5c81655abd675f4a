//! The integrations board.

use super::{messages::connect_messages, page::page, request::query};
use crate::{
    context::{actor, hub},
    islands::IntegrationsBoard,
    parts::layout::{page_heading, sections},
};
use leptos::prelude::*;
use lexicontract::domain::{catalogue::Category, people::Role};

/// What can be connected, what is, and how it stands.
#[component]
pub(super) fn Integrations() -> impl IntoView {
    let category = query("category").and_then(|text| Category::parse(&text));
    let search = query("q").unwrap_or_default();
    page("Integrations", async move {
        let (hub, actor) = (hub(), actor()?);
        let catalogue = hub.catalogue(&actor);
        let connections = hub.connections(&actor).await?;
        let now = hub.clock().now();
        let names: Vec<(String, String)> = catalogue.iter().map(|entry| (entry.slug.clone(), entry.name.clone())).collect();
        let name_of = move |slug: &str| names.iter().find(|(known, _)| known == slug).map(|(_, name)| name.clone());
        let is_admin = actor.role >= Role::Admin;
        Ok(sections(view! {
            {page_heading("Integrations", "Connect the systems your contracts come from.".into_any(), ().into_any())}
            {connect_messages(name_of)}
            <IntegrationsBoard catalogue connections is_admin now category search />
        }))
    })
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
