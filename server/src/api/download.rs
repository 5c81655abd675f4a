//! The documents themselves. They came from outside: a browser must save them, never show or run them here.

use super::{
    disposition,
    problem::{ProblemBody, Result},
};
use crate::extract::{Caller, PathIdAndNumber};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use lexicontract::{domain::ids::Contract as ContractKind, hub::Hub, services::VersionFile};

const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

/// The bytes of one version, as an attachment.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/versions/{number}/file", tag = "contracts",
    responses((status = 200, description = "The document; its type is what its content says", content(
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/msword"),
        (Vec<u8> = "application/vnd.oasis.opendocument.text"),
        (Vec<u8> = "application/rtf"),
        (Vec<u8> = "text/plain"),
        (Vec<u8> = "application/octet-stream"))),
        (status = 409, description = "`file_withheld`: the virus scan is not finished or found malware",
            body = ProblemBody, content_type = "application/problem+json")))]
pub async fn version_file(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    PathIdAndNumber(id, number): PathIdAndNumber<ContractKind>,
) -> Result<Response> {
    let file = hub.version_file(&actor, &id, number).await?;
    Ok(attachment(file))
}

fn attachment(file: VersionFile) -> Response {
    let unknown = HeaderValue::from_static("application/octet-stream");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_str(&file.content_type).unwrap_or(unknown)),
        (CONTENT_LENGTH, HeaderValue::from(file.size_bytes)),
        (CONTENT_DISPOSITION, disposition::attachment(&file.file_name)),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, Body::from_stream(file.bytes)).into_response()
}
