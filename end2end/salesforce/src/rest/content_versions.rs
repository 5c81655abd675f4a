//! Creation of file versions: as JSON with base64 data, or as `multipart/form-data` with a JSON part and the file.

use super::errors::{ApiError, json_response};
use super::opportunities;
use crate::ids;
use crate::state::files::{self, NewFile};
use crate::state::logs::WriteEntry;
use crate::state::organization::{Organization, State as OrganizationState};
use crate::state::schema;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Maximum size of a request with several parts. Salesforce accepts 2 GB.
pub const MAX_BYTES: usize = 256 * 1_024 * 1_024;
/// Salesforce's maximum size of a request with JSON.
const MAX_JSON_BYTES: usize = 52_428_800;
/// Fields that a client can set.
const CREATEABLE: [&str; 5] = ["ContentDocumentId", "FirstPublishLocationId", "Title", "PathOnClient", "ReasonForChange"];

/// `POST …/sobjects/{type}`: adds a version to a file, creates a file, or creates an Opportunity.
pub async fn create(
    State(organization): State<Arc<Organization>>,
    Path((_, object)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let object = schema::find(&object).ok_or_else(ApiError::not_found)?;
    if object.name == "Opportunity" {
        return opportunities::create(&organization, object, request).await;
    }
    if object.name != "ContentVersion" {
        let message = format!("HTTP Method 'POST' not allowed on {}. Allowed are HEAD,GET", object.name);
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
    }
    let (fields, bytes) = read(request).await?;
    let (at, now) = (organization.now(), organization.record_time());
    let mut state = organization.state();
    let created = insert(&mut state, &fields, bytes, now);
    state.writes.push(WriteEntry {
        at,
        object: object.name.to_owned(),
        id: created.clone().unwrap_or_default(),
        fields: Value::Object(fields),
        status: created.as_ref().map_or_else(|error| error.status.as_u16(), |_| 201),
    });
    Ok(json_response(StatusCode::CREATED, &json!({ "id": created?, "success": true, "errors": [] })))
}

/// Returns the fields, and the content of the file.
async fn read(request: Request) -> Result<(Map<String, Value>, Bytes), ApiError> {
    if content_type(request.headers()).starts_with("multipart/form-data") {
        let unreadable = |error: &dyn std::fmt::Display| ApiError::bad("INVALID_MULTIPART_REQUEST", error.to_string());
        let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(&error))?;
        let (mut fields, mut bytes) = (None, None);
        while let Some(part) = form.next_field().await.map_err(|error| unreadable(&error))? {
            let is_json = part.content_type().is_some_and(|kind| kind.starts_with("application/json"));
            let name = part.name().unwrap_or_default().to_owned();
            let content = part.bytes().await.map_err(|error| unreadable(&error))?;
            match (is_json, name.as_str()) {
                (_, "VersionData") => bytes = Some(content),
                (true, _) => fields = Some(parse(&content)?),
                (false, _) => return Err(unreadable(&format!("unknown part {name}"))),
            }
        }
        return Ok((fields.ok_or_else(|| missing("Title"))?, bytes.ok_or_else(|| missing("VersionData"))?));
    }
    let body = Bytes::from_request(request, &()).await.map_err(|error| ApiError::bad("JSON_PARSER_ERROR", error.to_string()))?;
    if body.len() > MAX_JSON_BYTES {
        return Err(ApiError::bad("REQUEST_LIMIT", format!("Maximum size of request is {MAX_JSON_BYTES} bytes")));
    }
    let mut fields = parse(&body)?;
    let data = fields.remove("VersionData").ok_or_else(|| missing("VersionData"))?;
    let bytes = STANDARD.decode(data.as_str().unwrap_or_default());
    let bytes = bytes.map_err(|_| ApiError::bad("JSON_PARSER_ERROR", "VersionData is not base64"))?;
    Ok((fields, bytes.into()))
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn parse(json: &[u8]) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_slice(json).map_err(|error| {
        let message = format!("{error} at [line:{}, column:{}]", error.line(), error.column());
        ApiError::bad("JSON_PARSER_ERROR", message)
    })
}

fn missing(field: &str) -> ApiError {
    ApiError::bad("REQUIRED_FIELD_MISSING", format!("Required fields are missing: [{field}]")).about(&[field])
}

/// Inserts the version, and returns its id.
fn insert(state: &mut OrganizationState, fields: &Map<String, Value>, bytes: Bytes, now: String) -> Result<String, ApiError> {
    if let Some(unknown) = fields.keys().find(|name| !CREATEABLE.contains(&name.as_str())) {
        return Err(ApiError::bad("INVALID_FIELD", format!("No such column '{unknown}' on sobject of type ContentVersion")));
    }
    if !state.can_create_files {
        let message = "insufficient access rights on object id";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "INSUFFICIENT_ACCESS_OR_READONLY", message));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let path = text("PathOnClient").ok_or_else(|| missing("PathOnClient"))?;
    if let Some((name, _)) = [("PathOnClient", 500), ("Title", 255), ("ReasonForChange", 1_000)]
        .into_iter()
        .find(|(name, length)| text(name).is_some_and(|text| text.chars().count() > *length))
    {
        return Err(ApiError::bad("STRING_TOO_LONG", format!("{name}: data value too large")).about(&[name]));
    }
    let base = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let extension = base.rsplit_once('.').map(|(_, extension)| format!(".{extension}")).unwrap_or_default();
    let file = NewFile {
        file_name: text("Title").map_or_else(|| base.to_owned(), |title| format!("{title}{extension}")),
        path_on_client: Some(path),
        reason_for_change: text("ReasonForChange"),
        bytes,
        modified_at: now,
        ..NewFile::default()
    };
    match (text("ContentDocumentId"), text("FirstPublishLocationId")) {
        (Some(_), Some(_)) => {
            let message = "FirstPublishLocationId can only be set for the first version of a document";
            Err(ApiError::bad("FIELD_INTEGRITY_EXCEPTION", message).about(&["FirstPublishLocationId"]))
        }
        (Some(document), None) => {
            let document = existing(state, "ContentDocument", &document, "ContentDocumentId")?;
            files::add_version(state, &document, &file).map(|stored| stored.version_id).ok_or_else(ApiError::not_found)
        }
        (None, location) => {
            if file.reason_for_change.is_some() {
                let message =
                    "Unable to create/update fields: ReasonForChange. It can only be set for a new version of a document";
                return Err(ApiError::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message).about(&["ReasonForChange"]));
            }
            let record = location.map(|id| existing(state, "Opportunity", &id, "FirstPublishLocationId")).transpose()?;
            Ok(files::attach(state, record.as_deref().unwrap_or_default(), &file).version_id)
        }
    }
}

/// Returns the id of a referenced record that exists, in its 18-character form.
fn existing(state: &OrganizationState, object: &'static str, id: &str, field: &str) -> Result<String, ApiError> {
    let id = ids::to_18(id).unwrap_or_default();
    match (state.records.find(object, &id), state.records.live(object, &id)) {
        (_, Some(_)) => Ok(id),
        (Some(_), None) => Err(ApiError::new(StatusCode::NOT_FOUND, "ENTITY_IS_DELETED", "entity is deleted").about(&[field])),
        (None, None) => Err(ApiError::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").about(&[field])),
    }
}
