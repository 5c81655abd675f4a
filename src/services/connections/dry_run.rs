//! What a delivery would do, asked without doing it.

use super::session::Caller;
use crate::{
    connectors,
    db::{
        self,
        connections::ConnectionRow,
        contracts::{self, contract_links, versions},
    },
    domain::{
        account::users::Role,
        compatibility::DryRunFields,
        connection::{
            dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract, PlannedWriteBack, RejectedFile},
            record::RecordRef,
        },
        contract::{NegotiationStatus, timeline::ActivityKind},
        file::choice::Candidate,
        ids::ConnectionId,
        problem::{Invalid, Problem},
    },
    hub::{Error, Hub, Result},
    services::{Actor, connections, deliveries::same_file::is_likely_same},
};

impl Hub {
    /// Reads a deal and its files, and returns what a delivery would make of them. `pasted` is the deal's id or the address of its page. Changes
    /// nothing, and leaves a line in the audit log: it shows what the provider holds.
    ///
    /// # Errors
    /// The actor is only a viewer, there is no such connection or deal, or the provider does not answer.
    pub async fn dry_run(&self, actor: &Actor, id: &ConnectionId, pasted: &str) -> Result<DryRun> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let connection = connections::find(&mut tx, actor, id).await?;
        let deals = connections::deals(&connection)?;
        let deal = deals.parse_id(pasted).ok_or(Invalid::RecordId)?;
        let summary = format!("{} asked what a delivery of {deal} would do", actor.name);
        db::audit::activity::insert(&mut tx, self.line(actor, ActivityKind::DryRun, summary).connection(id)).await?;
        // Nothing is locked while the provider is asked.
        tx.commit().await?;
        let read = self.read_deal(Caller::User, &connection, deals, &deal).await.map_err(|error| explain(&connection, error))?;
        let mut tx = self.db.read().await?;
        let source = contract_links::find_source(&mut tx, connection.account(), &RecordRef::deal(deal)).await?;
        let contract = match &source {
            Some(source) => contracts::find(&mut tx, &actor.organization_id, &source.contract_id).await?,
            None => None,
        };
        let latest = match &contract {
            Some(contract) => versions::latest(&mut tx, &actor.organization_id, &contract.id).await?,
            None => None,
        };
        let action = match (&contract, read.file()) {
            (None, _) => PlannedAction::Create,
            (Some(_), None) => PlannedAction::Unchanged,
            (Some(_), Some(file)) if latest.as_ref().is_some_and(|latest| is_likely_same(latest, file)) => {
                PlannedAction::Unchanged
            }
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
            compatibility: DryRunFields::of(connection.integration_id.slug(), &read.deal),
            deal: read.deal,
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

/// A record that is not there is what was asked for, not a failure of the provider.
fn explain(connection: &ConnectionRow, error: Error) -> Error {
    let terms = connections::terms(connection);
    match error {
        Error::Connector(error) if error.kind == connectors::Kind::NotFound => Problem::RecordNotFound(terms).into(),
        Error::Connector(error) if error.kind == connectors::Kind::GrantDead => {
            tracing::info!(error = crate::hub::chain(&error), "a dry run met a dead grant");
            Problem::ProviderUnavailable(terms, error.sentence()).into()
        }
        Error::Problem(Problem::NeedsReconnect) => {
            Problem::ProviderUnavailable(terms, connection.last_error.clone().unwrap_or_default()).into()
        }
        error => error,
    }
}
