use super::session::Caller;
use crate::domain::account::users::Role;
use crate::domain::connection::deal_schema::DealSchema;
use crate::domain::ids::ConnectionId;
use crate::domain::problem::Problem;
use crate::hub::{Error, Hub, Result, chain};
use crate::services::{Actor, connections};

impl Hub {
    /// Returns the stages and record types of deals, and the fields to which the contract status can be written. Contains only what
    /// the connected user can see at the provider.
    pub async fn deal_schema(&self, actor: &Actor, id: &ConnectionId) -> Result<DealSchema> {
        actor.require(Role::Admin)?;
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let deals = connections::deals(&row)?;
        let read = self.with_session(Caller::Schedule, &row, move |call| async move { deals.schema(&call).await });
        read.await.map_err(|error| match error {
            Error::Connector(ref cause) => {
                tracing::info!(error = chain(&error), connection = %id, "could not read the deal schema");
                Problem::ProviderUnavailable(cause.terms, cause.user_message()).into()
            }
            Error::Problem(Problem::NeedsReconnect) => {
                Problem::ProviderUnavailable(connections::terms(&row), row.last_error.clone().unwrap_or_default()).into()
            }
            error => error,
        })
    }
}
