//! Starts OAuth 2.0 flows: everything up to the redirect to the provider's consent page.

use super::target::{Target, authority, check_connection_limit};
use crate::connectors::OAuthClient;
use crate::db::Tx;
use crate::db::connections::oauth_flows;
use crate::domain::account::users::Role;
use crate::domain::connection::{Authorization, Environment};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectLinkId, ConnectionId, OrganizationId, SessionId, UserId};
use crate::hub::{Hub, Result};
use crate::random::{digest, new_secret};
use crate::services::{Actor, Via, connections};
use crate::vault::Field;
use std::time::Duration;

/// Time limit for the user's consent at the provider.
const FLOW_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Maximum number of flows per user and per connect link. A new flow replaces the oldest flow.
const MAX_FLOWS: i64 = 20;

/// The origin of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A button on a page of LexiContract, or an API client.
    Button,
    /// A link on another site, or an address that the user entered in the browser. An admin must confirm the connection
    /// afterwards.
    ExternalLink,
    /// The page of a connect link. An admin must confirm the connection afterwards.
    ConnectLink,
}

pub(crate) struct Flow<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) login_url: url::Url,
    /// The connection to reconnect; `None` if the flow creates a connection.
    pub(crate) renews: Option<ConnectionId>,
    pub(crate) start: Start,
}

/// Who can finish a flow: a user, or the browser in which a connect link was opened.
pub(crate) struct Starter<'a> {
    pub(crate) organization: &'a OrganizationId,
    /// The user who started the flow or created the connect link.
    pub(crate) user: &'a UserId,
    /// `None` if an API token or a connect link started the flow.
    pub(crate) session: Option<SessionId>,
    /// The connect link, and the digest of the browser's secret.
    pub(crate) link: Option<(&'a ConnectLinkId, String)>,
}

/// Details of a flow that a link on another site requested. An admin sees these details before the flow starts.
#[derive(Debug, PartialEq)]
pub struct AuthorizationRequest {
    pub environment: Environment,
    pub login_host: String,
    /// The label of the connected account; `None` if the flow creates a connection.
    pub renews: Option<String>,
}

impl Hub {
    /// Starts a flow for an environment of a provider. If this environment is already connected, the flow is a reconnect.
    pub async fn start_flow(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<Authorization> {
        self.start_flow_from(actor, slug, environment, domain, Start::Button).await
    }

    /// Like [`Self::start_flow`], for a flow that a link on another site requested. An admin must confirm a new connection. A
    /// reconnect needs no confirmation, because it accepts only the account that is already connected.
    pub async fn start_flow_to_confirm(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<Authorization> {
        self.start_flow_from(actor, slug, environment, domain, Start::ExternalLink).await
    }

    pub async fn authorization_request(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<AuthorizationRequest> {
        actor.require(Role::Admin)?;
        let (id, client) = connections::oauth(slug)?;
        let (target, login_url) = self.oauth_target(&id, client, environment, domain)?;
        let renews = self.find_target(actor, &target).await?.map(|row| row.account_label);
        Ok(AuthorizationRequest { environment, login_host: authority(&login_url), renews })
    }

    async fn start_flow_from(
        &self,
        actor: &Actor,
        slug: &str,
        environment: Environment,
        domain: Option<&str>,
        start: Start,
    ) -> Result<Authorization> {
        actor.require(Role::Admin)?;
        let (id, client) = connections::oauth(slug)?;
        let (target, login_url) = self.oauth_target(&id, client, environment, domain)?;
        let renews = self.find_target(actor, &target).await?.map(|row| row.id);
        self.store_flow(actor, client, Flow { target, login_url, renews, start }).await
    }

    /// Stores a flow of a user, and returns the URL of the provider's consent page.
    pub(crate) async fn store_flow(&self, actor: &Actor, client: OAuthClient, flow: Flow<'_>) -> Result<Authorization> {
        let session = match &actor.via {
            Via::Session(id) => Some(id.clone()),
            Via::Token(_) => None,
        };
        let starter = Starter { organization: &actor.organization_id, user: &actor.user_id, session, link: None };
        let (start, host) = (flow.start, authority(&flow.login_url));
        let provider = client.connector().terms.provider;
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let authorization = self.insert_flow(&mut tx, client, flow, starter).await?;
        if start == Start::ExternalLink {
            let summary = format!("{} continued to {host} from a link or a typed address, to connect {provider}", actor.name);
            self.record(&mut tx, actor, ActivityKind::ConnectionRequested, summary).await?;
        }
        tx.commit().await?;
        Ok(authorization)
    }

    pub(super) async fn insert_flow(
        &self,
        tx: &mut Tx,
        client: OAuthClient,
        flow: Flow<'_>,
        starter: Starter<'_>,
    ) -> Result<Authorization> {
        let Starter { organization, user, session, link } = starter;
        let (state, verifier) = (new_secret(""), new_secret(""));
        let url = client.authorize_url(self.config(), &flow.login_url, &state, &verifier)?;
        let (connect_link_id, browser_digest) = link.unzip();
        let row = oauth_flows::OAuthFlowRow {
            state_digest: digest(&state),
            organization_id: organization.clone(),
            user_id: user.clone(),
            session_id: session,
            connect_link_id: connect_link_id.cloned(),
            browser_digest,
            integration_id: flow.target.integration.clone(),
            needs_confirmation: flow.start != Start::Button,
            connection_id: flow.renews,
            environment: flow.target.environment,
            host: flow.target.host,
            login_url: flow.login_url.to_string(),
            verifier: self.vault.encrypt(organization, Field::Verifier, verifier.expose().as_bytes()),
            expires_at: self.clock().now() + FLOW_LIFETIME,
            outcome: None,
            outcome_connection_id: None,
        };
        if row.connection_id.is_none() {
            check_connection_limit(tx, organization).await?;
        }
        oauth_flows::insert(tx, &row).await?;
        oauth_flows::keep_newest(tx, organization, user, connect_link_id, MAX_FLOWS).await?;
        Ok(Authorization { authorization_url: url.into() })
    }
}
