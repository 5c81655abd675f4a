//! Files of an Opportunity. An Opportunity has links to documents, and each document has a latest version.

use super::filing::marker_of;
use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::salesforce::rest::data_path;
use crate::connectors::salesforce::soql::{has_too_many_rows, id_list, query};
use crate::connectors::{Call, Checksum, Error, FileState, FileStream, FiledAs, Kind, RemoteFile};
use crate::domain::time::Timestamp;
use serde::Deserialize;

/// Maximum number of ids in a query. This limit keeps the URL far below Salesforce's limit of 16 KiB.
const IDS_PER_QUERY: usize = 100;
/// Value of `ContentLocation` for content outside Salesforce.
const EXTERNAL: &str = "E";
/// Value of `FileType` for notes, whose content is HTML.
const NOTE: &str = "SNOTE";

pub(crate) const FILES: u8 = 0;
/// File tier of legacy Attachments.
pub(crate) const ATTACHMENTS: u8 = 1;
pub(crate) const HIDDEN_FILES: &str = "Files that the connected user cannot see are not listed. If there is one, share it with \
     that user in Salesforce, or give the user the permission Query All Files.";
const TOO_MANY_FILES: &str = "The Opportunity has more files than can be searched. Remove some in Salesforce, then try again.";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LinkRow {
    content_document_id: SalesforceId,
}

/// A revision of a file.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionRow {
    pub(super) id: SalesforceId,
    content_document_id: SalesforceId,
    title: Option<String>,
    path_on_client: Option<String>,
    file_extension: Option<String>,
    file_type: Option<String>,
    content_size: Option<i64>,
    checksum: Option<String>,
    content_location: Option<String>,
    content_modified_date: Option<Timestamp>,
    created_date: Option<Timestamp>,
    version_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentRow {
    id: SalesforceId,
    name: String,
    body_length: Option<i64>,
    last_modified_date: Timestamp,
}

/// The documents that are linked to an Opportunity.
pub(super) async fn documents(call: &Call, opportunity: &SalesforceId) -> Result<Vec<SalesforceId>, Error> {
    let soql = format!("SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{opportunity}'");
    let links: Vec<LinkRow> = query(call, "list the files", &soql).await.map_err(too_many_files)?;
    let mut documents: Vec<SalesforceId> = links.into_iter().map(|link| link.content_document_id).collect();
    documents.sort_unstable();
    documents.dedup();
    Ok(documents)
}

/// The revisions of documents that meet a condition.
pub(super) async fn versions(call: &Call, documents: &[SalesforceId], condition: &str) -> Result<Vec<VersionRow>, Error> {
    let mut versions = Vec::new();
    for documents in documents.chunks(IDS_PER_QUERY) {
        let of_documents = format!("ContentDocumentId IN ({}) AND {condition}", id_list(documents));
        versions.extend(versions_where(call, &of_documents).await?);
    }
    Ok(versions)
}

pub(super) async fn versions_where(call: &Call, condition: &str) -> Result<Vec<VersionRow>, Error> {
    let soql = format!(
        "SELECT Id, ContentDocumentId, Title, PathOnClient, FileExtension, FileType, ContentSize, Checksum, ContentLocation, ContentModifiedDate, CreatedDate, VersionNumber \
         FROM ContentVersion WHERE {condition}"
    );
    query(call, "list the file versions", &soql).await
}

pub(crate) async fn files(call: &Call, opportunity: &SalesforceId) -> Result<Vec<RemoteFile>, Error> {
    let documents = documents(call, opportunity).await?;
    let latest = versions(call, &documents, "IsLatest = true").await?;
    let filed: Vec<SalesforceId> =
        latest.iter().filter(|version| version.marker().is_some()).map(|version| version.content_document_id.clone()).collect();
    let others = versions(call, &filed, "IsLatest = false").await?;
    Ok(latest.into_iter().map(|version| version.into_file_above(&others)).collect())
}

pub(crate) async fn attachments(call: &Call, opportunity: &SalesforceId) -> Result<Vec<RemoteFile>, Error> {
    let soql = format!("SELECT Id, Name, BodyLength, LastModifiedDate FROM Attachment WHERE ParentId = '{opportunity}'");
    let rows: Vec<AttachmentRow> = query(call, "list the attachments", &soql).await.map_err(too_many_files)?;
    Ok(rows.into_iter().map(AttachmentRow::into_file).collect())
}

fn too_many_files(error: Error) -> Error {
    if has_too_many_rows(&error) { error.with_message(TOO_MANY_FILES) } else { error }
}

/// Downloads a file. Builds the path from the file's id, because a path from a response is not trusted.
pub(crate) async fn download(call: &Call, file: &RemoteFile) -> Result<FileStream, Error> {
    const CALL: &str = "download the file";
    let (object, prefix, field) = match file.tier {
        ATTACHMENTS => ("Attachment", "00P", "Body"),
        _ => ("ContentVersion", "068", "VersionData"),
    };
    let id = SalesforceId::parse_with_prefix(&file.id, prefix)
        .ok_or_else(|| Error::new(Kind::Refused, format!("{CALL}: not an id of {object}")))?;
    call.download(CALL, &data_path(call, &format!("sobjects/{object}/{id}/{field}"))).await
}

impl VersionRow {
    /// The marker of a revision that this product has filed.
    pub(super) fn marker(&self) -> Option<&str> {
        marker_of(self.path_on_client.as_deref()?)
    }

    /// Position among the revisions of the document.
    fn position(&self) -> (u64, Option<Timestamp>, &SalesforceId) {
        let number = self.version_number.as_deref().and_then(|number| number.parse().ok()).unwrap_or_default();
        (number, self.created_date, &self.id)
    }

    /// `others` are revisions of this and other documents. A revision that was filed gets the latest one below it that was not.
    pub(super) fn into_file_above(self, others: &[Self]) -> RemoteFile {
        let is_below = |other: &&Self| {
            other.content_document_id == self.content_document_id
                && other.marker().is_none()
                && other.position() < self.position()
        };
        let below = || others.iter().filter(is_below).max_by(|a, b| a.position().cmp(&b.position()));
        let filed = self
            .marker()
            .map(|marker| FiledAs { marker: marker.to_owned(), below: below().map(|other| Box::new(other.clone().into_file())) });
        RemoteFile { filed, ..self.into_file() }
    }

    fn into_file(self) -> RemoteFile {
        let modified_at = self.content_modified_date.or(self.created_date);
        let is = |value: Option<&str>, expected: &str| value.is_some_and(|value| value.eq_ignore_ascii_case(expected));
        let state = match modified_at {
            _ if is(self.file_type.as_deref(), NOTE) || is(self.file_extension.as_deref(), NOTE) => FileState::Note,
            _ if self.content_location.as_deref() == Some(EXTERNAL) => FileState::Link,
            None => FileState::Undated,
            Some(_) => FileState::Ready,
        };
        RemoteFile {
            id: self.id.to_string(),
            lineage: self.content_document_id.to_string(),
            name: file_name(self.title, self.file_extension, self.path_on_client),
            size_bytes: self.content_size.unwrap_or(0).max(0),
            checksum: self.checksum.map(|md5| md5.to_ascii_lowercase()).filter(|text| is_md5(text)).map(Checksum::Md5),
            modified_at: modified_at.unwrap_or(Timestamp::from_millis(0)),
            tier: FILES,
            state,
            filed: None,
        }
    }
}

impl AttachmentRow {
    fn into_file(self) -> RemoteFile {
        RemoteFile {
            lineage: self.id.to_string(),
            id: self.id.to_string(),
            name: self.name,
            size_bytes: self.body_length.unwrap_or(0).max(0),
            checksum: None,
            modified_at: self.last_modified_date,
            tier: ATTACHMENTS,
            state: FileState::Ready,
            filed: None,
        }
    }
}

/// Returns the title with the extension, or the name of the uploaded file if there is no title.
fn file_name(title: Option<String>, extension: Option<String>, path: Option<String>) -> String {
    let uploaded = path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).unwrap_or_default();
    let title = title.unwrap_or_default();
    let extension = extension.filter(|extension| !extension.is_empty());
    match (title.is_empty(), extension) {
        (true, _) => uploaded.to_owned(),
        (false, Some(extension)) if !has_extension(&title, &extension) => format!("{title}.{extension}"),
        (false, _) => title,
    }
}

fn has_extension(title: &str, extension: &str) -> bool {
    title.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case(extension))
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_is_the_title_with_exactly_one_extension() {
        let name = |title: &str, extension: &str, path: &str| {
            file_name(Some(title.to_owned()), Some(extension.to_owned()), Some(path.to_owned()))
        };
        assert_eq!(name("Master Agreement", "pdf", "draft.pdf"), "Master Agreement.pdf");
        assert_eq!(name("Master Agreement.PDF", "pdf", "draft.pdf"), "Master Agreement.PDF");
        assert_eq!(name("v1.2", "docx", "x.docx"), "v1.2.docx");
        assert_eq!(name("", "pdf", "C:\\contracts\\draft.pdf"), "draft.pdf");
        assert_eq!(file_name(Some("Notes".into()), None, None), "Notes");
        assert_eq!(file_name(None, None, None), "");
    }
}
