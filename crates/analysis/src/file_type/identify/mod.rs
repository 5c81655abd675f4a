//! Identifies the type of a document by its content. The server process reads untrusted bytes here. Therefore all reads are
//! bounded, regardless of the lengths that the file states.

mod compound;
mod package;
mod plain;
mod read_at;
#[cfg(test)]
mod tests;
mod word;

use super::{FileRejection, FileType};
use crate::signatures::{OLE, PDF_HEADER_WINDOW, RTF, SIGNATURES, has_known_signature};
use compound::Found;
use read_at::read_up_to;
use std::io::{ErrorKind, Read, Seek};

const ZIP: &[u8] = b"PK\x03\x04";
const PDF: &[u8] = b"%PDF-";

/// Identifies the type of a document. The type must equal the claimed type, if any. Plain text has no signature, so it is
/// accepted only if the file name claims plain text.
///
/// # Errors
/// Fails only if the reader fails. For a malformed file, returns a rejection.
pub fn identify<R: Read + Seek>(reader: &mut R, claimed: Option<FileType>) -> std::io::Result<Result<FileType, FileRejection>> {
    check(reader, claimed).or_else(|error| match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => Ok(Err(FileRejection::OtherContent)),
        _ => Err(error),
    })
}

fn check<R: Read + Seek>(reader: &mut R, claimed: Option<FileType>) -> std::io::Result<Result<FileType, FileRejection>> {
    let head = read_up_to(reader, 0, PDF_HEADER_WINDOW)?;
    let Some(claimed) = claimed.or_else(|| by_start(&head)) else { return Ok(Err(FileRejection::NoExtension)) };
    let rejection = match claimed {
        FileType::Pdf => (!is_pdf(&head) || package::ends_as_archive(reader)?).then_some(FileRejection::OtherContent),
        FileType::Rtf => (!head.starts_with(RTF)).then_some(FileRejection::OtherContent),
        FileType::Odt => (!package::is_open_document(reader, &head)?).then_some(FileRejection::OtherContent),
        FileType::Docx if head.starts_with(ZIP) => word::rejection(reader)?,
        FileType::Doc | FileType::Docx => match compound::find(reader, &head)? {
            Some(Found::WordDocument) if claimed == FileType::Doc => None,
            Some(Found::Encrypted) => Some(FileRejection::PasswordProtected),
            Some(Found::Workbook) => Some(FileRejection::Spreadsheet),
            Some(Found::Presentation) => Some(FileRejection::Presentation),
            Some(Found::OutlookMessage) => Some(FileRejection::Email),
            Some(Found::WordDocument) | None => Some(FileRejection::OtherContent),
        },
        FileType::Txt if [PDF, RTF].iter().any(|magic| head.starts_with(magic)) => Some(FileRejection::OtherContent),
        FileType::Txt => (!plain::is_plain_text(reader)?).then_some(FileRejection::Markup),
    };
    Ok(match rejection {
        Some(FileRejection::OtherContent) => Err(rejection_by_start(&head)),
        Some(rejection) => Err(rejection),
        None => Ok(claimed),
    })
}

/// Returns the rejection of a file that is not of the claimed type. The rejection names the kind of the file if the file begins
/// with a known signature.
fn rejection_by_start(head: &[u8]) -> FileRejection {
    let found = SIGNATURES.iter().find(|(signature, ..)| head.starts_with(signature));
    found.map_or(FileRejection::OtherContent, |(_, _, rejection)| *rejection)
}

fn by_start(head: &[u8]) -> Option<FileType> {
    let candidates = [
        (FileType::Rtf, head.starts_with(RTF)),
        (FileType::Odt, package::begins_as_open_document(head)),
        (FileType::Docx, head.starts_with(ZIP)),
        (FileType::Doc, head.starts_with(OLE)),
        (FileType::Pdf, is_pdf(head)),
    ];
    candidates.into_iter().find(|(_, matches)| *matches).map(|(file_type, _)| file_type)
}

/// Returns true if the bytes contain a PDF header, and no markup or signature of another type before the header.
fn is_pdf(head: &[u8]) -> bool {
    let Some(at) = head.windows(PDF.len()).position(|window| window == PDF) else { return false };
    let before = &head[..at];
    !has_known_signature(before) && !plain::has_markup(before)
}
