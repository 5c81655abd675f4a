use crate::auto_refresh::Subject;
use crate::connect_link::open_links;
use crate::contract_query::ContractQuery;
use lexicontract::domain::connection::Connection;
use lexicontract::domain::connection::connect_link::ConnectLink;
use lexicontract::domain::connection::disconnection::Disconnection;
use lexicontract::domain::connection::health::ConnectionHealth;
use lexicontract::domain::connection::polling::Polling;
use lexicontract::domain::delivery::DeliveryStatus;
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
            let (healths, pending) = hub.connection_healths(actor).await?;
            board(healths, &pending, &open_links(hub, actor).await?, receipt.as_ref())
        }
        Subject::Contract(id) => {
            let latest = hub.history(actor, id, &PageRequest::new(Some(1), None).unwrap_or_default()).await?.items;
            digest(&(hub.contract(actor, id).await?, latest))
        }
        Subject::Connection(id) => {
            let deliveries = hub.deliveries(actor, id, &PageRequest::default()).await?;
            let secrets = hub.webhook_secrets(actor, id).await?;
            let health = without_times_of_polls(hub.connection_health(actor, id).await?);
            let polling = hub.polling(actor, id).await?.map(|polling| {
                let Polling { interval_seconds, slow_because, polled_at, last_error, .. } = polling;
                (interval_seconds, slow_because, polled_at.is_some(), last_error)
            });
            let refused = hub.refused_calls(actor, id, &PageRequest::default()).await?;
            digest(&(health, polling, hub.work(actor, id).await?, deliveries, secrets, refused))
        }
        Subject::Delivery(id) => {
            let mut found = hub.delivery(actor, id).await?;
            // The duration of the step in progress changes all the time.
            let is_open = !matches!(found.delivery.status, DeliveryStatus::Done | DeliveryStatus::Failed);
            found.steps.iter_mut().rev().take(usize::from(is_open)).for_each(|step| step.duration_ms = 0);
            digest(&found)
        }
        Subject::Contracts(query) => {
            let filter = serde_json::from_str::<ContractQuery>(query).unwrap_or_default().filter();
            let counts = hub.contract_counts(actor, &filter).await?.by_status;
            digest(&(hub.contracts(actor, &filter).await?, counts))
        }
    })
}

/// The fingerprint of the integrations board.
pub(crate) fn board(
    healths: Vec<ConnectionHealth>,
    pending: &[Connection],
    links: &[ConnectLink],
    receipt: Option<&Disconnection>,
) -> String {
    let healths: Vec<_> = healths.into_iter().map(without_times_of_polls).collect();
    digest(&(healths, pending, links, receipt))
}

/// Replaces the times that every poll of the provider updates, so that a poll without new deals does not refresh the page.
fn without_times_of_polls(mut health: ConnectionHealth) -> ConnectionHealth {
    let connection = &mut health.connection;
    connection.last_activity_at = connection.last_activity_at.map(|_| connection.created_at);
    connection.updated_at = connection.created_at;
    health
}

/// A short hash that detects changes. It is not suitable for security purposes.
pub(crate) fn digest(value: &impl Serialize) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(value).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}
