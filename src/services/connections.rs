//! An organization's connections: list, look, change, test.

use super::Actor;
use crate::{
    domain::{
        connection::{Connection, ConnectionTest},
        ids::ConnectionId,
    },
    hub::{Hub, Result},
};
use serde_json::{Map, Value};

/// What to change of a connection; `None` leaves it.
#[derive(Default)]
pub struct ConnectionChange {
    /// Whether webhook and write-back work.
    pub is_enabled: Option<bool>,
    /// Settings to replace by top-level key; `null` removes one.
    pub metadata: Option<Map<String, Value>>,
}

impl Hub {
    /// The organization's connections, oldest first.
    pub async fn connections(&self, _actor: &Actor) -> Result<Vec<Connection>> {
        unimplemented!()
    }
    /// One of them.
    pub async fn connection(&self, _actor: &Actor, _id: &ConnectionId) -> Result<Connection> {
        unimplemented!()
    }
    /// Changes switches and settings.
    pub async fn update_connection(&self, _actor: &Actor, _id: &ConnectionId, _change: ConnectionChange) -> Result<Connection> {
        unimplemented!()
    }
    /// Asks the provider now whether everything is as it must be.
    pub async fn test_connection(&self, _actor: &Actor, _id: &ConnectionId) -> Result<ConnectionTest> {
        unimplemented!()
    }
}
