//! What an admin can choose from in the settings of a connection, asked of the provider.

use super::session::Caller;
use crate::{
    domain::{account::users::Role, connection::deal_schema::DealSchema, ids::ConnectionId, problem::Problem},
    hub::{Error, Hub, Result, chain},
    services::{Actor, connections},
};

impl Hub {
    /// The fields that could carry the status and the stages, as the connected user may see them.
    ///
    /// # Errors
    /// The actor is no admin, there is no such connection, or the provider does not answer.
    pub async fn deal_schema(&self, actor: &Actor, id: &ConnectionId) -> Result<DealSchema> {
        actor.require(Role::Admin)?;
        let mut tx = self.db.read().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        drop(tx);
        let deals = connections::deals(&row)?;
        let read = self.with_session(Caller::Schedule, &row, move |call| async move { deals.schema(&call).await });
        read.await.map_err(|error| match error {
            Error::Connector(ref cause) => {
                tracing::info!(error = chain(&error), connection = %id, "could not read the fields");
                Problem::ProviderUnavailable(cause.terms, cause.sentence()).into()
            }
            Error::Problem(Problem::NeedsReconnect) => {
                Problem::ProviderUnavailable(connections::terms(&row), row.last_error.clone().unwrap_or_default()).into()
            }
            error => error,
        })
    }
}
