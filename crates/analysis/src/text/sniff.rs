use super::{ExtractError, plain};
use crate::signatures::{OLE, PDF_HEADER_WINDOW, RTF, SIGNATURES, is_zip};

pub enum Kind {
    Pdf,
    /// ZIP package, such as a DOCX or ODT file.
    Package,
    Rtf,
    Text,
}

/// Detects the type of a file by its content. A file can be plain text only if its name ends in `.txt` and its content does not
/// begin like RTF or PDF. Returns an error if the type is not supported.
pub fn sniff(bytes: &[u8], file_name: &str) -> Result<Kind, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    if bytes.starts_with(RTF) {
        return Ok(Kind::Rtf);
    }
    // This check precedes the signature check, because a contract may begin with the letters `BM`, the signature of bitmap
    // images.
    if file_name.to_ascii_lowercase().ends_with(".txt") && !bytes.starts_with(b"%PDF-") && plain::is_text(bytes) {
        return Ok(Kind::Text);
    }
    if is_zip(bytes) {
        return Ok(Kind::Package);
    }
    if bytes.starts_with(OLE) {
        return Err(ole(bytes));
    }
    // This check precedes the search for the PDF header, because a file of another type can contain the PDF header after its
    // first bytes.
    if let Some((_, found, _)) = SIGNATURES.iter().find(|(signature, ..)| bytes.starts_with(signature)) {
        return Err(ExtractError::not_supported(found));
    }
    if contains(&bytes[..bytes.len().min(PDF_HEADER_WINDOW)], b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    Err(other(bytes, file_name))
}

/// Returns the error for an OLE compound file. The stream names distinguish old Office files from encrypted files.
fn ole(bytes: &[u8]) -> ExtractError {
    let holds = |name: &str| contains(bytes, &utf16(name));
    if holds("EncryptedPackage") || holds("EncryptionInfo") {
        return ExtractError::Encrypted;
    }
    ExtractError::not_supported(match () {
        () if holds("WordDocument") => "an old Word document (.doc)",
        () if holds("Workbook") => "an old Excel workbook (.xls)",
        () if holds("PowerPoint Document") => "an old PowerPoint presentation (.ppt)",
        () if holds("__properties_version1.0") => "an Outlook message (.msg)",
        () => "an old Office document",
    })
}

fn other(bytes: &[u8], file_name: &str) -> ExtractError {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return ExtractError::not_supported("a web page (HTML)");
    }
    if start.starts_with("<?xml") {
        return ExtractError::not_supported("an XML file");
    }
    let name = file_name.to_ascii_lowercase();
    if let Some(extension) = ["pdf", "docx", "odt", "rtf"].into_iter().find(|extension| name.ends_with(&format!(".{extension}")))
    {
        return ExtractError::damaged(&format!("it does not begin like {} files", extension.to_uppercase()));
    }
    let is_text = std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    ExtractError::not_supported(if is_text { "plain text" } else { "of an unknown kind" })
}

fn utf16(name: &str) -> Vec<u8> {
    name.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(bytes: &[u8], name: &str) -> String {
        match sniff(bytes, name) {
            Err(error) => error.to_string(),
            Ok(Kind::Pdf) => "pdf".into(),
            Ok(Kind::Package) => "package".into(),
            Ok(Kind::Rtf) => "rtf".into(),
            Ok(Kind::Text) => "text".into(),
        }
    }

    #[test]
    fn content_determines_the_type() {
        for name in ["a.rtf", "a.docx", "a.txt", "a"] {
            assert_eq!(outcome(b"{\\rtf1 x}", name), "rtf", "{name}");
        }
        assert!(outcome(b"x", "a.odt").contains("ODT files"));
        assert!(outcome(b"\x89PNG\r\n", "a.pdf").contains("PNG"));
        assert!(outcome(b"hello", "a").contains("plain text"));
        assert_eq!(outcome(b"BMW AG and Acme agree", "a.TXT"), "text");
        assert!(outcome(b"BM\0\0", "a.txt").contains("BMP"));
        assert!(outcome(b"<html><p>", "a.doc").contains("HTML"));
        assert_eq!(outcome(b"%PDF-1.7", "a.docx"), "pdf");
        assert_eq!(outcome(b"PK\x03\x04", "a.pdf"), "package");
    }

    #[test]
    fn encrypted_packages_and_old_word_documents_differ() {
        let file = |stream: &str| [OLE, &[0; 40], &utf16(stream)].concat();
        assert_eq!(outcome(&file("EncryptedPackage"), "a.docx"), ExtractError::Encrypted.to_string());
        assert!(outcome(&file("WordDocument"), "a.docx").contains("(.doc)"));
    }
}
