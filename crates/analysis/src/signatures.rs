use crate::file_type::FileRejection;

/// File types that are not accepted: signature, name, and the rejection of a document that starts with the signature.
pub const SIGNATURES: &[(&[u8], &str, FileRejection)] = &[
    (b"\x89PNG", "an image (PNG)", FileRejection::Picture),
    (b"\xFF\xD8\xFF", "an image (JPEG)", FileRejection::Picture),
    (b"GIF8", "an image (GIF)", FileRejection::Picture),
    (b"II*\0", "an image (TIFF)", FileRejection::Picture),
    (b"MM\0*", "an image (TIFF)", FileRejection::Picture),
    (b"BM", "an image (BMP)", FileRejection::Picture),
    (b"RIFF", "an image or a recording (RIFF)", FileRejection::OtherContent),
    (b"\x1F\x8B", "a compressed file (gzip)", FileRejection::Archive),
    (b"7z\xBC\xAF", "an archive (7z)", FileRejection::Archive),
    (b"Rar!", "an archive (RAR)", FileRejection::Archive),
    (b"MZ", "a program", FileRejection::OtherContent),
    (b"\x7FELF", "a program", FileRejection::OtherContent),
    (b"%!PS", "a PostScript document", FileRejection::OtherContent),
];

/// Size of the beginning of a file that must contain the PDF header (PDF 1.7, appendix H, note 13).
pub const PDF_HEADER_WINDOW: usize = 1024;

pub const RTF: &[u8] = b"{\\rtf";
pub const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Returns true if the bytes begin with the signature of a type other than PDF.
pub fn has_known_signature(bytes: &[u8]) -> bool {
    is_zip(bytes)
        || bytes.starts_with(OLE)
        || bytes.starts_with(RTF)
        || SIGNATURES.iter().any(|(signature, ..)| bytes.starts_with(signature))
}

pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}
