//! Downloads of documents. The files are untrusted: browsers must save them, and must never render them on this origin.

use super::problem::{ProblemBody, Result};
use crate::extract::{Caller, Params};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use lexicontract::domain::file::file_name;
use lexicontract::domain::ids::ContractId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");
/// All bytes that are not an `attr-char` in RFC 8187.
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Downloads the document of one version as an attachment.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/versions/{number}/file", tag = "contracts",
    responses((status = 200, description = "The document; its media type is detected from the content", content(
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/msword"),
        (Vec<u8> = "application/vnd.oasis.opendocument.text"),
        (Vec<u8> = "application/rtf"),
        (Vec<u8> = "text/plain"),
        (Vec<u8> = "application/octet-stream"))),
        (status = 409, description = "`file_withheld`: the virus scan is not finished or found malware",
            body = ProblemBody, content_type = "application/problem+json")))]
pub async fn version_file(Caller(hub, actor): Caller, Params(id, number): Params<ContractId, i64>) -> Result<Response> {
    let file = hub.version_file(&actor, &id, number).await?;
    let unknown = HeaderValue::from_static("application/octet-stream");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_str(&file.content_type).unwrap_or(unknown)),
        (CONTENT_LENGTH, HeaderValue::from(file.size_bytes)),
        (CONTENT_DISPOSITION, content_disposition(&file.file_name)),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, Body::from_stream(file.bytes)).into_response())
}

/// `Content-Disposition: attachment` with an ASCII file name (RFC 6266) and, if the name has other characters, the full name
/// (RFC 8187).
pub fn content_disposition(file_name: &str) -> HeaderValue {
    let name = file_name::safe(file_name);
    let ascii: String = name.chars().map(|c| if c.is_ascii() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str(&format!("; filename*=UTF-8''{}", utf8_percent_encode(&name, NOT_ATTR_CHAR)));
    }
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_inject_parameters_headers_or_paths() {
        for (name, expected) in [
            ("Master Agreement.pdf", "\"Master Agreement.pdf\""),
            ("Verträge 50%.pdf", "\"Vertr_ge 50_.pdf\"; filename*=UTF-8''Vertr%C3%A4ge%2050%25.pdf"),
            ("a\"; filename=x.exe", "\"a; filename=x.exe\""),
            ("a\r\nSet-Cookie: x", "\"aSet-Cookie x\""),
            ("../../etc/passwd", "\"passwd\""),
            ("C:\\temp\\.bashrc", "\"bashrc\""),
            ("contract\u{202e}fdp.exe", "\"contractfdp.exe\""),
            ("", "\"document\""),
        ] {
            assert_eq!(content_disposition(name), format!("attachment; filename={expected}"));
        }
    }
}
