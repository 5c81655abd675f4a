//! The first half of an OAuth 2.0 flow: what started it, and the provider's consent page that it leads to.

use super::connect::{Place, authority, check_places};
use crate::{
    connectors::{self, OAuthClient},
    db::connections::oauth_flows,
    domain::{
        account::users::Role,
        connection::{Authorization, Environment},
        contract::timeline::ActivityKind,
        ids::ConnectionId,
    },
    hub::{Hub, Result},
    random::{digest, new_secret},
    services::{Actor, Via, connections},
    vault::Field,
};
use std::time::Duration;

/// How long a person has at the provider's consent page.
const FLOW_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The most flows of one user at a time: a new one replaces the oldest.
const MAX_FLOWS: i64 = 20;

/// What started a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A button of our pages, or a program.
    Button,
    /// The page that asks, which a link from elsewhere leads to.
    AskingPage,
}

/// A flow to start.
pub(crate) struct Flow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) login_url: url::Url,
    /// The connection that gets a new grant; `None` for a new connection.
    pub(crate) renews: Option<ConnectionId>,
    pub(crate) start: Start,
}

/// What the page asks an admin for before it starts a flow.
#[derive(Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// The provider's environment.
    pub environment: Environment,
    /// The host at which a person signs in.
    pub login_host: String,
    /// The account that is connected to it already: the flow renews that connection.
    pub renews: Option<String>,
}

impl Hub {
    /// Starts the flow of a provider for an environment: a reconnect when that is connected already.
    ///
    /// # Errors
    /// The actor is no admin, the server is not set up for the provider, or a connection to the environment waits for confirmation.
    pub async fn start_flow(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<Authorization> {
        self.begin_provider_flow(actor, slug, environment, domain, Start::Button).await
    }

    /// The same from the page that asks. A new connection that it makes must be confirmed. A reconnect needs no confirmation, because it
    /// is refused for any account but the connected one.
    ///
    /// # Errors
    /// As for [`Hub::start_flow`].
    pub async fn start_flow_to_confirm(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<Authorization> {
        self.begin_provider_flow(actor, slug, environment, domain, Start::AskingPage).await
    }

    /// What the page asks before it starts the flow. Nothing is stored.
    ///
    /// # Errors
    /// As for [`Hub::start_flow`].
    pub async fn authorization_request(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<AuthorizationRequest> {
        actor.require(Role::Admin)?;
        let (id, client) = connections::oauth(slug)?;
        let (place, login_url) = self.place(&id, client, environment, domain)?;
        let renews = self.find_in(actor, &place).await?.map(|row| row.account_label);
        Ok(AuthorizationRequest { environment, login_host: authority(&login_url), renews })
    }

    async fn begin_provider_flow(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
        start: Start,
    ) -> Result<Authorization> {
        actor.require(Role::Admin)?;
        let (id, client) = connections::oauth(slug)?;
        let (place, login_url) = self.place(&id, client, environment, domain)?;
        let renews = self.find_in(actor, &place).await?.map(|row| row.id);
        self.begin_flow(actor, client, Flow { place, login_url, renews, start }).await
    }

    /// Stores a flow, and returns the address of the provider's consent page.
    pub(crate) async fn begin_flow(&self, actor: &Actor, client: OAuthClient, flow: Flow<'_>) -> Result<Authorization> {
        let (state, verifier) = (new_secret(""), new_secret(""));
        let url = client.authorize_url(self.config(), &flow.login_url, &state, &verifier)?;
        let row = oauth_flows::OAuthFlowRow {
            state_digest: digest(&state),
            organization_id: actor.organization_id.clone(),
            user_id: actor.user_id.clone(),
            session_id: match &actor.via {
                Via::Session(id) => Some(id.clone()),
                Via::Token(_) => None,
            },
            integration_id: flow.place.integration.clone(),
            needs_confirmation: flow.start == Start::AskingPage,
            connection_id: flow.renews,
            environment: flow.place.environment,
            host: flow.place.host,
            login_url: flow.login_url.to_string(),
            verifier: self.vault.encrypt(&actor.organization_id, Field::Verifier, verifier.expose().as_bytes()),
            expires_at: self.clock().now() + FLOW_LIFETIME,
            outcome: None,
            outcome_connection_id: None,
        };
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        if row.connection_id.is_none() {
            check_places(&mut tx, &actor.organization_id).await?;
        }
        oauth_flows::insert(&mut tx, &row).await?;
        oauth_flows::keep_newest(&mut tx, &actor.organization_id, &actor.user_id, MAX_FLOWS).await?;
        if flow.start == Start::AskingPage {
            let host = authority(&flow.login_url);
            let provider = connectors::terms(flow.place.integration.slug()).provider;
            let summary = format!("{} continued to {host} from a link or a typed address, to connect {provider}", actor.name);
            self.note(&mut tx, actor, ActivityKind::ConnectionRequested, summary).await?;
        }
        tx.commit().await?;
        Ok(Authorization { authorization_url: url.into() })
    }
}
