//! Connect links: an admin sends one to an administrator of the provider, who gives consent without an account. The new connection
//! is pending until an admin confirms it.
//!
//! A link ends when it is used, revoked or a day old, and when the user who created it is no longer an admin. Only a digest of its
//! token is stored.

use super::target::check_connection_limit;
use crate::connectors;
use crate::db::Tx;
use crate::db::connections::connect_links::{self as table, ConnectLinkRow, NewConnectLinkRow};
use crate::domain::account::users::Role;
use crate::domain::connection::Environment;
use crate::domain::connection::connect_link::{ConnectLink, NewConnectLink};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectLinkId, IntegrationId, UserId};
use crate::domain::problem::{Invalid, Problem};
use crate::hub::{Hub, Result};
use crate::random::{digest, new_id, new_secret};
use crate::services::Actor;
use crate::services::auth::idempotency::first_or_return;
use std::time::Duration;

const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_OPEN: i64 = 20;
const PREFIX: &str = "lccl_";
/// Path of the page of a link, without the token that follows.
pub const CONNECT_LINK_PAGE: &str = "/connect/";

impl Hub {
    /// Creates a link for a new connection to this environment. `domain` is used only for the environment `my_domain`.
    pub async fn create_connect_link(
        &self,
        actor: &Actor,
        id: &IntegrationId,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<NewConnectLink> {
        actor.require(Role::Admin)?;
        let connector = connectors::find(id.slug()).ok_or(Problem::NotFound)?;
        let client = connector.oauth().ok_or(Invalid::ConnectLink)?;
        let (target, _) = self.oauth_target(id, client, environment, domain)?;
        let (organization, now) = (&actor.organization_id, self.clock().now());
        if target.is_taken(&mut self.db.acquire().await?, organization).await? {
            return Err(Problem::AlreadyConnected.into());
        }
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        check_connection_limit(&mut tx, organization).await?;
        if table::count_open(&mut tx, organization, now).await? >= MAX_OPEN {
            return Err(Problem::TooManyConnectLinks.into());
        }
        let token = new_secret(PREFIX);
        let url = self.config().public(&format!("{CONNECT_LINK_PAGE}{}", token.expose()));
        let created = NewConnectLink { id: new_id(), url, expires_at: now + LIFETIME };
        let row = NewConnectLinkRow {
            id: &created.id,
            organization_id: organization,
            user_id: &actor.user_id,
            token_digest: &digest(&token),
            integration_id: id,
            environment,
            host: &target.host,
            expires_at: created.expires_at,
        };
        table::insert(&mut tx, &row, now).await?;
        let environment = environment_name(environment, &target.host);
        let summary = format!("{} created a connect link for {} ({environment})", actor.name, connector.name);
        self.record(&mut tx, actor, ActivityKind::ConnectLinkCreated, summary).await?;
        self.commit_idempotent(tx, actor, &created).await?;
        Ok(created)
    }

    /// Returns the organization's open links, oldest first.
    pub async fn connect_links(&self, actor: &Actor) -> Result<Vec<ConnectLink>> {
        actor.require(Role::Admin)?;
        let rows = table::list_open(&mut self.db.acquire().await?, &actor.organization_id, self.clock().now()).await?;
        rows.into_iter().map(|row| self.connect_link_view(row)).collect()
    }

    pub async fn revoke_connect_link(&self, actor: &Actor, id: &ConnectLinkId) -> Result<()> {
        actor.require(Role::Admin)?;
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let row = table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if !table::delete_unused(&mut tx, &actor.organization_id, id).await? {
            return Err(Problem::NotFound.into());
        }
        let summary = format!("{} revoked the {} for {}", actor.name, described(&row), purpose(&row));
        self.record(&mut tx, actor, ActivityKind::ConnectLinkRevoked, summary).await?;
        self.commit_idempotent(tx, actor, &()).await
    }

    /// Ends all open links of a user. `reason` completes the summary "… ended because …".
    pub(crate) async fn end_connect_links(&self, tx: &mut Tx, actor: &Actor, user: &UserId, reason: &str) -> Result<()> {
        let (organization, now) = (&actor.organization_id, self.clock().now());
        for row in table::unused_of_user(tx, organization, user).await? {
            table::delete_unused(tx, organization, &row.id).await?;
            if row.expires_at > now {
                let summary = format!("The {} for {} ended because {reason}", described(&row), purpose(&row));
                self.record(tx, actor, ActivityKind::ConnectLinkRevoked, summary).await?;
            }
        }
        Ok(())
    }

    fn connect_link_view(&self, row: ConnectLinkRow) -> Result<ConnectLink> {
        Ok(ConnectLink {
            id: row.id,
            integration: self.summary_of(&row.integration_id)?,
            environment: row.environment,
            domain: Some(row.host).filter(|host| !host.is_empty()),
            created_by: row.user_name,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

/// The link for summaries, such as `connect link of Ada`.
pub(super) fn described(row: &ConnectLinkRow) -> String {
    format!("connect link of {}", row.user_name)
}

/// What the link connects, for summaries.
fn purpose(row: &ConnectLinkRow) -> String {
    let provider = connectors::terms(row.integration_id.slug()).provider;
    format!("{provider} ({})", environment_name(row.environment, &row.host))
}

/// The environment for summaries, such as `Production` or `acme.my.salesforce.com`.
fn environment_name(environment: Environment, host: &str) -> &str {
    if host.is_empty() { environment.label() } else { host }
}
