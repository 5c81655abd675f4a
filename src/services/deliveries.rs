//! What came of the calls of the webhook.

use super::Actor;
use crate::{
    domain::{
        delivery::Delivery,
        ids::{ConnectionId, DeliveryId},
        page::{Page, PageRequest},
    },
    hub::{Hub, Result},
};

impl Hub {
    /// A connection's deliveries, newest first.
    pub async fn deliveries(&self, _actor: &Actor, _connection: &ConnectionId, _page: &PageRequest) -> Result<Page<Delivery>> {
        unimplemented!()
    }
    /// Runs a delivery again, from the first attempt.
    pub async fn redeliver(&self, _actor: &Actor, _id: &DeliveryId) -> Result<Delivery> {
        unimplemented!()
    }
}
