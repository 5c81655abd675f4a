//! Setup packages. The administrator of the provider account deploys a package, so that the account calls the webhook.

use crate::connectors::SetupContext;
use crate::db;
use crate::domain::account::users::Role;
use crate::domain::connection::{SecretPurpose, StatusFieldType};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ConnectionId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::services::{Actor, connections, deal_status_path, webhook_path};

pub struct SetupPackage {
    pub file_name: String,
    /// The content of a ZIP archive.
    pub bytes: Vec<u8>,
}

impl Hub {
    /// Builds the setup package for a connection. The package does not contain the webhook secret.
    pub async fn setup_package(&self, actor: &Actor, id: &ConnectionId, status_field: StatusFieldType) -> Result<SetupPackage> {
        actor.require(Role::Admin)?;
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let slug = row.integration_id.slug();
        let (connector, client) = (connections::connector(&row)?, connections::oauth(slug)?.1);
        let package = connector.setup_package.ok_or(Problem::NotFound)?;
        let webhook = connector.webhook_with(SecretPurpose::Webhook);
        let webhook = webhook.ok_or(Problem::NotFound)?;
        let login_url = client.login_url(self.config(), row.environment, Some(&row.host))?;
        let bytes = package(&SetupContext {
            account: &row.account_label,
            environment: row.environment,
            login_url: login_url.as_str(),
            origin: &self.config().public(""),
            webhook_path: &webhook_path(slug, webhook),
            deal_status_path: &deal_status_path(slug),
            callback_url: &self.config().redirect_uri(slug),
            settings: &row.metadata.settings,
            status_field,
        });
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let summary = format!("{} downloaded the setup package for {}", actor.name, row.account_label);
        let line = self.activity(actor, ActivityKind::SetupPackageDownloaded, summary).connection(id);
        db::audit::activity::insert(&mut tx, line).await?;
        tx.commit().await?;
        let environment = row.environment.into_str().replace('_', "-");
        Ok(SetupPackage { file_name: format!("lexicontract-{slug}-{environment}.zip"), bytes })
    }
}
