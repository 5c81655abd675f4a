//! Authorization at the moment of a write.
//!
//! A request may take long to arrive, and its sender may be removed, disabled or demoted in the meantime. So the [`Actor`] that was
//! found when it began decides nothing that is written: every transaction that writes for an actor reads session or token, user and
//! role again.

use super::sign_in::SESSION_IDLE;
use crate::{
    db::{ReadConnection, Tx, account::api_tokens, auth::sessions},
    domain::{account::users::Role, problem::Problem},
    hub::{Hub, Result},
    services::{Actor, Via},
};

impl Hub {
    /// Begins a transaction that writes for an actor who has at least this role now.
    ///
    /// # Errors
    /// [`Problem::NotSignedIn`] when session or token have ended, [`Problem::Forbidden`] when the role is too low.
    pub(crate) async fn begin_as(&self, actor: &Actor, role: Role) -> Result<Tx> {
        let mut tx = self.db.begin().await?;
        self.authorize(&mut tx, actor, role).await?;
        Ok(tx)
    }

    /// The actor's present role, which is at least `least`. A transaction that changes users locks the organization before this: two
    /// of them would otherwise wait for each other's users.
    ///
    /// # Errors
    /// [`Problem::NotSignedIn`] when session or token have ended, [`Problem::Forbidden`] when the role is too low.
    pub(crate) async fn authorize(&self, tx: &mut ReadConnection, actor: &Actor, least: Role) -> Result<Role> {
        let now = self.clock().now();
        let (organization, user) = (&actor.organization_id, &actor.user_id);
        let role = match &actor.via {
            Via::Session(id) => sessions::current_role(tx, (organization, user, id), now, now - SESSION_IDLE).await?,
            Via::Token(id) => api_tokens::current_role(tx, (organization, user, id), now).await?,
        };
        let role = role.ok_or(Problem::NotSignedIn)?;
        if role < least { Err(Problem::Forbidden.into()) } else { Ok(role) }
    }
}
