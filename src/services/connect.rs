//! From the button to a stored credential: begin, come back, store; and the same again for a reconnect.

use super::Actor;
use crate::{
    domain::{
        connect_failure::ConnectFailure,
        connection::{Authorization, Connection, Environment},
        ids::{ConnectionId, IntegrationId},
    },
    hub::{Hub, Result},
    secret::Secret,
};
use std::collections::BTreeMap;

/// What a person gives to connect.
#[derive(Default)]
pub struct ConnectRequest {
    /// For OAuth 2.0; production when absent.
    pub environment: Option<Environment>,
    /// For `my_domain`: a host, or any address of the org.
    pub domain: Option<String>,
    /// For an API key: the fields by name.
    pub fields: BTreeMap<String, Secret<String>>,
}

/// What a request to connect leads to.
#[expect(clippy::large_enum_variant, reason = "made once per request")]
pub enum Connecting {
    /// The key was good and is stored.
    Done(Connection),
    /// The person must give consent at the provider.
    Authorize(Authorization),
}

/// What came back from the provider's consent page.
pub struct Callback {
    /// Our state.
    pub state: Option<Secret<String>>,
    /// The code, when consent was given.
    pub code: Option<Secret<String>>,
    /// The error, when it was not.
    pub error: Option<String>,
    /// More about the error.
    pub error_description: Option<String>,
}

impl Hub {
    /// Connects with a key, or begins the OAuth flow.
    pub async fn connect(&self, _actor: &Actor, _id: &IntegrationId, _request: ConnectRequest) -> Result<Connecting> {
        unimplemented!()
    }
    /// Connects an existing connection again; id and history stay.
    pub async fn reconnect(
        &self,
        _actor: &Actor,
        _id: &ConnectionId,
        _fields: BTreeMap<String, Secret<String>>,
    ) -> Result<Connecting> {
        unimplemented!()
    }
    /// Begins the Salesforce flow for an environment: a reconnect when that is connected already.
    pub async fn authorize_salesforce(
        &self,
        _actor: &Actor,
        _environment: Environment,
        _domain: Option<&str>,
    ) -> Result<Authorization> {
        unimplemented!()
    }
    /// Ends the Salesforce flow. `actor` is who is signed in in the browser that came back.
    ///
    /// # Errors
    /// What the page must say.
    pub async fn finish_salesforce(
        &self,
        _actor: Option<&Actor>,
        _callback: Callback,
    ) -> std::result::Result<Connection, ConnectFailure> {
        unimplemented!()
    }
}
