//! Reads plain text in UTF-8, UTF-16 with a byte order mark, or Windows-1252.

use super::{Document, ExtractError};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

pub fn is_text(bytes: &[u8]) -> bool {
    !decoded(bytes).contains('\0')
}

pub fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    Ok(Document { text: decoded(bytes), ..Document::default() })
}

fn decoded(bytes: &[u8]) -> String {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "Dr. Müller – “Käufer”";
        let utf16 =
            |to: fn(u16) -> [u8; 2]| -> Vec<u8> { "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(to).collect() };
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(read(&bytes).unwrap().text, text, "{bytes:?}");
        }
    }
}
