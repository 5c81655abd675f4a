//! Document versions: upload and download.

use super::Actor;
use crate::{
    domain::{contract::Contract, ids::ContractId},
    hub::{Hub, Result},
};
use bytes::Bytes;
use futures::stream::BoxStream;

/// A document that a person uploads.
pub struct Upload {
    /// The contract's title.
    pub title: String,
    /// The file's name.
    pub file_name: String,
    /// Its bytes as they arrive.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// A stored document.
pub struct VersionFile {
    /// Its name, safe to save.
    pub file_name: String,
    /// Its media type, by its bytes.
    pub content_type: String,
    /// Its length.
    pub size_bytes: i64,
    /// Its bytes.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Hub {
    /// Makes a contract from a document, without Salesforce, and queues its analysis.
    pub async fn upload_contract(&self, _actor: &Actor, _upload: Upload) -> Result<Contract> {
        unimplemented!()
    }
    /// The bytes of a version.
    pub async fn version_file(&self, _actor: &Actor, _id: &ContractId, _number: i64) -> Result<VersionFile> {
        unimplemented!()
    }
}
