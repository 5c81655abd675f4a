//! The server functions that a browser asks for what is new. They only read.

use crate::Fault;
use leptos::{prelude::*, server_fn::codec::Json};
use lexicontract::domain::{
    connection::{Connection, catalogue::Integration},
    ids::{ConnectionId, ContractId, DisconnectionId},
};
use serde::{Deserialize, Serialize};

/// What a page shows, so that it can be asked whether that has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// The integrations board, with the receipt of a disconnect.
    Board {
        /// The receipt above the cards.
        receipt: Option<DisconnectionId>,
    },
    /// A contract with its timeline.
    Contract(ContractId),
    /// A connection with its deliveries.
    Connection(ConnectionId),
    /// A page of the list of contracts.
    /// It carries what the page asked for, in a form that only the server reads.
    Contracts(String),
}

/// What can be connected.
///
/// # Errors
/// Nobody is signed in, or the server cannot answer.
#[server(prefix = "/actions", endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<Integration>, Fault> {
    use crate::{
        actions::answer,
        context::{actor, hub},
    };
    answer(actor().map(|actor| hub().catalogue(&actor)).map_err(Into::into))
}

/// The organization's connections, as the board shows them.
///
/// # Errors
/// Nobody is signed in, or the server cannot answer.
#[server(prefix = "/actions", endpoint = "connections")]
pub async fn connections() -> Result<Vec<Connection>, Fault> {
    use crate::{
        actions::answer,
        context::{actor, hub},
    };
    answer(async { hub().connections(&actor()?).await }.await)
}

/// A word that changes when the subject does.
///
/// # Errors
/// Nobody is signed in, the subject is gone, or the server cannot answer.
#[server(prefix = "/actions", endpoint = "fingerprint", input = Json)]
pub async fn fingerprint(
    /// What the page shows.
    subject: Subject,
) -> Result<String, Fault> {
    use crate::{
        actions::answer,
        context::{actor, hub},
    };
    answer(async { crate::fingerprint::fingerprint(&hub(), &actor()?, &subject).await }.await)
}
