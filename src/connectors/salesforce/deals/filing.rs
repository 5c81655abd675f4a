//! Files versions at an Opportunity: as a new revision of a document, or as a new document.
//!
//! The path of the file at the client (`PathOnClient`) contains the marker. Salesforce stores the path with the revision, users
//! cannot change it, and a revision that a user adds has another path.

use super::files::{FILES, VersionRow, documents, versions, versions_where};
use crate::connectors::multipart::Form;
use crate::connectors::salesforce::Salesforce;
use crate::connectors::salesforce::id::{SalesforceId, opportunity_id};
use crate::connectors::salesforce::messages::NO_FILING;
use crate::connectors::salesforce::rest::data_path;
use crate::connectors::salesforce::soql::string_literal;
use crate::connectors::{Call, Error, FileBack, FileState, FiledAs, RemoteFile, Upload};
use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

/// First part of the path at the client.
const FOLDER: &str = "LexiContract";
const DOCUMENT: &str = "069";
/// Maximum length of a title.
const TITLE_CHARACTERS: usize = 255;
const WHAT: &str = "file the version";

#[derive(Deserialize)]
struct Created {
    id: SalesforceId,
}

#[async_trait]
impl FileBack for Salesforce {
    async fn find(&self, call: &Call, deal: &RecordId, marker: &str, name: &str) -> Result<Option<RemoteFile>, Error> {
        let documents = documents(call, &opportunity_id(deal)?).await?;
        let condition = format!("PathOnClient = {}", string_literal(&path(marker, name)));
        let mut found = versions(call, &documents, &condition).await?;
        Ok(found.pop().map(|version| version.into_file_above(&[])))
    }

    async fn attach(&self, call: &Call, deal: &RecordId, upload: Upload<'_>) -> Result<RemoteFile, Error> {
        let opportunity = opportunity_id(deal)?;
        let document = upload.revises.and_then(|file| SalesforceId::parse_with_prefix(&file.lineage, DOCUMENT));
        let stem = upload.name.rsplit_once('.').map_or(upload.name, |(stem, _)| stem);
        let title: String = stem.chars().take(TITLE_CHARACTERS).collect();
        let mut fields = json!({ "PathOnClient": path(upload.marker, upload.name), "Title": title });
        match &document {
            // Salesforce rejects both fields for the other kind of upload.
            Some(document) => {
                fields["ContentDocumentId"] = document.as_str().into();
                fields["ReasonForChange"] = upload.reason.into();
            }
            None => fields["FirstPublishLocationId"] = opportunity.as_str().into(),
        }
        let unlisted = unlisted(&upload);
        let form = Form::new("VersionData", upload.bytes, upload.size_bytes).json("entity_content", &fields);
        let response = call.upload(WHAT, &data_path(call, "sobjects/ContentVersion"), form).await.map_err(explained)?;
        let created: Created = response.json()?;
        let condition = match &document {
            Some(document) => format!("ContentDocumentId = '{document}'"),
            None => format!("Id = '{}'", created.id),
        };
        // Salesforce has stored the file, so an error of this query must not lead to another attempt.
        let listed = versions_where(call, &condition).await.ok().and_then(|versions| stored(versions, &created.id));
        Ok(listed.unwrap_or_else(|| RemoteFile { id: created.id.to_string(), ..unlisted }))
    }
}

/// Finds the new revision among the revisions of its document.
fn stored(mut versions: Vec<VersionRow>, id: &SalesforceId) -> Option<RemoteFile> {
    let version = versions.swap_remove(versions.iter().position(|version| version.id == *id)?);
    Some(version.into_file_above(&versions))
}

/// The new revision as far as it is known without reading it. Its id is empty.
fn unlisted(upload: &Upload<'_>) -> RemoteFile {
    let below = upload.revises.map(|file| match &file.filed {
        Some(filed) => filed.below.clone(),
        None => Some(Box::new(file.clone())),
    });
    RemoteFile {
        id: String::new(),
        lineage: upload.revises.map_or_else(String::new, |file| file.lineage.clone()),
        name: upload.name.to_owned(),
        size_bytes: i64::try_from(upload.size_bytes).unwrap_or(i64::MAX),
        checksum: None,
        modified_at: Timestamp::from_millis(0),
        tier: FILES,
        state: FileState::Undated,
        filed: Some(FiledAs { marker: upload.marker.to_owned(), below: below.flatten() }),
    }
}

fn path(marker: &str, name: &str) -> String {
    format!("{FOLDER}/{marker}/{name}")
}

/// Returns the marker in a path at the client; `None` for the path of another client.
pub(super) fn marker_of(path: &str) -> Option<&str> {
    let (marker, _) = path.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
    let is_marker = !marker.is_empty() && marker.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_marker.then_some(marker)
}

/// Missing permissions concern files here, not only the Opportunity.
fn explained(error: Error) -> Error {
    match error.cause {
        "no_access" | "read_only" | "no_access_to_related" | "object_hidden" | "field_not_editable" | "forbidden" => {
            error.with_message(NO_FILING)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_product_have_a_marker() {
        assert_eq!(marker_of(&path("ver_01", "a/b.pdf")), Some("ver_01"));
        for other in [
            "NDA.pdf",
            "C:\\LexiContract\\ver_01\\NDA.pdf",
            "LexiContract/NDA.pdf",
            "LexiContract//NDA.pdf",
            "LexiContract/a b/NDA.pdf",
        ] {
            assert_eq!(marker_of(other), None, "{other}");
        }
    }
}
