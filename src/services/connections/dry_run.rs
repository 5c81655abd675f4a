//! Dry run: shows the contract, version and write-back that a delivery would cause.

use super::session::Caller;
use crate::connectors::{Kind, RemoteFile};
use crate::db::connections::ConnectionRow;
use crate::db::contracts::{self, contract_links};
use crate::db::{self};
use crate::domain::account::users::Role;
use crate::domain::compatibility::DryRunFields;
use crate::domain::connection::Settings;
use crate::domain::connection::deal::Deal;
use crate::domain::connection::dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract, PlannedWriteBack, RejectedFile};
use crate::domain::contract::NegotiationStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::file::choice::Candidate;
use crate::domain::ids::ConnectionId;
use crate::domain::problem::{Invalid, Problem};
use crate::domain::record::RecordRef;
use crate::hub::{Error, Hub, Result, chain};
use crate::services::deliveries::ingest::{ERASED, Read, Reading, is_erased};
use crate::services::deliveries::own_filings::OwnFilings;
use crate::services::deliveries::same_file::Imported;
use crate::services::deliveries::step_recorder::StepRecorder;
use crate::services::{Actor, connections};

impl Hub {
    /// Reads a deal and its files, and returns the effects of a delivery without storing them. `pasted` is the deal's id or the URL
    /// of its page. The audit log records the dry run, because the result reveals data from the provider.
    pub async fn dry_run(&self, actor: &Actor, id: &ConnectionId, pasted: &str) -> Result<DryRun> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let connection = connections::find(&mut tx, actor, id).await?;
        let deals = connections::deals(&connection)?;
        let deal = deals.parse_id(pasted).ok_or(Invalid::RecordId)?;
        let record = RecordRef::deal(deal.clone());
        let own = match contract_links::find_source(&mut tx, connection.account(), &record).await? {
            Some(source) => OwnFilings::of(&mut tx, &actor.organization_id, &source.contract_id).await?,
            None => OwnFilings::default(),
        };
        let summary = format!("{} made a dry run for {deal}", actor.name);
        db::audit::activity::insert(&mut tx, self.activity(actor, ActivityKind::DryRun, summary).connection(id)).await?;
        // Commits before the calls to the provider, because a transaction must not stay open during these calls.
        tx.commit().await?;
        let trigger = connection.metadata.settings.trigger_rule();
        let reading = Reading { own: &own, steps: &StepRecorder::start(self.clock()) };
        let read = self
            .read_deal(Caller::User, &connection, deals, &trigger, &deal, reading)
            .await
            .map_err(|error| problem(&connection, error))?;
        let mut tx = self.db.read().await?;
        let source = contract_links::find_source(&mut tx, connection.account(), &record).await?;
        let is_erased = is_erased(&mut tx, &connection, &record).await?;
        let (mut contract, mut imported) = (None, Imported::default());
        if let Some(source) = &source {
            contract = contracts::find(&mut tx, &actor.organization_id, &source.contract_id).await?;
            imported = Imported::all(&mut tx, &actor.organization_id, &source.contract_id).await?;
        }
        let is_new = |file: &RemoteFile| !imported.likely_has(file);
        let action = match &contract {
            None => PlannedAction::Create,
            Some(_) if read.file().is_some_and(is_new) => PlannedAction::NewVersion,
            Some(_) => PlannedAction::Unchanged,
        };
        let status = contract.as_ref().map_or(NegotiationStatus::Draft, |contract| contract.negotiation_status);
        let has_version = imported.latest.is_some() || read.file().is_some();
        let settings = &connection.metadata.settings;
        Ok(DryRun {
            trigger_rejection: trigger_rejection(settings, &read.deal, is_erased),
            compatibility: DryRunFields::of(connection.integration_id.slug(), &read.deal),
            file: chosen_file(&read),
            rejected: rejected_files(&read),
            deal: read.deal,
            contract: PlannedContract { action, id: contract.map(|contract| contract.id) },
            write_back: PlannedWriteBack {
                field: settings.status_field().to_owned(),
                value: settings.value_to_write(status, has_version).to_owned(),
            },
        })
    }
}

fn chosen_file(read: &Read) -> Option<ChosenFile> {
    let file = read.file()?;
    let description = read.description();
    Some(ChosenFile {
        id: file.id.clone(),
        name: file.name.clone(),
        size_bytes: file.size_bytes,
        reason: format!(
            "It is {description}, judging by its name, size and date. The content is checked when the file is imported."
        ),
    })
}

fn rejected_files(read: &Read) -> Vec<RejectedFile> {
    let rejected = |(file, reason): (&Candidate, &str)| RejectedFile {
        id: file.id.clone(),
        name: file.name.clone(),
        reason: reason.to_owned(),
    };
    read.choice.others().into_iter().map(rejected).collect()
}

fn trigger_rejection(settings: &Settings, deal: &Deal, is_erased: bool) -> Option<String> {
    if is_erased { Some(ERASED.to_owned()) } else { settings.trigger_rule().rejection(deal) }
}

/// Converts the error of a provider call to the problem that the user sees.
pub(crate) fn problem(connection: &ConnectionRow, error: Error) -> Error {
    let terms = connections::terms(connection);
    match error {
        Error::Connector(error) if error.kind == Kind::NotFound => Problem::RecordNotFound(terms).into(),
        Error::Connector(error) if error.kind == Kind::GrantDead => {
            tracing::info!(error = chain(&error), "a call for a user failed, because the grant is invalid");
            Problem::ProviderUnavailable(terms, error.user_message()).into()
        }
        Error::Problem(Problem::NeedsReconnect) => {
            Problem::ProviderUnavailable(terms, connection.last_error.clone().unwrap_or_default()).into()
        }
        error => error,
    }
}
