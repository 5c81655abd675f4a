//! Files and legacy attachments. A file consists of a document, its versions, and links to records.

use super::organization::State;
use super::records::{Record, record, text};
use super::schema;
use bytes::Bytes;
use md5::{Digest, Md5};
use serde_json::{Value, json};

/// Extension of Salesforce notes. Their content is HTML.
pub const NOTE_EXTENSION: &str = "snote";

/// Extensions whose file type has the same name.
const SAME_TYPE: [&str; 19] = [
    "bmp", "csv", "gif", "html", "jpeg", "jpg", "mov", "mp3", "mp4", "msg", "odp", "ods", "odt", "pdf", "png", "rtf", "svg",
    "xml", "zip",
];

#[derive(Clone, Debug, Default)]
pub struct NewFile {
    pub file_name: String,
    pub bytes: Bytes,
    /// Time of the last change, in Salesforce's format.
    pub modified_at: String,
    /// True if the file is only a link to an external file, without content.
    pub link_only: bool,
    pub claimed_size: Option<u64>,
    pub claimed_checksum: Option<String>,
    /// Path of the file at the client that inserted it. `None` means the name of the file.
    pub path_on_client: Option<String>,
    pub reason_for_change: Option<String>,
}

#[derive(Clone, Debug)]
pub struct StoredFile {
    pub document_id: String,
    pub version_id: String,
}

/// Creates a file and links it to a record. If `record_id` is empty, only the owner has the file.
pub fn attach(state: &mut State, record_id: &str, file: &NewFile) -> StoredFile {
    let now = file.modified_at.clone();
    let document = record([
        ("OwnerId", state.user_id.clone().into()),
        ("CreatedDate", now.clone().into()),
        ("LatestPublishedVersionId", Value::Null),
    ]);
    let document_id = state.records.insert(object("ContentDocument"), document);
    let owner = state.user_id.clone();
    for (entity, share) in [(owner.as_str(), "I"), (record_id, "V")].into_iter().filter(|(entity, _)| !entity.is_empty()) {
        let link = record([
            ("LinkedEntityId", entity.into()),
            ("ContentDocumentId", document_id.clone().into()),
            ("ShareType", share.into()),
            ("Visibility", "AllUsers".into()),
            ("SystemModstamp", now.clone().into()),
        ]);
        state.records.insert(object("ContentDocumentLink"), link);
    }
    let version_id = store_version(state, &document_id, record_id, file);
    StoredFile { document_id, version_id }
}

/// Removes the links between a record and its files. The files stay with their owners.
pub fn unlink(state: &mut State, record_id: &str) {
    let links = state.records.with_ids("ContentDocumentLink", "LinkedEntityId", &[record_id]).unwrap_or_default();
    let ids: Vec<String> = links.into_iter().map(|link| text(link, "Id").to_owned()).collect();
    for id in ids {
        if let Some(link) = state.records.live_mut("ContentDocumentLink", &id) {
            link.insert("IsDeleted".to_owned(), true.into());
        }
    }
}

/// Adds a version to a file. Returns `None` if the file does not exist.
pub fn add_version(state: &mut State, document_id: &str, file: &NewFile) -> Option<StoredFile> {
    state.records.live("ContentDocument", document_id)?;
    let version_id = store_version(state, document_id, "", file);
    Some(StoredFile { document_id: document_id.to_owned(), version_id })
}

/// Attaches a legacy `Attachment` to a record. Returns its id.
pub fn attach_legacy(state: &mut State, record_id: &str, file: &NewFile) -> String {
    let user = Value::from(state.user_id.clone());
    let time = Value::from(file.modified_at.clone());
    let fields = record([
        ("ParentId", record_id.into()),
        ("Name", file.file_name.clone().into()),
        ("IsPrivate", false.into()),
        ("ContentType", content_type(&file.file_name).into()),
        ("BodyLength", file.claimed_size.unwrap_or(file.bytes.len() as u64).into()),
        ("Description", Value::Null),
        ("OwnerId", user.clone()),
        ("CreatedById", user),
        ("CreatedDate", time.clone()),
        ("LastModifiedDate", time.clone()),
        ("SystemModstamp", time),
    ]);
    let id = state.records.insert(object("Attachment"), fields);
    state.records.store_bytes(&id, file.bytes.clone());
    id
}

/// Lists the files and attachments of a record.
pub fn of_record(state: &State, record_id: &str) -> Vec<Value> {
    let of_record = |object, field| state.records.with_ids(object, field, &[record_id]).unwrap_or_default().into_iter();
    let files = of_record("ContentDocumentLink", "LinkedEntityId").filter_map(|link| {
        let document = state.records.live("ContentDocument", text(link, "ContentDocumentId"))?;
        let version = state.records.live("ContentVersion", text(document, "LatestPublishedVersionId"))?;
        Some(json!({
            "kind": "content_version", "document_id": document["Id"], "version_id": version["Id"],
            "file_name": file_name(version), "file_type": version["FileType"], "size": version["ContentSize"], "checksum": version["Checksum"],
            "version_number": version["VersionNumber"], "modified_at": version["ContentModifiedDate"],
            "reason_for_change": version["ReasonForChange"],
        }))
    });
    let attachments = of_record("Attachment", "ParentId").map(|attachment| {
        json!({
            "kind": "attachment", "attachment_id": attachment["Id"], "file_name": attachment["Name"],
            "size": attachment["BodyLength"], "modified_at": attachment["LastModifiedDate"],
        })
    });
    files.chain(attachments).collect()
}

/// Lists the versions of a file, the first one first.
pub fn versions_of<'s>(state: &'s State, document_id: &str) -> Vec<&'s Record> {
    state.records.with_ids("ContentVersion", "ContentDocumentId", &[document_id]).unwrap_or_default()
}

/// Returns the last part of the path at the client.
fn file_name(version: &Record) -> &str {
    text(version, "PathOnClient").rsplit('/').next().unwrap_or_default()
}

pub fn checksum(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn store_version(state: &mut State, document_id: &str, location: &str, file: &NewFile) -> String {
    let number = retire_versions(state, document_id) + 1;
    let (title, extension) = file.file_name.rsplit_once('.').unwrap_or((&file.file_name, ""));
    let size = if file.link_only { 0 } else { file.claimed_size.unwrap_or(file.bytes.len() as u64) };
    let sum = file.claimed_checksum.clone().unwrap_or_else(|| checksum(&file.bytes));
    let time = Value::from(file.modified_at.clone());
    let shared = record([
        ("Title", title.into()),
        ("FileExtension", extension.to_lowercase().into()),
        ("FileType", if file.link_only { "LINK".to_owned() } else { file_type(extension) }.into()),
        ("ContentSize", size.into()),
        ("ContentModifiedDate", time.clone()),
        ("LastModifiedDate", time.clone()),
        ("SystemModstamp", time.clone()),
    ]);
    let mut version = record([
        ("ContentDocumentId", document_id.into()),
        ("IsLatest", true.into()),
        ("IsMajorVersion", true.into()),
        ("PathOnClient", file.path_on_client.as_ref().unwrap_or(&file.file_name).clone().into()),
        ("ReasonForChange", file.reason_for_change.clone().into()),
        ("ContentSizeLong", size.into()),
        ("Checksum", if file.link_only { Value::Null } else { sum.into() }),
        ("VersionNumber", number.to_string().into()),
        ("ContentLocation", if file.link_only { "E" } else { "S" }.into()),
        ("ContentUrl", if file.link_only { "https://files.example.com/elsewhere".into() } else { Value::Null }),
        ("Origin", "H".into()),
        ("FirstPublishLocationId", if location.is_empty() { Value::Null } else { location.into() }),
        ("OwnerId", state.user_id.clone().into()),
        ("CreatedById", state.user_id.clone().into()),
        ("CreatedDate", time),
    ]);
    version.extend(shared.clone());
    let id = state.records.insert(object("ContentVersion"), version);
    if !file.link_only {
        state.records.store_bytes(&id, file.bytes.clone());
    }
    if let Some(document) = state.records.live_mut("ContentDocument", document_id) {
        document.extend(shared);
        document.insert("LatestPublishedVersionId".to_owned(), id.clone().into());
    }
    id
}

/// Sets `IsLatest` to false for all versions of a file. Returns the number of versions.
fn retire_versions(state: &mut State, document_id: &str) -> usize {
    let ids: Vec<_> = versions_of(state, document_id).into_iter().map(|version| text(version, "Id").to_owned()).collect();
    for id in &ids {
        if let Some(version) = state.records.live_mut("ContentVersion", id) {
            version.insert("IsLatest".to_owned(), false.into());
        }
    }
    ids.len()
}

fn object(name: &str) -> &'static schema::Type {
    schema::find(name).expect("the schema has this type")
}

/// Returns Salesforce's name of a file type. Most types have the name of their extension.
fn file_type(extension: &str) -> String {
    let extension = extension.to_lowercase();
    let name = match extension.as_str() {
        "doc" => "WORD",
        "docx" => "WORD_X",
        "eml" => "RFC822",
        "ppt" => "POWER_POINT",
        "pptx" => "POWER_POINT_X",
        "tif" | "tiff" => "TIFF",
        "txt" => "TEXT",
        "xls" => "EXCEL",
        "xlsx" => "EXCEL_X",
        same if SAME_TYPE.contains(&same) => return same.to_uppercase(),
        NOTE_EXTENSION => "SNOTE",
        _ => "UNKNOWN",
    };
    name.to_owned()
}

fn content_type(file_name: &str) -> &'static str {
    match file_name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).as_deref() {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("doc") => "application/msword",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("png") => "image/png",
        Some("rtf") => "application/rtf",
        Some("txt") => "text/plain",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}
