//! What a delivery would do, asked without doing it.

use super::{Actor, connections, session::Caller};
use crate::{
    connectors::{self, RemoteFile},
    db::{self, contracts, versions},
    domain::{
        contract::NegotiationStatus,
        dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract, PlannedWriteBack, RejectedFile},
        file_choice::Candidate,
        ids::ConnectionId,
        opportunity::SalesforceId,
        people::Role,
        problem::Problem,
        timeline::ActivityKind,
    },
    hub::{Error, Hub, Result},
};

impl Hub {
    /// Reads the Opportunity and its files, and says what a delivery would make of them. Changes
    /// nothing, and leaves a line in the audit log: it shows what is in Salesforce.
    ///
    /// # Errors
    /// The actor is only a viewer, there is no such connection or Opportunity, or Salesforce does not answer.
    pub async fn dry_run(&self, actor: &Actor, id: &ConnectionId, opportunity: &SalesforceId) -> Result<DryRun> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let connection = connections::find(&mut tx, actor, id).await?;
        let connector = connections::crm(&connection)?;
        let summary = format!("{} asked what a delivery of {opportunity} would do", actor.name);
        db::activity::insert(&mut tx, self.line(actor, ActivityKind::DryRun, summary).connection(id)).await?;
        // Nothing is locked while the provider is asked.
        tx.commit().await?;
        let read = self.read_opportunity(Caller::User, &connection, connector, opportunity).await.map_err(explain)?;
        let mut tx = self.db.read().await?;
        let contract = contracts::find_by_opportunity(&mut tx, &actor.organization_id, opportunity.as_str()).await?;
        let latest = match &contract {
            Some(contract) => versions::latest(&mut tx, &actor.organization_id, &contract.id).await?,
            None => None,
        };
        let action = match (&contract, read.file()) {
            (None, _) => PlannedAction::Create,
            (Some(_), None) => PlannedAction::Unchanged,
            (Some(_), Some(file)) if latest.as_ref().is_some_and(|latest| is_same(latest, file)) => PlannedAction::Unchanged,
            (Some(_), Some(_)) => PlannedAction::NewVersion,
        };
        let status = contract.as_ref().map_or(NegotiationStatus::Draft, |contract| contract.negotiation_status);
        let settings = &connection.metadata.settings;
        let file = read.file().map(|file| ChosenFile {
            id: file.id.clone(),
            name: file.name.clone(),
            size_bytes: file.size_bytes,
            reason: format!("It is {}, judging by its name. A delivery also checks its content.", read.rule.words()),
        });
        let rejected = |(file, reason): (&Candidate, &str)| RejectedFile {
            id: file.id.clone(),
            name: file.name.clone(),
            reason: reason.to_owned(),
        };
        let rejected = read.choice.passed_over().into_iter().map(rejected).collect();
        Ok(DryRun {
            opportunity: read.opportunity,
            file,
            rejected,
            contract: PlannedContract { action, id: contract.map(|contract| contract.id) },
            write_back: PlannedWriteBack {
                field: settings.status_field().to_owned(),
                value: settings.status_label(status).to_owned(),
            },
        })
    }
}

fn is_same(latest: &versions::VersionRow, file: &RemoteFile) -> bool {
    latest.salesforce_content_version_id.as_deref() == Some(&file.id) || (file.md5.is_some() && latest.md5 == file.md5)
}

fn explain(error: Error) -> Error {
    match error {
        Error::Connector(error) if error.kind == connectors::Kind::NotFound => Problem::OpportunityNotFound.into(),
        Error::Connector(error) if error.kind == connectors::Kind::GrantDead => {
            tracing::info!(error = crate::hub::chain(&error), "a dry run met a dead grant");
            Problem::SalesforceUnavailable.into()
        }
        Error::Problem(Problem::NeedsReconnect) => Problem::SalesforceUnavailable.into(),
        error => error,
    }
}
