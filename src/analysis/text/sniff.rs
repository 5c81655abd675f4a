//! Tells what a file is by its first bytes and its structure; names and declared types lie.

use super::{ExtractError, plain};

/// What to do with a file.
pub enum Kind {
    /// Read it as PDF.
    Pdf,
    /// Read it as a ZIP package; whether it is a Word document is seen inside.
    Docx,
    /// Read it as plain text.
    Text,
    /// Refuse it for this reason.
    Refused(ExtractError),
}

/// A PDF may begin with this much of something else.
const PDF_HEADER_WINDOW: usize = 1024;

const KNOWN: &[(&[u8], &str)] = &[
    (b"{\\rtf", "a rich text document (RTF)"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xFF\xD8\xFF", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\0", "an image (TIFF)"),
    (b"MM\0*", "an image (TIFF)"),
    (b"BM", "an image (BMP)"),
    (b"RIFF", "an image or a recording (RIFF)"),
    (b"\x1F\x8B", "a compressed file (gzip)"),
    (b"7z\xBC\xAF", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"MZ", "a program"),
    (b"\x7FELF", "a program"),
    (b"%!PS", "a PostScript document"),
];

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Decides what a file is.
pub fn sniff(bytes: &[u8], file_name: &str) -> Kind {
    if bytes.is_empty() {
        return Kind::Refused(ExtractError::Empty);
    }
    // Before the magic numbers: a contract may begin with the letters `BM`.
    if file_name.to_ascii_lowercase().ends_with(".txt") && !bytes.starts_with(b"%PDF-") && plain::is_text(bytes) {
        return Kind::Text;
    }
    if is_zip(bytes) {
        return Kind::Docx;
    }
    if bytes.starts_with(OLE) {
        return Kind::Refused(ole(bytes));
    }
    // A PDF may follow other bytes, but a file that begins as something else is that.
    if let Some((_, found)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Kind::Refused(ExtractError::not_supported(found));
    }
    if contains(&bytes[..bytes.len().min(PDF_HEADER_WINDOW)], b"%PDF-") {
        return Kind::Pdf;
    }
    Kind::Refused(other(bytes, file_name))
}

/// Whether it begins as a file of another kind than PDF.
pub fn is_foreign(bytes: &[u8]) -> bool {
    is_zip(bytes) || bytes.starts_with(OLE) || KNOWN.iter().any(|(magic, _)| bytes.starts_with(magic))
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Old Office files and encrypted new ones share one container; the names of its streams tell them apart.
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
    if name.ends_with(".pdf") || name.ends_with(".docx") {
        return ExtractError::damaged("it does not begin as a PDF or DOCX file does");
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

    fn refused(bytes: &[u8], name: &str) -> String {
        match sniff(bytes, name) {
            Kind::Refused(error) => error.to_string(),
            Kind::Pdf => "pdf".into(),
            Kind::Docx => "docx".into(),
            Kind::Text => "text".into(),
        }
    }

    #[test]
    fn names_the_kind_that_was_found_whatever_the_file_is_called() {
        assert!(refused(b"{\\rtf1 x}", "a.docx").contains("RTF"));
        assert!(refused(b"\x89PNG\r\n", "a.pdf").contains("PNG"));
        assert!(refused(b"hello", "a").contains("plain text"));
        assert_eq!(refused(b"BMW AG and Acme agree", "a.TXT"), "text");
        assert!(refused(b"BM\0\0", "a.txt").contains("BMP"));
        assert!(refused(b"<html><p>", "a.doc").contains("HTML"));
        assert_eq!(refused(b"%PDF-1.7", "a.docx"), "pdf");
        assert_eq!(refused(b"PK\x03\x04", "a.pdf"), "docx");
    }

    #[test]
    fn tells_an_encrypted_package_from_an_old_word_document() {
        let file = |stream: &str| [OLE, &[0; 40], &utf16(stream)].concat();
        assert_eq!(refused(&file("EncryptedPackage"), "a.docx"), ExtractError::Encrypted.to_string());
        assert!(refused(&file("WordDocument"), "a.docx").contains("(.doc)"));
    }
}
