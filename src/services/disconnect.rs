//! The end of a connection: credentials wiped at once, the grant revoked at the provider.

use super::Actor;
use crate::{
    domain::{connection::Disconnected, ids::ConnectionId},
    hub::{Hub, Result},
};

impl Hub {
    /// Removes a connection. Contracts stay; the webhook secret is dead at once; the revocation is retried in the background.
    pub async fn disconnect(&self, _actor: &Actor, _id: &ConnectionId) -> Result<Disconnected> {
        unimplemented!()
    }
}
