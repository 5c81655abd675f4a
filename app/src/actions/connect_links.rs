use super::outcome::{respond, respond_keeping};
use crate::context::{client, form_actor, hub, parse_id};
use crate::text::url::escape;
use crate::{Fault, connect_link, flash};
use leptos::prelude::*;
use lexicontract::domain::ids::{ConnectLinkId, IntegrationId};
use lexicontract::domain::problem::Invalid;
use lexicontract::secret::Secret;
use std::collections::BTreeMap;

/// Creates a connect link. The page of the integration's links shows the URL once.
#[server(prefix = "/actions", endpoint = "create_connect_link")]
pub async fn create_connect_link(
    #[server(default)] integration: String,
    #[server(default)] environment: String,
    #[server(default)] domain: String,
) -> Result<(), Fault> {
    let page = page_of(integration.trim_start_matches("int_"));
    let values = BTreeMap::from([("environment", environment.clone()), ("domain", domain.clone())]);
    let outcome = async {
        let id: IntegrationId = parse_id(&integration)?;
        let environment = environment.parse().map_err(|_| Invalid::Environment)?;
        let domain = Some(domain.as_str()).filter(|domain| !domain.trim().is_empty());
        let created = hub().create_connect_link(&form_actor()?, &id, environment, domain).await?;
        flash::keep(&page, &created.url);
        Ok(())
    };
    respond_keeping(outcome.await, |()| format!("{page}?done=connect_link_created"), &page, Some(values))
}

#[server(prefix = "/actions", endpoint = "revoke_connect_link")]
pub async fn revoke_connect_link(#[server(default)] link: String, #[server(default)] integration: String) -> Result<(), Fault> {
    let page = page_of(integration.trim_start_matches("int_"));
    let outcome = async {
        let id: ConnectLinkId = parse_id(&link)?;
        hub().revoke_connect_link(&form_actor()?, &id).await
    };
    respond(outcome.await, |()| format!("{page}?done=connect_link_revoked"), &page)
}

/// Redirects a visitor of a connect link, who needs no account, to the provider.
#[server(prefix = "/actions", endpoint = "start_connect_link")]
pub async fn start_connect_link(#[server(default)] token: String) -> Result<(), Fault> {
    let page = connect_link::page(&token);
    let browser = connect_link::secret_at(connect_link::ACTION, &token).unwrap_or_else(connect_link::new_browser);
    let outcome = hub().start_link_flow(&Secret::from(token.as_str()), &browser, &client()).await;
    if let Ok(started) = &outcome {
        connect_link::keep(&token, &started.slug, &browser);
    }
    respond(outcome, |started| started.authorization_url, &page)
}

fn page_of(slug: &str) -> String {
    format!("/integrations/connect/{}/link", escape(slug))
}
