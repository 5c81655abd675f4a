use crate::Fault;
#[cfg(feature = "ssr")]
use crate::{
    actions::answer,
    context::{actor, hub},
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use lexicontract::domain::connection::Connection;
use lexicontract::domain::connection::catalogue::Integration;
use lexicontract::domain::ids::{ConnectionId, ContractId, DeliveryId, DisconnectionId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// The integrations board. If `receipt` is set, the page shows the receipt of this disconnection above the cards.
    Board {
        receipt: Option<DisconnectionId>,
    },
    Contract(ContractId),
    Connection(ConnectionId),
    Delivery(DeliveryId),
    /// A page of the contract list, identified by its query as JSON.
    Contracts(String),
}

#[server(prefix = "/actions", endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<Integration>, Fault> {
    answer(actor().map(|actor| hub().catalogue(&actor)).map_err(Into::into))
}

#[server(prefix = "/actions", endpoint = "connections")]
pub async fn connections() -> Result<Vec<Connection>, Fault> {
    answer(async { hub().connections(&actor()?).await }.await)
}

/// Returns a text that changes when the content of `subject` changes. Islands poll this function.
#[server(prefix = "/actions", endpoint = "fingerprint", input = Json)]
pub async fn fingerprint(subject: Subject) -> Result<String, Fault> {
    answer(async { crate::fingerprint::fingerprint(&hub(), &actor()?, &subject).await }.await)
}
