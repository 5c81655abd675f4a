//! Uploads of one file, with a title or to an existing contract. The file can be larger than the server's memory.
//!
//! The hub needs the title before the file, but programs can send the fields in any order. A file that arrives before its title is
//! written to a temporary file.

use super::multipart::{FileBytes, Form, MAX_OVERHEAD_BYTES};
use crate::api::problem::{ApiError, Result};
use app::actions::FORM_ID;
use axum::extract::Request;
use bytes::Bytes;
use futures::channel::mpsc;
use futures::stream::BoxStream;
use futures::{SinkExt, StreamExt};
use http::header::CONTENT_LENGTH;
use lexicontract::domain::contract::Contract;
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{self, Hub};
use lexicontract::services::{Actor, IdempotencyKey, Upload, UploadedVersion, VersionUpload};
use std::io;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio_util::io::ReaderStream;

/// Large enough for a title of 255 characters with four bytes each.
const MAX_TITLE_BYTES: usize = 1024;
const MAX_FORM_ID_BYTES: usize = 200;
const CHUNKS_IN_FLIGHT: usize = 4;
const SPOOL_BUFFER_BYTES: usize = 64 * 1024;

type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// Creates a contract from the fields `title` and `file`, and the optional form id. Sets `title_read` as soon as the title has
/// been read, so that the caller has the title even if the upload fails later.
pub async fn upload(
    hub: &Hub,
    actor: &Actor,
    request: Request,
    max_file_bytes: u64,
    title_read: &mut Option<String>,
) -> Result<Contract> {
    check_length(&request, max_file_bytes)?;
    let mut form = Form::new(request).await?;
    let mut actor = actor.clone();
    let mut spooled: Option<(String, Chunks)> = None;
    while let Some(part) = form.next().await? {
        match (part.name(), title_read.clone()) {
            (Some("title"), _) => *title_read = Some(part.text(MAX_TITLE_BYTES, Invalid::Title).await?),
            (Some(FORM_ID), _) => {
                let id = part.text(MAX_FORM_ID_BYTES, Invalid::Body).await?;
                actor.idempotency_key = Some(IdempotencyKey::new(&id, &[b"upload"]));
            }
            (Some("file"), _) if spooled.is_some() => return Err(Invalid::Body.into()),
            (Some("file"), title) => {
                let file_name = part.file_name().ok_or(Invalid::FileMissing)?.to_owned();
                let file = part.into_file(max_file_bytes);
                if let Some(title) = title {
                    let store = |bytes| hub.upload_contract(&actor, Upload { title, file_name, bytes });
                    return store_arriving(file, store).await;
                }
                spooled = Some((file_name, spool(hub, file).await?));
                form.resume_after_file();
            }
            _ => {}
        }
        if title_read.is_some() && spooled.is_some() {
            break;
        }
    }
    let (file_name, bytes) = spooled.ok_or(Invalid::FileMissing)?;
    let title = title_read.clone().ok_or(Invalid::Title)?;
    Ok(hub.upload_contract(&actor, Upload { title, file_name, bytes }).await?)
}

/// Adds a version to a contract from the field `file` and the optional form id.
pub async fn upload_version(
    hub: &Hub,
    actor: &Actor,
    contract: &ContractId,
    request: Request,
    max_file_bytes: u64,
) -> Result<UploadedVersion> {
    check_length(&request, max_file_bytes)?;
    let mut form = Form::new(request).await?;
    let mut actor = actor.clone();
    while let Some(part) = form.next().await? {
        match part.name() {
            Some(FORM_ID) => {
                let id = part.text(MAX_FORM_ID_BYTES, Invalid::Body).await?;
                actor.idempotency_key = Some(IdempotencyKey::new(&id, &[b"upload_version"]));
            }
            Some("file") => {
                let file_name = part.file_name().ok_or(Invalid::FileMissing)?.to_owned();
                let file = part.into_file(max_file_bytes);
                let store = |bytes| hub.upload_version(&actor, contract, VersionUpload { file_name, bytes });
                return store_arriving(file, store).await;
            }
            _ => {}
        }
    }
    Err(Invalid::FileMissing.into())
}

fn check_length(request: &Request, max_file_bytes: u64) -> Result<()> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > max_file_bytes.saturating_add(MAX_OVERHEAD_BYTES.into())) {
        return Err(Problem::PayloadTooLarge.into());
    }
    Ok(())
}

/// Stores the file while the client is sending it, with backpressure.
async fn store_arriving<T, F>(file: FileBytes<'_>, store: impl FnOnce(Chunks) -> F) -> Result<T>
where
    F: Future<Output = hub::Result<T>>,
{
    let (chunks, receiver) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let (received, stored) = tokio::join!(receive(file, chunks), store(receiver.boxed()));
    received?;
    Ok(stored?)
}

/// Forwards the chunks of the file. If the file is incomplete, forwards an error, because the hub would otherwise store the
/// incomplete file.
async fn receive(mut file: FileBytes<'_>, mut sender: mpsc::Sender<io::Result<Bytes>>) -> Result<()> {
    loop {
        let chunk = match file.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(()),
            Err(error) => {
                drop(sender.send(Err(io::Error::other("the upload was cut short"))).await);
                return Err(error);
            }
        };
        // Sending fails if the hub has stopped reading. The result of the hub contains the reason.
        if sender.send(Ok(chunk)).await.is_err() {
            return Ok(());
        }
    }
}

/// Writes a file to an unnamed temporary file on the disk that stores the documents. The system's temporary folder may be in
/// memory, so it is used only if a bucket stores the documents.
async fn spool(hub: &Hub, mut file: FileBytes<'_>) -> Result<Chunks> {
    let file_on_disk = hub.document_folder().map_or_else(tempfile::tempfile, tempfile::tempfile_in).map_err(unwritable)?;
    let mut writer = BufWriter::with_capacity(SPOOL_BUFFER_BYTES, File::from_std(file_on_disk));
    while let Some(chunk) = file.chunk().await? {
        writer.write_all(&chunk).await.map_err(unwritable)?;
    }
    writer.rewind().await.map_err(unwritable)?;
    Ok(ReaderStream::new(writer.into_inner()).boxed())
}

fn unwritable(error: io::Error) -> ApiError {
    tracing::error!(%error, "could not keep an upload in a temporary file");
    Problem::Unavailable.into()
}
