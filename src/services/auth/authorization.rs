//! Authorization inside the write transaction. A user can be removed, disabled or demoted while a request is in progress. Every
//! transaction that writes for an [`Actor`] therefore reads the session or API token, the user and the role again.

use super::sign_in::SESSION_IDLE;
use crate::db::account::api_tokens;
use crate::db::auth::sessions;
use crate::db::{ReadConnection, Tx};
use crate::domain::account::users::Role;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::services::{Actor, Via};

impl Hub {
    /// Begins a write transaction. Fails unless the actor's current role is at least `role`.
    pub(crate) async fn begin_as(&self, actor: &Actor, role: Role) -> Result<Tx> {
        let mut tx = self.db.begin().await?;
        self.authorize(&mut tx, actor, role).await?;
        Ok(tx)
    }

    /// Returns the actor's current role. Fails with [`Problem::NotSignedIn`] if the session or API token has ended, and with
    /// [`Problem::Forbidden`] if the role is lower than `least`. A transaction that changes users must lock the organization
    /// before this call, to avoid deadlocks.
    pub(crate) async fn authorize(&self, tx: &mut ReadConnection, actor: &Actor, least: Role) -> Result<Role> {
        let now = self.clock().now();
        let (organization, user) = (&actor.organization_id, &actor.user_id);
        let role = match &actor.via {
            Via::Session(id) => sessions::current_role(tx, organization, user, id, now, now - SESSION_IDLE).await?,
            Via::Token(id) => api_tokens::current_role(tx, organization, user, id, now).await?,
        };
        let role = role.ok_or(Problem::NotSignedIn)?;
        if role < least { Err(Problem::Forbidden.into()) } else { Ok(role) }
    }
}
