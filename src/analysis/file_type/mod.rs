//! Decides by its bytes which type of document a file is.
//!
//! Runs in the server's own process on untrusted bytes, so every step is bounded: a fixed number of bytes is read from a PDF, RTF, Word or
//! OpenDocument file, whatever lengths it claims, and plain text is read in pieces.

mod compound;
mod package;
mod plain;
mod read_at;
#[cfg(test)]
mod tests;
mod word;

use crate::domain::file::file_type::{FileRejection, FileType};
use read_at::start_of;
use std::io::{Error, ErrorKind, Read, Seek};

/// A PDF may begin with this much of something else (PDF 1.7, appendix H, note 13).
const PDF_HEADER_WINDOW: usize = 1024;
const ZIP: &[u8] = b"PK\x03\x04";
const RTF: &[u8] = b"{\\rtf";
const PDF: &[u8] = b"%PDF-";

/// The type of a document, when its bytes are what its name claims. Without a claim the bytes alone decide; plain text has no bytes to tell
/// it by and needs the claim.
///
/// # Errors
/// The reader's own: a file that ends too early or contradicts itself is rejected.
pub fn identify<R: Read + Seek>(reader: &mut R, claimed: Option<FileType>) -> std::io::Result<Result<FileType, FileRejection>> {
    match check(reader, claimed) {
        Err(error) if is_malformed(&error) => Ok(Err(FileRejection::OtherContent)),
        outcome => outcome,
    }
}

/// Errors of the document rather than of the storage.
fn is_malformed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

fn check<R: Read + Seek>(reader: &mut R, claimed: Option<FileType>) -> std::io::Result<Result<FileType, FileRejection>> {
    let head = start_of(reader, PDF_HEADER_WINDOW)?;
    let Some(claimed) = claimed.or_else(|| by_start(&head)) else { return Ok(Err(FileRejection::NoExtension)) };
    let rejection = match claimed {
        FileType::Pdf => (!is_pdf(&head) || package::ends_as_archive(reader)?).then_some(FileRejection::OtherContent),
        FileType::Rtf => (!head.starts_with(RTF)).then_some(FileRejection::OtherContent),
        FileType::Odt => (!package::is_open_document(reader, &head)?).then_some(FileRejection::OtherContent),
        FileType::Docx if compound::is_compound(&head) => Some(match compound::find(reader, &head)? {
            Some(compound::Found::Encrypted) => FileRejection::PasswordProtected,
            _ => FileRejection::OtherContent,
        }),
        FileType::Docx if head.starts_with(ZIP) => word::rejection(reader)?,
        FileType::Docx => Some(FileRejection::OtherContent),
        FileType::Doc => match compound::find(reader, &head)? {
            Some(compound::Found::WordDocument) => None,
            Some(compound::Found::Encrypted) => Some(FileRejection::PasswordProtected),
            None => Some(FileRejection::OtherContent),
        },
        FileType::Txt if [PDF, RTF].iter().any(|magic| head.starts_with(magic)) => Some(FileRejection::OtherContent),
        FileType::Txt => (!plain::is_plain_text(reader)?).then_some(FileRejection::Markup),
    };
    Ok(rejection.map_or(Ok(claimed), Err))
}

fn by_start(head: &[u8]) -> Option<FileType> {
    match () {
        () if head.starts_with(RTF) => Some(FileType::Rtf),
        () if package::begins_as_open_document(head) => Some(FileType::Odt),
        () if head.starts_with(ZIP) => Some(FileType::Docx),
        () if compound::is_compound(head) => Some(FileType::Doc),
        () if is_pdf(head) => Some(FileType::Pdf),
        () => None,
    }
}

/// Whether it has the header of a PDF, and nothing before it that another program would take for its own.
fn is_pdf(head: &[u8]) -> bool {
    let Some(at) = head.windows(PDF.len()).position(|window| window == PDF) else { return false };
    let before = &head[..at];
    !crate::analysis::text::is_foreign(before) && !plain::has_markup(before)
}
