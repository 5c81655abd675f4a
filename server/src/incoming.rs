//! Multipart forms with one file, which may be larger than memory.
//!
//! The hub needs the title before the bytes. Browsers send the fields in the form's order, programs as they like: a file that
//! comes before its title waits in an unnamed temporary file.

use crate::{
    form_posts::FORM_ID,
    problem::{Failure, Result},
};
use axum::extract::{
    DefaultBodyLimit, FromRequest, Multipart, Request,
    multipart::{Field, MultipartError},
};
use bytes::Bytes;
use futures::{SinkExt, StreamExt, channel::mpsc, stream::BoxStream};
use http::{StatusCode, header::CONTENT_LENGTH};
use lexicontract::{
    domain::{
        contract::Contract,
        problem::{Invalid, Problem},
    },
    hub::Hub,
    services::{Actor, FormPost, Upload},
};
use std::io;
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};
use tokio_util::io::ReaderStream;

/// What a form may hold besides the file.
const OVERHEAD_BYTES: u64 = 64 * 1024;
/// More parts than any form of ours has.
const MAX_PARTS: usize = 16;
/// How many chunks wait between the network and the storage.
const CHUNKS_IN_FLIGHT: usize = 4;

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
    let mut multipart = multipart(request, max_file_bytes).await?;
    let mut actor = actor.clone();
    let mut title = None;
    let mut waiting = None;
    for _ in 0..MAX_PARTS {
        let Some(field) = multipart.next_field().await.map_err(problem)? else { break };
        match (field.name(), title.take()) {
            (Some("title"), _) => {
                title = Some(field.text().await.map_err(problem)?);
                title_read.clone_from(&title);
            }
            (Some(FORM_ID), before) => {
                title = before;
                actor = actor.with_form_post(FormPost::new(&field.text().await.map_err(problem)?, &[b"upload"]));
            }
            (Some("file"), Some(title)) => return store_arriving(hub, &actor, title, field, max_file_bytes).await,
            (Some("file"), None) => waiting = Some((file_name(&field)?, spool(field, max_file_bytes).await?)),
            (_, before) => title = before,
        }
        if let (Some(_), Some(_)) = (&title, &waiting) {
            break;
        }
    }
    let (file_name, bytes) = waiting.ok_or(Invalid::FileMissing)?;
    let title = title.ok_or(Invalid::Title)?;
    Ok(hub.upload_contract(&actor, Upload { title, file_name, bytes }).await?)
}

async fn multipart(mut request: Request, max_file_bytes: u64) -> Result<Multipart> {
    let limit = max_file_bytes.saturating_add(OVERHEAD_BYTES);
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(Problem::PayloadTooLarge.into());
    }
    DefaultBodyLimit::max(usize::try_from(limit).unwrap_or(usize::MAX)).apply(&mut request);
    Multipart::from_request(request, &()).await.map_err(|_| Problem::UnsupportedMediaType.into())
}

/// Hands the file on as it arrives; storing and receiving wait for each other.
async fn store_arriving(hub: &Hub, actor: &Actor, title: String, field: Field<'_>, max_file_bytes: u64) -> Result<Contract> {
    let file_name = file_name(&field)?;
    let (sender, receiver) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let upload = Upload { title, file_name, bytes: receiver.boxed() };
    let (received, stored) = tokio::join!(receive(field, sender, max_file_bytes), hub.upload_contract(actor, upload));
    received?;
    Ok(stored?)
}

/// Passes chunks on until the file ends. A file that is cut short ends in an error, so that nobody takes it for whole.
async fn receive(mut field: Field<'_>, mut sender: mpsc::Sender<io::Result<Bytes>>, max_file_bytes: u64) -> Result<()> {
    let mut received = 0_u64;
    loop {
        let chunk = next_chunk(&mut field, &mut received, max_file_bytes).await;
        let (item, outcome) = match chunk {
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

async fn next_chunk(field: &mut Field<'_>, received: &mut u64, max_file_bytes: u64) -> Result<Option<Bytes>> {
    let chunk = field.chunk().await.map_err(problem)?;
    *received = received.saturating_add(chunk.as_ref().map_or(0, |chunk| chunk.len() as u64));
    if *received > max_file_bytes { Err(Problem::PayloadTooLarge.into()) } else { Ok(chunk) }
}

async fn spool(mut field: Field<'_>, max_file_bytes: u64) -> Result<Chunks> {
    let mut file = File::from_std(tempfile::tempfile().map_err(unwritable)?);
    let mut received = 0_u64;
    while let Some(chunk) = next_chunk(&mut field, &mut received, max_file_bytes).await? {
        file.write_all(&chunk).await.map_err(unwritable)?;
    }
    file.flush().await.map_err(unwritable)?;
    file.rewind().await.map_err(unwritable)?;
    Ok(ReaderStream::new(file).boxed())
}

fn unwritable(error: io::Error) -> Failure {
    tracing::error!(%error, "could not keep an upload in a temporary file");
    Problem::Unavailable.into()
}

/// Browsers send an empty name when no file was chosen.
fn file_name(field: &Field<'_>) -> Result<String> {
    let name = field.file_name().filter(|name| !name.trim().is_empty());
    name.map(str::to_owned).ok_or_else(|| Invalid::FileMissing.into())
}

fn problem(error: MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::PayloadTooLarge.into(),
        _ => Invalid::Body.into(),
    }
}
