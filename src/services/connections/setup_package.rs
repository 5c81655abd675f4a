//! What an administrator deploys at the provider so that an account calls the webhook.

use crate::{
    connectors::SetupFor,
    db,
    domain::{
        account::users::Role, connection::StatusFieldType, contract::timeline::ActivityKind, ids::ConnectionId, problem::Problem,
    },
    hub::{Hub, Result},
    services::{Actor, connections, webhook_path},
};

/// A set-up package.
pub struct SetupPackage {
    /// A name for it.
    pub file_name: String,
    /// The ZIP.
    pub bytes: Vec<u8>,
}

impl Hub {
    /// The set-up package of a connection, filled in for it, without the webhook secret.
    ///
    /// # Errors
    /// The actor is no admin, or there is no such connection to a CRM.
    pub async fn setup_package(&self, actor: &Actor, id: &ConnectionId, status_field: StatusFieldType) -> Result<SetupPackage> {
        actor.require(Role::Admin)?;
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        drop(tx);
        let slug = row.integration_id.slug();
        let (connector, client) = (connections::connector(&row)?, connections::oauth(slug)?.1);
        let package = connector.setup_package.ok_or(Problem::NotFound)?;
        let webhook = connector.webhooks.first().ok_or(Problem::NotFound)?;
        let login_url = client.login_url(self.config(), row.environment, Some(&row.host))?;
        let bytes = package(&SetupFor {
            account: &row.account_label,
            environment: row.environment,
            login_url: login_url.as_str(),
            origin: &self.config().public(""),
            webhook_path: &webhook_path(slug, webhook),
            callback_url: &self.config().redirect_uri(slug),
            settings: &row.metadata.settings,
            status_field,
        });
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let summary = format!("{} downloaded the setup package for {}", actor.name, row.account_label);
        db::audit::activity::insert(&mut tx, self.line(actor, ActivityKind::SetupPackageDownloaded, summary).connection(id))
            .await?;
        tx.commit().await?;
        let environment = row.environment.as_str().replace('_', "-");
        Ok(SetupPackage { file_name: format!("lexicontract-{slug}-{environment}.zip"), bytes })
    }
}
