/// Signatures and names of the file types that are not accepted.
pub const SIGNATURES: &[(&[u8], &str)] = &[
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

/// Size of the beginning of a file that must contain the PDF header (PDF 1.7, appendix H, note 13).
pub const PDF_HEADER_WINDOW: usize = 1024;

pub const RTF: &[u8] = b"{\\rtf";
pub const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Returns true if the bytes begin with the signature of a type other than PDF.
pub fn has_known_signature(bytes: &[u8]) -> bool {
    is_zip(bytes)
        || bytes.starts_with(OLE)
        || bytes.starts_with(RTF)
        || SIGNATURES.iter().any(|(signature, _)| bytes.starts_with(signature))
}

pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}
