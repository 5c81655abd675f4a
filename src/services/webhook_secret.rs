//! The secret an Apex trigger sends: made here, shown once, kept as a keyed digest.

use super::Actor;
use crate::{
    domain::{
        connection::{NewWebhookSecret, WebhookSecretInfo},
        ids::ConnectionId,
    },
    hub::{Hub, Result},
};

impl Hub {
    /// Makes a secret. The one before it works for 24 hours more.
    pub async fn make_webhook_secret(&self, _actor: &Actor, _id: &ConnectionId) -> Result<NewWebhookSecret> {
        unimplemented!()
    }
    /// What is known of the secrets that work now, newest first.
    pub async fn webhook_secrets(&self, _actor: &Actor, _id: &ConnectionId) -> Result<Vec<WebhookSecretInfo>> {
        unimplemented!()
    }
}
