//! Erasure of an organization. The first transaction removes its name, users and connections, so that no user can sign in. Its
//! contracts and logs follow in batches.

use super::MAX_ATTEMPTS;
use crate::db::account::organizations;
use crate::db::connections::{self as connections_table, pending_connections};
use crate::db::erasures::{self, erased_organizations, organization_rows};
use crate::db::{self, Tx};
use crate::domain::account::users::Role;
use crate::domain::ids::OrganizationId;
use crate::domain::problem::Invalid;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result};
use crate::services::Actor;
use crate::services::connections::confirmation::confirmed;

/// Who erased an organization, if the operator did it with the command line.
const OPERATOR: &str = "operator";

/// Result of the admin command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationErasure {
    Erased,
    UnknownOrganization,
}

impl Hub {
    /// Erases the actor's organization and revokes its grants at the providers. `name` is the name of the organization, typed as a
    /// confirmation. API tokens cannot do this.
    pub async fn erase_organization(&self, actor: &Actor, name: &str) -> Result<()> {
        actor.require(Role::Admin)?;
        actor.require_session()?;
        self.erase_organization_of(Some(actor), &actor.organization_id, name).await.map(drop)
    }

    /// Erases an organization for the operator of the server.
    pub async fn erase_organization_by_id(&self, id: &OrganizationId, name: &str) -> Result<OrganizationErasure> {
        self.erase_organization_of(None, id, name).await
    }

    /// The actor is `None` for the operator.
    async fn erase_organization_of(
        &self,
        actor: Option<&Actor>,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<OrganizationErasure> {
        let mut attempt = 1;
        let outcome = loop {
            match self.erase_access(actor, organization, name).await {
                Err(Error::Database(error)) if db::is_conflict(&error) && attempt < MAX_ATTEMPTS => attempt += 1,
                outcome => break outcome?,
            }
        };
        if outcome == OrganizationErasure::Erased {
            let by = actor.map_or(OPERATOR, |actor| actor.user_id.as_str());
            tracing::warn!(%organization, by, "an organization is erased");
            self.rejections.forget(organization);
            self.notifier.notify();
            reach(Step::ErasureStored);
            self.finish_erasures_soon().await;
        }
        Ok(outcome)
    }

    async fn erase_access(
        &self,
        actor: Option<&Actor>,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<OrganizationErasure> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        // Lock order: organization, users, connections.
        organizations::lock(&mut tx, organization).await?;
        if let Some(actor) = actor {
            self.authorize(&mut tx, actor, Role::Admin).await?;
        }
        let Some(row) = organizations::find(&mut tx, organization).await? else {
            return Ok(OrganizationErasure::UnknownOrganization);
        };
        if row.name != name.trim() {
            return Err(Invalid::TypedOrganizationName.into());
        }
        organization_rows::lock(&mut tx, organization).await?;
        self.revoke_all_grants(&mut tx, organization).await?;
        if !organization_rows::erase_access(&mut tx, organization, now).await? {
            return Ok(OrganizationErasure::UnknownOrganization);
        }
        let by = actor.map_or(OPERATOR, |actor| actor.user_id.as_str());
        erased_organizations::insert(&mut tx, organization, by, now).await?;
        erasures::insert(&mut tx, organization, organization.as_str(), now).await?;
        reach(Step::ErasureStoring);
        tx.commit().await?;
        Ok(OrganizationErasure::Erased)
    }

    async fn revoke_all_grants(&self, tx: &mut Tx, organization: &OrganizationId) -> Result<()> {
        for row in connections_table::list(tx, organization).await? {
            self.revoke_grant(tx, &row).await?;
        }
        for pending in pending_connections::of_organization(tx, organization).await? {
            let created_at = pending.created_at;
            self.revoke_grant(tx, &confirmed(pending, created_at)).await?;
        }
        Ok(())
    }
}
