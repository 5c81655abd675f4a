//! Whether what a page shows has changed: a short word over everything on it.

use crate::{auto_refresh::Subject, contract_query::ContractQuery};
use lexicontract::{
    domain::page::PageRequest,
    hub::{self, Hub},
    services::Actor,
};
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};

/// A word that changes when the subject does.
pub(crate) async fn fingerprint(hub: &Hub, actor: &Actor, subject: &Subject) -> hub::Result<String> {
    Ok(match subject {
        Subject::Board { receipt } => {
            let receipt = match receipt {
                Some(id) => hub.disconnection(actor, id).await.ok(),
                None => None,
            };
            word(&(hub.connection_healths(actor).await?, receipt))
        }
        Subject::Contract(id) => {
            let newest = hub.history(actor, id, &PageRequest::new(Some(1), None).unwrap_or_default()).await?.items;
            word(&(hub.contract(actor, id).await?, newest))
        }
        Subject::Connection(id) => {
            let deliveries = hub.deliveries(actor, id, &PageRequest::default()).await?;
            let secrets = hub.webhook_secrets(actor, id).await?;
            word(&(hub.connection_health(actor, id).await?, hub.work(actor, id).await?, deliveries, secrets))
        }
        Subject::Contracts(asked) => {
            let filter = serde_json::from_str::<ContractQuery>(asked).unwrap_or_default().filter();
            let counts = hub.contract_counts(actor, &filter).await?.by_status;
            word(&(hub.contracts(actor, &filter).await?, counts))
        }
    })
}

/// The page of a list that begins there.
pub(crate) fn page_at(cursor: Option<String>) -> PageRequest {
    PageRequest::new(None, cursor).unwrap_or_default()
}

/// A short word over everything in `value`.
pub(crate) fn word(value: &impl Serialize) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(value).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}
