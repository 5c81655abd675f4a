//! The OAuth flow of a connect link. The visitor has no session, so the flow is bound to a secret that only the visitor's browser
//! has. The new connection belongs to the organization of the link, also if the visitor is signed in to another one.

use super::connect_link::described;
use super::oauth_flow::{Flow, Start, Starter};
use super::target::{Target, authority};
use crate::connectors::{Account, OAuthClient, Tokens};
use crate::db::audit::activity::{self, NewActivity};
use crate::db::connections::connect_links::{self, ConnectLinkRow};
use crate::db::connections::oauth_flows::{self, OAuthFlowRow};
use crate::db::{ReadConnection, Tx};
use crate::domain::connection::{Connection, Environment};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectLinkId, OrganizationId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::random::digest;
use crate::secret::Secret;
use crate::services::{Client, connections};

/// Name of the actor in audit log entries for visitors of connect links.
const VISITOR: &str = "Connect link";

/// What a visitor sees before giving consent.
#[derive(Debug, PartialEq)]
pub struct LinkRequest {
    /// The provider.
    pub slug: String,
    pub environment: Environment,
    pub login_host: String,
    pub organization_id: OrganizationId,
    pub organization: String,
    /// Name and unverified e-mail address of the user who created the link.
    pub user: String,
    pub email: String,
    pub expires_at: Timestamp,
    /// True if a connection to this environment exists, so that the link cannot be used.
    pub is_connected: bool,
}

/// What a visitor sees after giving consent.
#[derive(Debug, PartialEq)]
pub struct LinkResult {
    pub slug: String,
    pub organization: String,
    /// `None` if the connection has been declined or disconnected, or has expired.
    pub connection: Option<Connection>,
}

pub struct StartedLinkFlow {
    /// The provider.
    pub slug: String,
    pub authorization_url: String,
}

impl Hub {
    /// Returns the request of an open link. The link stays open.
    pub async fn link_request(&self, token: &Secret<String>, client: &Client) -> Result<LinkRequest> {
        self.sign_in_limits.connect_link(client.address).spend()?;
        let mut tx = self.db.acquire().await?;
        let link = self.open_link(&mut tx, token).await?;
        let (target, login_url, oauth) = self.target_of(&link)?;
        Ok(LinkRequest {
            slug: oauth.connector().slug.to_owned(),
            environment: link.environment,
            login_host: authority(&login_url),
            is_connected: target.is_taken(&mut tx, &link.organization_id).await?,
            organization_id: link.organization_id,
            organization: link.organization_name,
            user: link.user_name,
            email: link.user_email,
            expires_at: link.expires_at,
        })
    }

    /// Starts the flow of an open link. Only a browser with the secret `browser` can finish it. The link stays open.
    pub async fn start_link_flow(
        &self,
        token: &Secret<String>,
        browser: &Secret<String>,
        client: &Client,
    ) -> Result<StartedLinkFlow> {
        self.sign_in_limits.connect_link(client.address).spend()?;
        let mut tx = self.db.begin().await?;
        let link = self.open_link(&mut tx, token).await?;
        let (target, login_url, oauth) = self.target_of(&link)?;
        if target.is_taken(&mut tx, &link.organization_id).await? {
            return Err(Problem::AlreadyConnected.into());
        }
        let starter = Starter {
            organization: &link.organization_id,
            user: &link.user_id,
            session: None,
            link: Some((&link.id, digest(browser))),
        };
        let flow = Flow { target, login_url, renews: None, start: Start::ConnectLink };
        let authorization = self.insert_flow(&mut tx, oauth, flow, starter).await?;
        tx.commit().await?;
        let slug = oauth.connector().slug.to_owned();
        Ok(StartedLinkFlow { slug, authorization_url: authorization.authorization_url })
    }

    /// Returns the result of a used link, for the browser with the secret `browser`, in which the consent was given. Returns `None`
    /// for other links and browsers.
    pub async fn link_result(&self, token: &Secret<String>, browser: &Secret<String>) -> Result<Option<LinkResult>> {
        let mut tx = self.db.read().await?;
        let Some(link) = connect_links::find_by_token(&mut tx, &digest(token)).await? else { return Ok(None) };
        let organization = &link.organization_id;
        let id = oauth_flows::connection_of_link(&mut tx, organization, &link.id, &digest(browser)).await?;
        let Some(id) = id else { return Ok(None) };
        let connection = match self.find_connection(&mut tx, organization, &id).await {
            Err(Error::Problem(Problem::NotFound)) => None,
            found => Some(found?),
        };
        let slug = link.integration_id.slug().to_owned();
        Ok(Some(LinkResult { slug, organization: link.organization_name, connection }))
    }

    /// Returns true if a connect link has started the flow with this state.
    pub async fn is_link_flow(&self, state: &Secret<String>) -> Result<bool> {
        let flow = oauth_flows::find(&mut self.db.acquire().await?, &digest(state)).await?;
        Ok(flow.is_some_and(|flow| flow.connect_link_id.is_some()))
    }

    /// Fails unless the link is open.
    pub(super) async fn require_open_link(&self, organization: &OrganizationId, id: &ConnectLinkId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.find_open_link(&mut tx, organization, id).await.map(drop)
    }

    /// Uses the link of a flow: stores the grant as a pending connection. Fails if the link has ended since the flow was started.
    pub(super) async fn store_link_grant(
        &self,
        tx: &mut Tx,
        flow: &OAuthFlowRow,
        account: Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let id = flow.connect_link_id.as_ref().ok_or(Error::Inconsistent("a flow without a connect link"))?;
        let (organization, now) = (&flow.organization_id, self.clock().now());
        let link = self.find_open_link(tx, organization, id).await?;
        if !connect_links::take(tx, organization, id, now).await? {
            return Err(Problem::ConnectLinkInvalid.into());
        }
        let user = account.user.clone().unwrap_or_else(|| "Someone".to_owned());
        let link_name = described(&link);
        let row = self.insert_pending(tx, flow, account, tokens, &format!("a {link_name}")).await?;
        let lines = [
            (ActivityKind::ConnectLinkUsed, format!("{user} used the {link_name}")),
            (ActivityKind::ConnectionHeld, format!("A {link_name} connected {}, which an admin must confirm", row.account_label)),
        ];
        for (kind, summary) in lines {
            activity::insert(tx, NewActivity::new(organization, kind, VISITOR, summary, now).via(id.as_str())).await?;
        }
        self.pending_view(row)
    }

    async fn open_link(&self, tx: &mut ReadConnection, token: &Secret<String>) -> Result<ConnectLinkRow> {
        let link = connect_links::find_by_token(tx, &digest(token)).await?;
        link.filter(|link| link.is_open(self.clock().now())).ok_or_else(|| Problem::ConnectLinkInvalid.into())
    }

    async fn find_open_link(&self, tx: &mut Tx, organization: &OrganizationId, id: &ConnectLinkId) -> Result<ConnectLinkRow> {
        let link = connect_links::find_locked(tx, organization, id).await?;
        link.filter(|link| link.is_open(self.clock().now())).ok_or_else(|| Problem::ConnectLinkInvalid.into())
    }

    fn target_of<'l>(&self, link: &'l ConnectLinkRow) -> Result<(Target<'l>, url::Url, OAuthClient)> {
        let (_, oauth) = connections::oauth(link.integration_id.slug())?;
        let domain = Some(link.host.as_str()).filter(|host| !host.is_empty());
        let (target, login_url) = self.oauth_target(&link.integration_id, oauth, link.environment, domain)?;
        Ok((target, login_url, oauth))
    }
}
