//! What can be connected on this server.

use super::Actor;
use crate::{
    domain::catalogue::Integration,
    hub::{Hub, Result},
};

impl Hub {
    /// The catalogue, in its order.
    pub async fn catalogue(&self, _actor: &Actor) -> Result<Vec<Integration>> {
        unimplemented!()
    }
}
