use crate::auto_refresh::Subject;
use crate::contract_query::ContractQuery;
use lexicontract::domain::page::PageRequest;
use lexicontract::hub::{self, Hub};
use lexicontract::services::Actor;
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};

pub(crate) async fn fingerprint(hub: &Hub, actor: &Actor, subject: &Subject) -> hub::Result<String> {
    Ok(match subject {
        Subject::Board { receipt } => {
            let receipt = match receipt {
                Some(id) => hub.disconnection(actor, id).await.ok(),
                None => None,
            };
            digest(&(hub.connection_healths(actor).await?, receipt))
        }
        Subject::Contract(id) => {
            let latest = hub.history(actor, id, &PageRequest::new(Some(1), None).unwrap_or_default()).await?.items;
            digest(&(hub.contract(actor, id).await?, latest))
        }
        Subject::Connection(id) => {
            let deliveries = hub.deliveries(actor, id, &PageRequest::default()).await?;
            let secrets = hub.webhook_secrets(actor, id).await?;
            digest(&(hub.connection_health(actor, id).await?, hub.work(actor, id).await?, deliveries, secrets))
        }
        Subject::Contracts(query) => {
            let filter = serde_json::from_str::<ContractQuery>(query).unwrap_or_default().filter();
            let counts = hub.contract_counts(actor, &filter).await?.by_status;
            digest(&(hub.contracts(actor, &filter).await?, counts))
        }
    })
}

/// A short hash that detects changes. It is not suitable for security purposes.
pub(crate) fn digest(value: &impl Serialize) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(value).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}
