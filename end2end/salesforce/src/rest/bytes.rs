//! Downloads of file contents. As in Salesforce, responses have a generic content type, and no `Content-Length` header.

use super::errors::ApiError;
use super::records::locate;
use crate::state::organization::Organization;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header;
use std::convert::Infallible;
use std::sync::Arc;

const CHUNK: usize = 16 * 1_024;

/// `GET …/sobjects/ContentVersion/{id}/VersionData` and `GET …/sobjects/Attachment/{id}/Body`.
pub async fn download(
    State(organization): State<Arc<Organization>>,
    Path((_, object, id, field)): Path<(String, String, String, String)>,
) -> Result<Response, ApiError> {
    let (object, id) = locate(&object, &id)?;
    if !matches!((object.name, field.as_str()), ("ContentVersion", "VersionData") | ("Attachment", "Body")) {
        return Err(ApiError::not_found());
    }
    let state = organization.state();
    state.records.live(object.name, &id).ok_or_else(ApiError::not_found)?;
    let bytes = state.records.bytes(&id).ok_or_else(ApiError::not_found)?;
    let headers = [(header::CONTENT_TYPE, "application/octetstream")];
    Ok((headers, Body::from_stream(stream::iter(chunks(bytes)))).into_response())
}

fn chunks(mut bytes: Bytes) -> impl Iterator<Item = Result<Bytes, Infallible>> + Send {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| Ok(bytes.split_to(bytes.len().min(CHUNK)))))
}
