//! Whether what a page shows has changed: a short word over everything on it.

use crate::live::Subject;
use lexicontract::{
    domain::{
        contract::NegotiationStatus,
        page::{MAX_LIMIT, PageRequest},
        problem::Problem,
    },
    hub::Hub,
    services::{Actor, ContractFilter},
};
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};

/// A word that changes when the subject does.
pub(crate) async fn fingerprint(hub: &Hub, actor: &Actor, subject: &Subject) -> Result<String, Problem> {
    Ok(match subject {
        Subject::Board { receipt } => {
            let receipt = match receipt {
                Some(id) => hub.disconnection(actor, id).await.ok(),
                None => None,
            };
            word(&(hub.standings(actor).await?, receipt))
        }
        Subject::Contract(id) => {
            let timeline = hub.timeline(actor, id, &timeline_page()).await?;
            word(&(hub.contract(actor, id).await?, timeline.items.len()))
        }
        Subject::Connection(id) => {
            let deliveries = hub.deliveries(actor, id, &PageRequest::default()).await?;
            let secrets = hub.webhook_secrets(actor, id).await?;
            word(&(hub.standing(actor, id).await?, hub.work(actor, id).await?, deliveries, secrets))
        }
        Subject::Contracts { status, text, cursor } => {
            word(&hub.contracts(actor, &filter(status.as_deref(), text.clone(), cursor.clone())).await?)
        }
    })
}

/// The filter of a list address; a status nobody knows filters nothing.
pub(crate) fn filter(status: Option<&str>, text: Option<String>, cursor: Option<String>) -> ContractFilter {
    ContractFilter {
        status: status.and_then(NegotiationStatus::parse),
        text: text.filter(|text| !text.trim().is_empty()),
        page: page_at(cursor),
    }
}

/// The page of a list that begins there.
pub(crate) fn page_at(cursor: Option<String>) -> PageRequest {
    PageRequest::new(None, cursor).unwrap_or_default()
}

/// As much of a timeline as a page shows.
pub(crate) fn timeline_page() -> PageRequest {
    PageRequest::new(Some(MAX_LIMIT), None).unwrap_or_default()
}

/// A short word over everything in `value`.
pub(crate) fn word(value: &impl Serialize) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(value).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}
