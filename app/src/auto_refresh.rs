//! Read-only server functions: the catalogue, the connections, and the fingerprint that islands poll to detect changes.

use crate::Fault;
#[cfg(feature = "ssr")]
use crate::{
    actions::answer,
    context::{actor, hub},
};
use leptos::{prelude::*, server_fn::codec::Json};
use lexicontract::domain::{
    connection::{Connection, catalogue::Integration},
    ids::{ConnectionId, ContractId, DisconnectionId},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// The integrations board. If `receipt` is set, the receipt of that disconnect is shown above the cards.
    Board {
        receipt: Option<DisconnectionId>,
    },
    Contract(ContractId),
    Connection(ConnectionId),
    /// A page of the contract list, identified by its query as JSON. Only the server parses the JSON.
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

/// The fingerprint of `subject`. The fingerprint changes when the content of the subject changes.
#[server(prefix = "/actions", endpoint = "fingerprint", input = Json)]
pub async fn fingerprint(subject: Subject) -> Result<String, Fault> {
    answer(async { crate::fingerprint::fingerprint(&hub(), &actor()?, &subject).await }.await)
}
