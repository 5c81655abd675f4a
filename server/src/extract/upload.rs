//! Uploads: a title and one file, which may be larger than memory.
//!
//! The hub needs the title before the bytes. Browsers send the fields in the form's order, programs in any: a file that comes before its
//! title is kept in an unnamed file on the disk of the documents until the title arrives.

use super::multipart::{FileBytes, Form, MAX_OVERHEAD_BYTES, Part};
use crate::{
    api::problem::{ApiError, Result},
    layers::idempotency::FORM_ID,
};
use axum::extract::Request;
use bytes::Bytes;
use futures::{SinkExt, StreamExt, channel::mpsc, stream::BoxStream};
use http::header::CONTENT_LENGTH;
use lexicontract::{
    domain::{
        contract::Contract,
        problem::{Invalid, Problem},
    },
    hub::Hub,
    services::{Actor, IdempotencyKey, Sender, Upload},
};
use std::io;
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, BufWriter},
};
use tokio_util::io::ReaderStream;

/// The longest title: 255 characters of four bytes fit.
const MAX_TITLE_BYTES: usize = 1024;
const MAX_FORM_ID_BYTES: usize = 200;
/// How many chunks wait between the network and the storage.
const CHUNKS_IN_FLIGHT: usize = 4;
/// How much of a file is written to the disk at once.
const SPOOL_BUFFER_BYTES: usize = 64 * 1024;

type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// Reads `title` and `file`, and the id of the form where it has one, and makes a contract of them. `title_read` is the title as soon as it is known.
///
/// # Errors
/// [`Problem::PayloadTooLarge`] for a file over `max_file_bytes`, whatever the lengths in the headers say.
pub async fn upload(
    hub: &Hub,
    actor: &Actor,
    request: Request,
    max_file_bytes: u64,
    title_read: &mut Option<String>,
) -> Result<Contract> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > max_file_bytes.saturating_add(MAX_OVERHEAD_BYTES.into())) {
        return Err(Problem::PayloadTooLarge.into());
    }
    let mut form = Form::of(request).await?;
    let mut sender = Sender { actor: actor.clone(), form_post: None };
    let mut waiting: Option<(String, Chunks)> = None;
    while let Some(part) = form.next().await? {
        match (part.name(), title_read.clone()) {
            (Some("title"), _) => *title_read = Some(part.text(MAX_TITLE_BYTES, Invalid::Title).await?),
            (Some(FORM_ID), _) => {
                let id = part.text(MAX_FORM_ID_BYTES, Invalid::Body).await?;
                sender.form_post = Some(IdempotencyKey::new(&id, &[b"upload"]));
            }
            (Some("file"), _) if waiting.is_some() => return Err(Invalid::Body.into()),
            (Some("file"), Some(title)) => {
                let file_name = file_name(&part)?;
                return store_arriving(hub, &sender, title, file_name, part.into_file(max_file_bytes)).await;
            }
            (Some("file"), None) => {
                let file_name = file_name(&part)?;
                waiting = Some((file_name, spool(hub, part.into_file(max_file_bytes)).await?));
                form.resume_after_file();
            }
            _ => {}
        }
        if title_read.is_some() && waiting.is_some() {
            break;
        }
    }
    let (file_name, bytes) = waiting.ok_or(Invalid::FileMissing)?;
    let title = title_read.clone().ok_or(Invalid::Title)?;
    Ok(hub.upload_contract(&sender, Upload { title, file_name, bytes }).await?)
}

/// Hands the file on as it arrives; storing and receiving wait for each other.
async fn store_arriving(hub: &Hub, sender: &Sender, title: String, file_name: String, file: FileBytes<'_>) -> Result<Contract> {
    let (chunks, receiver) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let upload = Upload { title, file_name, bytes: receiver.boxed() };
    let (received, stored) = tokio::join!(receive(file, chunks), hub.upload_contract(sender, upload));
    received?;
    Ok(stored?)
}

/// Passes chunks on until the file ends. A file that is cut short ends in an error, so that it is not taken for complete.
async fn receive(mut file: FileBytes<'_>, mut sender: mpsc::Sender<io::Result<Bytes>>) -> Result<()> {
    loop {
        let (item, outcome) = match file.chunk().await {
            Ok(Some(chunk)) => (Ok(chunk), None),
            Ok(None) => return Ok(()),
            Err(failure) => (Err(io::Error::other("the upload was cut short")), Some(failure)),
        };
        let is_wanted = sender.send(item).await.is_ok();
        match outcome {
            Some(failure) => return Err(failure),
            // The hub has given up on the file, and says why.
            None if !is_wanted => return Ok(()),
            None => {}
        }
    }
}

/// Keeps a file on the disk of the documents: the system's temporary folder may be in memory. A bucket leaves no other choice.
async fn spool(hub: &Hub, mut file: FileBytes<'_>) -> Result<Chunks> {
    let spooled = hub.document_folder().map_or_else(tempfile::tempfile, tempfile::tempfile_in).map_err(unwritable)?;
    let mut writer = BufWriter::with_capacity(SPOOL_BUFFER_BYTES, File::from_std(spooled));
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

fn file_name(part: &Part<'_>) -> Result<String> {
    part.file_name().map(str::to_owned).ok_or_else(|| Invalid::FileMissing.into())
}
