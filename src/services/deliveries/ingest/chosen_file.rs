//! Files that a user chooses instead of the file rule of the connection.

use super::{Read, candidate};
use crate::connectors::{self, Call, Deals, RemoteFile};
use crate::db::ReadConnection;
use crate::db::connections::ConnectionRow;
use crate::db::deliveries::{self, DeliveryRow};
use crate::domain::delivery_steps::StepKind;
use crate::domain::file::choice::choose;
use crate::domain::file::rule::FileRule;
use crate::domain::record::RecordId;
use crate::hub::Hub;
use crate::jobs::{JobError, JobResult};
use crate::services::connections::session::Caller;
use crate::services::connections::terms;
use crate::services::deliveries::step_recorder::{StepRecorder, counted};

const GONE: &str = "The chosen file is no longer attached to the deal, has a newer version, or is no longer visible to the \
    connected user. Nothing was imported. Choose a file again.";
const SUPERSEDED: &str = "Another file was chosen after this one, so this file was not imported.";

impl Hub {
    /// Reads a deal and the file that a user has chosen. Fails permanently if the deal no longer has the file.
    pub(super) async fn read_chosen_file(
        &self,
        caller: Caller,
        connection: &ConnectionRow,
        deals: &'static dyn Deals,
        id: &RecordId,
        file: &str,
        steps: &StepRecorder,
    ) -> JobResult<Read> {
        let trigger = &connection.metadata.settings.trigger_rule().for_any_deal();
        let call =
            move |call: Call| async move { Ok((deals.deal(&call, trigger, id).await?, all_files(&call, deals, id).await?)) };
        let (deal, mut files) = self.with_session(caller, connection, call).await?;
        steps.record(StepKind::DealRead, format!("“{}” in stage “{}”", deal.name, deal.stage));
        steps.record(StepKind::FilesListed, counted(files.len(), "file", "files"));
        files.retain(|other| other.id == file);
        let (rule, terms) = (FileRule::Newest, terms(connection));
        let candidates = files.iter().map(|file| candidate(file, terms)).collect::<Vec<_>>();
        if candidates.is_empty() {
            return Err(JobError::fail(GONE));
        }
        let choice = choose(candidates, &rule, self.config().max_file_bytes);
        let next_tier = deals.file_tiers();
        Ok(Read { deal, choice, files, next_tier, rule, terms, is_user_choice: true, has_own_file: false })
    }
}

/// Lists the files of a deal in all tiers.
pub(crate) async fn all_files(
    call: &Call,
    deals: &'static dyn Deals,
    id: &RecordId,
) -> Result<Vec<RemoteFile>, connectors::Error> {
    let mut files = Vec::new();
    for tier in 0..deals.file_tiers() {
        files.extend(deals.files(call, id, tier).await?);
    }
    Ok(files)
}

/// Returns the error for a chosen file that is not accepted.
pub(super) fn rejected(read: &Read) -> JobError {
    match read.choice.others().first() {
        Some((file, reason)) => JobError::fail(format!("The chosen file “{}” cannot be imported. {reason}", file.name)),
        None => JobError::fail(GONE),
    }
}

/// Fails permanently if a user has chosen another file of the deal after this delivery.
pub(super) async fn check_latest_choice(tx: &mut ReadConnection, delivery: &DeliveryRow) -> JobResult {
    if delivery.file_id.is_some() && deliveries::has_later_choice(tx, delivery).await? {
        return Err(JobError::fail(SUPERSEDED));
    }
    Ok(())
}
