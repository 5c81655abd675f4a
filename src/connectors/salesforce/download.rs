//! The bytes of a file, as they arrive. The path is made from the id: what an answer gives as a path is never called.

use super::{
    call::data_address,
    classify::{Subject, accepted},
    decision::Asked,
    files::ATTACHMENTS,
    id::SalesforceId,
};
use crate::connectors::{
    Ctx, Error, FileStream, Kind, RemoteFile, Session,
    http::{JSON_LIMIT, broken, read, send},
};
use futures::StreamExt;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use std::time::Duration;

/// The most that a download may take, however steadily it drips. A stall ends it sooner: the client bounds each piece.
const WHOLE_DOWNLOAD: Duration = Duration::from_secs(3_600);
const CALL: &str = "download the file";

pub(super) async fn download(ctx: &Ctx, session: &Session, file: &RemoteFile) -> Result<FileStream, Error> {
    let (object, prefix, field) = match file.tier {
        ATTACHMENTS => ("Attachment", "00P", "Body"),
        _ => ("ContentVersion", "068", "VersionData"),
    };
    let id = SalesforceId::parse_with_prefix(&file.id, prefix)
        .ok_or_else(|| Error::new(Kind::Refused, format!("{CALL}: not an id of {object}")))?;
    let request = ctx
        .http
        .get(data_address(ctx, session, &format!("sobjects/{object}/{id}/{field}"))?)
        .bearer_auth(session.access_token.expose())
        .header(ACCEPT, "*/*")
        // The bytes are compared with a length and a checksum, so they should arrive as they are.
        .header(ACCEPT_ENCODING, "identity")
        .timeout(WHOLE_DOWNLOAD);
    let response = send(ctx, CALL, request).await?;
    if response.status() != reqwest::StatusCode::OK || is_page(&response) {
        let answer = read(ctx, CALL, response, JSON_LIMIT).await?;
        let status = answer.status.as_u16();
        accepted(ctx, answer, Asked::Data, Subject::default())?;
        return Err(Error::new(Kind::Unexpected, format!("{CALL}: {status} is not a file")));
    }
    Ok(response.bytes_stream().map(|piece| piece.map_err(|error| broken(CALL, error))).boxed())
}

/// Salesforce answers with a page while it is maintained; files come as `application/octetstream`.
fn is_page(response: &reqwest::Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.to_ascii_lowercase().starts_with("text/html"))
}
