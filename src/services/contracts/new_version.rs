//! New versions that users upload to existing contracts.

use super::versions::ReceivedFile;
use crate::db;
use crate::db::contracts::{self as table, versions};
use crate::domain::account::quota::Quota;
use crate::domain::account::users::Role;
use crate::domain::contract::Contract;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::services::auth::idempotency::Idempotent;
use crate::services::{Actor, contracts};
use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

pub struct VersionUpload {
    pub file_name: String,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadedVersion {
    pub contract: Contract,
    /// False if the latest version has the same content, so that nothing was stored.
    pub is_new: bool,
}

impl Hub {
    /// Adds a version to a contract, and queues the scan or analysis of its document. Stores nothing if the latest version has the
    /// same content, as with a file of a provider. The negotiation status stays.
    pub async fn upload_version(&self, actor: &Actor, id: &ContractId, upload: VersionUpload) -> Result<UploadedVersion> {
        actor.require(Role::Member)?;
        contracts::find(&mut self.db.acquire().await?, actor, id).await?;
        let file = self.receive_file(actor, &upload.file_name, upload.bytes, &[Quota::UploadsPerHour]).await?;
        let key = actor.idempotency_key.as_ref().map(|key| key.and(id.as_str().as_bytes()).and(file.stored.sha256.as_bytes()));
        let actor = &Actor { idempotency_key: key, ..actor.clone() };
        let uploaded = self.store_uploaded_version(actor, id, &file).await;
        self.discard_after_error(actor, &file, &uploaded).await?;
        self.notifier.notify();
        uploaded
    }

    async fn store_uploaded_version(&self, actor: &Actor, id: &ContractId, file: &ReceivedFile) -> Result<UploadedVersion> {
        let file_type = self.type_of_upload(actor, file).await?;
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let mut tx = match self.begin_idempotent(actor, Role::Member).await? {
            Idempotent::First(tx) => tx,
            Idempotent::Replay(uploaded) => {
                self.files.delete(organization, &file.id).await?;
                return Ok(uploaded);
            }
        };
        let contract = table::find_locked(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        let latest = versions::latest(&mut tx, organization, id).await?;
        let row = versions::VersionRow {
            number: latest.as_ref().map_or(1, |latest| latest.number + 1),
            ..self.version_row((organization, &file.id), id, file.file_name.clone(), file_type, file.stored.clone(), now)
        };
        let same = latest.filter(|latest| latest.sha256 == row.sha256);
        let (kind, summary) = match &same {
            Some(latest) => {
                let summary = format!("{} uploaded “{}”, which is version {} already", actor.name, row.file_name, latest.number);
                (ActivityKind::FileUnchanged, summary)
            }
            None => {
                versions::insert(&mut tx, &row).await?;
                self.check_quotas(&mut tx, organization, &[Quota::UploadsPerHour, Quota::StorageBytes]).await?;
                self.queue_checks(&mut tx, &row).await?;
                table::touch(&mut tx, organization, id, now).await?;
                self.write_if_outdated(&mut tx, &contract).await?;
                let summary = format!("{} uploaded “{}” as version {}", actor.name, row.file_name, row.number);
                (ActivityKind::VersionStored, summary)
            }
        };
        db::audit::activity::insert(&mut tx, self.activity(actor, kind, summary).contract(id)).await?;
        let uploaded = UploadedVersion { contract: contracts::whole(&mut tx, contract).await?, is_new: same.is_none() };
        self.commit_idempotent_contract(tx, actor, &uploaded, id).await?;
        if !uploaded.is_new {
            self.files.delete(organization, &file.id).await?;
        }
        Ok(uploaded)
    }
}
