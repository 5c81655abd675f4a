use super::chosen::{Chosen, Rejection};
use super::opportunities::{known_id, time, unknown};
use crate::samples;
use crate::state::files::{self, NOTE_EXTENSION, NewFile};
use crate::state::organization::Organization;
use axum::Json;
use axum::extract::Path;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct NewFileRequest {
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    content_base64: Option<String>,
    #[serde(default)]
    sample: Option<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    modified_at: Option<String>,
    #[serde(default)]
    link_only: bool,
    #[serde(default)]
    size_lie: Option<Value>,
    #[serde(default)]
    checksum_lie: Option<Value>,
    #[serde(default)]
    new_version_of: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    ContentVersion,
    /// A Salesforce note: a file with the extension `snote` whose content is HTML.
    Note,
    Attachment,
}

pub async fn attach(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(request): Json<NewFileRequest>,
) -> Result<(StatusCode, Json<Value>), Rejection> {
    let id = known_id(&id)?;
    let file = new_file(&organization, &request)?;
    let mut state = organization.state();
    state.records.live("Opportunity", &id).ok_or_else(unknown)?;
    if let Kind::Attachment = request.kind {
        let ids = json!({ "attachment_id": files::attach_legacy(&mut state, &id, &file) });
        return Ok((StatusCode::CREATED, Json(ids)));
    }
    let stored = match &request.new_version_of {
        Some(document) => files::add_version(&mut state, &crate::ids::to_18(document).unwrap_or_default(), &file),
        None => Some(files::attach(&mut state, &id, &file)),
    };
    let stored = stored.ok_or_else(|| Rejection::not_found("there is no such document"))?;
    let ids = json!({ "document_id": stored.document_id, "version_id": stored.version_id });
    Ok((StatusCode::CREATED, Json(ids)))
}

fn new_file(organization: &Organization, request: &NewFileRequest) -> Result<NewFile, Rejection> {
    let sample = match &request.sample {
        None => None,
        Some(name) => Some(samples::find(name).ok_or_else(|| Rejection::bad(format!("no sample is called `{name}`")))?),
    };
    let bytes = match (sample, &request.content_base64) {
        (Some(sample), _) => Bytes::from_static(sample.bytes),
        (None, Some(text)) => STANDARD.decode(text).map_err(|_| Rejection::bad("`content_base64` is not base64"))?.into(),
        (None, None) if request.link_only => Bytes::new(),
        (None, None) => return Err(Rejection::bad("`content_base64` or `sample` is needed")),
    };
    let modified_at = match &request.modified_at {
        None => organization.record_time(),
        Some(text) => time(text)?,
    };
    let file_name = request.file_name.as_deref().or(sample.map(|sample| sample.file_name));
    let file_name = file_name.ok_or_else(|| Rejection::bad("`file_name` is needed"))?;
    Ok(NewFile {
        file_name: match request.kind {
            Kind::Note => format!("{file_name}.{NOTE_EXTENSION}"),
            Kind::ContentVersion | Kind::Attachment => file_name.to_owned(),
        },
        claimed_size: claimed_size(request.size_lie.as_ref(), bytes.len() as u64),
        claimed_checksum: claimed_checksum(request.checksum_lie.as_ref()),
        bytes,
        modified_at,
        link_only: request.link_only,
        path_on_client: None,
        reason_for_change: None,
    })
}

/// Returns the wrong size that the API is to report. A number in the request is this size. The value `true` means one byte more
/// than `size`.
fn claimed_size(lie: Option<&Value>, size: u64) -> Option<u64> {
    match lie? {
        Value::Bool(true) => Some(size + 1),
        other => other.as_u64(),
    }
}

/// Returns the wrong checksum that the API is to report. A string in the request is this checksum. The value `true` means any
/// wrong checksum.
fn claimed_checksum(lie: Option<&Value>) -> Option<String> {
    match lie? {
        Value::Bool(true) => Some(files::checksum(b"something else")),
        other => other.as_str().map(str::to_owned),
    }
}
